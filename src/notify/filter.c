/* filter.c – see filter.h. */
#include "notify/filter.h"

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"

static bool sender_matches(const json_t *senders, const char *uid)
{
	json_t *sender;
	size_t i;

	if (!senders)
		return true;
	json_array_foreach(senders, i, sender)
	{
		if (uid && strcmp(json_string_value(sender), uid) == 0)
			return true;
	}
	return false;
}

/* Numbers and booleans are compared as they are written. */
static bool value_is(const json_t *value, const char *wanted)
{
	char text[40];

	if (json_is_string(value))
		return strcmp(json_string_value(value), wanted) == 0;
	if (json_is_boolean(value))
		return strcmp(json_is_true(value) ? "true" : "false", wanted) == 0;
	if (!json_is_number(value))
		return false;
	if (json_is_integer(value))
		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(value));
	else
		snprintf(text, sizeof(text), "%.15g", json_real_value(value));
	return strcmp(text, wanted) == 0;
}

static bool attribute_matches(const json_t *value, const json_t *wanted)
{
	json_t *one;
	size_t i;

	json_array_foreach(wanted, i, one)
	{
		if (value_is(value, json_string_value(one)))
			return true;
	}
	return false;
}

static bool attributes_match(const json_t *wanted, const char *package)
{
	const char *name;
	json_t *values;

	if (!wanted)
		return true;
	scoped(json_t) json_t *json = package ? json_loads(package, 0, NULL) : NULL;
	json_object_foreach((json_t *)(uintptr_t)wanted, name, values)
	{
		if (!attribute_matches(json_object_get(json_object_get(json, "data"), name),
				       values))
			return false;
	}
	return true;
}

bool filter_matches(const char *filter, const struct event_context *context)
{
	scoped(json_t) json_t *wanted = json_loads(filter, 0, NULL);

	ensure(wanted);
	return sender_matches(json_object_get(wanted, "senders"), context->sender) &&
	       attributes_match(json_object_get(wanted, "attributes"), context->package);
}
