/* delivery_query.c – see delivery_query.h. */
#include "notify/delivery_query.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/macros.h"
#include "notify/catalogue.h"

struct query {
	struct arena *arena;
	query_get *get;
	const void *source;
};

/* *ret_text NULL when it is not asked for. */
static bool text_read(const struct query *query, const char *name, const char **ret_text,
		      struct error *err)
{
	const char *text = query->get(query->source, name);

	*ret_text = text && *text ? text : NULL;
	return !*ret_text || strlen(text) <= DELIVERY_QUERY_TEXT_MAX ||
	       error_set(err, ERROR_INVALID_FIELD, "%s: at most %d bytes", name,
			 DELIVERY_QUERY_TEXT_MAX);
}

static bool date_read(const struct query *query, const char *name, struct wall_time *ret_time,
		      struct error *err)
{
	const char *text;

	*ret_time = wall_from_us(0);
	return text_read(query, name, &text, err) &&
	       (!text || wall_parse(text, ret_time) ||
		error_set(err, ERROR_INVALID_FIELD,
			  "%s: must be a date such as 2026-01-31T12:00:00Z", name));
}

static bool state_read(const struct query *query, int *ret_state, struct error *err)
{
	const char *name;

	*ret_state = -1;
	return text_read(query, "state", &name, err) &&
	       (!name || delivery_state_find(name, ret_state) ||
		error_set(err, ERROR_INVALID_FIELD, "state: must be PENDING, DELIVERED or FAILED"));
}

/* `*` stands for any letters. Goes back to the last star only, so that it takes no longer than both
 * lengths multiplied. */
static bool pattern_fits(const char *pattern, const char *text)
{
	const char *star = NULL, *from = NULL;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			from = text;
		} else if (*pattern == *text) {
			pattern++;
			text++;
		} else if (star) {
			pattern = star + 1;
			text = ++from;
		} else {
			return false;
		}
	}
	return pattern[strspn(pattern, "*")] == '\0';
}

/* Marks the types of that name or pattern; false when there is none. */
static bool types_mark(const char *pattern, bool marked[EVENT_TYPE_COUNT])
{
	bool found = false;

	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		const char *name = event_type_info((enum event_type)type)->name;
		if (!pattern_fits(pattern, name))
			continue;
		marked[type] = found = true;
	}
	return found;
}

/* ",PACKAGE_CREATE,PACKAGE_TRASH,": each of them once. */
static const char *types_text(struct arena *arena, const bool marked[EVENT_TYPE_COUNT])
{
	const char *text = ",";

	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		if (marked[type])
			text = arena_printf(arena, "%s%s,", text,
					    event_type_info((enum event_type)type)->name);
	}
	return text;
}

static bool types_read(const struct query *query, const char **ret_types, struct error *err)
{
	bool marked[EVENT_TYPE_COUNT] = {false};
	const char *text;

	*ret_types = NULL;
	if (!text_read(query, "name", &text, err))
		return false;
	if (!text)
		return true;
	while (*text) {
		size_t length = strcspn(text, ",");
		const char *name = arena_strndup(query->arena, text, length);
		enum event_type type;
		if (!types_mark(name, marked))
			return event_type_read(name, "name", ERROR_INVALID_FIELD, &type, err);
		text += length + (text[length] == ',');
	}
	*ret_types = types_text(query->arena, marked);
	return true;
}

/* "503", "0", "5xx". */
static bool status_read(const struct query *query, struct delivery_filter *filter,
			struct error *err)
{
	const char *text;

	filter->http_status = -1;
	if (!text_read(query, "httpStatus", &text, err))
		return false;
	if (!text)
		return true;
	size_t digits = strspn(text, "0123456789");
	if (digits == 1 && *text != '0' && strcasecmp(text + 1, "xx") == 0) {
		filter->http_status = (*text - '0') * 100;
		filter->http_through = filter->http_status + 99;
		return true;
	}
	if (digits == 0 || digits > 3 || text[digits])
		return error_set(err, ERROR_INVALID_FIELD,
				 "httpStatus: must be 0 to 999, or 1xx to 9xx");
	filter->http_status = strtol(text, NULL, 10);
	return true;
}

static bool failing_read(const struct query *query, bool *ret_failing, struct error *err)
{
	const char *text;

	*ret_failing = false;
	if (!text_read(query, "failing", &text, err))
		return false;
	*ret_failing = text && strcmp(text, "true") == 0;
	return !text || *ret_failing || strcmp(text, "false") == 0 ||
	       error_set(err, ERROR_INVALID_FIELD, "failing: must be true or false");
}

/* "member=text". */
static bool payload_read(const struct query *query, struct delivery_filter *filter,
			 struct error *err)
{
	const char *text;

	if (!text_read(query, "payload", &text, err))
		return false;
	const char *equals = text ? strchr(text, '=') : NULL;
	if (text && (!equals || equals == text))
		return error_set(err, ERROR_INVALID_FIELD,
				 "payload: must be member=text, such as documentId=contract");
	if (text) {
		filter->member = arena_strndup(query->arena, text, (size_t)(equals - text));
		filter->value = equals + 1;
	}
	return true;
}

bool delivery_query_read(struct arena *arena, query_get *get, const void *source,
			 struct delivery_filter *ret_filter, struct error *err)
{
	const struct query query = {arena, get, source};
	struct delivery_filter filter = {.http_status = -1};

	if (!state_read(&query, &filter.state, err) || !types_read(&query, &filter.types, err) ||
	    !text_read(&query, "packageId", &filter.package, err) ||
	    !text_read(&query, "eventId", &filter.event_id, err) ||
	    !text_read(&query, "endpointId", &filter.endpoint, err) ||
	    !text_read(&query, "error", &filter.error_class, err) ||
	    !status_read(&query, &filter, err) || !text_read(&query, "phase", &filter.phase, err) ||
	    !failing_read(&query, &filter.failing, err) ||
	    !text_read(&query, "transaction", &filter.transaction, err) ||
	    !text_read(&query, "signer", &filter.person, err) ||
	    !payload_read(&query, &filter, err) ||
	    !date_read(&query, "since", &filter.since, err) ||
	    !date_read(&query, "until", &filter.until, err))
		return false;
	*ret_filter = filter;
	return true;
}

static const char *json_get(const void *source, const char *name)
{
	return json_string_value(json_object_get(source, name));
}

bool delivery_query_decode(struct arena *arena, const json_t *query,
			   struct delivery_filter *ret_filter, struct error *err)
{
	static const char *const known[] = {
		"state", "name",    "packageId",   "eventId", "endpointId", "error", "httpStatus",
		"phase", "failing", "transaction", "signer",  "payload",    "since", "until"};
	const char *name;
	json_t *value;

	if (!json_members_check(query, "filter", known, ARRAY_SIZE(known), err))
		return false;
	json_object_foreach((json_t *)(uintptr_t)query, name, value)
	{
		if (!json_is_string(value))
			return error_set(err, ERROR_INVALID_FIELD, "filter.%s: must be a text",
					 name);
	}
	return delivery_query_read(arena, json_get, query, ret_filter, err);
}
