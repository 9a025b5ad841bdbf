/* shape_tree.c – see shape_tree.h. */
#include "base/shape_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"

static json_t *refuse(const struct shape_path *path, const char *why, struct error *err)
{
	(void)shape_refuse(path, err, "%s", why);
	return NULL;
}

static json_t *object_reduce(const struct shape *shape, const json_t *input,
			     const struct shape_path *path, struct error *err);

/* json_incref and json_deep_copy take no const. Texts and numbers are never changed in place. */
static json_t *shared(const json_t *value)
{
	return json_incref((json_t *)(uintptr_t)value);
}

static json_t *text_reduce(const json_t *value, const struct shape_path *path, struct error *err)
{
	if (!json_is_string(value))
		return refuse(path, "must be a string", err);
	if (json_string_length(value) > SHAPE_TEXT_MAX)
		return refuse(path, "longer than 65536 bytes", err);
	return shared(value);
}

static json_t *bounded_text_reduce(const struct shape_member *member, const json_t *value,
				   const struct shape_path *path, struct error *err)
{
	if (!member->most)
		return text_reduce(value, path, err);
	if (!json_is_string(value))
		return refuse(path, "must be a string", err);
	if (utf8_length(json_string_value(value)) > (size_t)member->most ||
	    text_has_control_characters(json_string_value(value))) {
		(void)shape_refuse(path, err, "at most %lld characters, no control characters",
				   (long long)member->most);
		return NULL;
	}
	return shared(value);
}

static json_t *int_reduce(const struct shape_member *member, const json_t *value,
			  const struct shape_path *path, struct error *err)
{
	const bool is_bounded = member->least || member->most;
	int64_t whole;

	if (!json_whole(value, &whole))
		return refuse(path, "must be a whole number", err);
	if (is_bounded && (whole < member->least || whole > member->most)) {
		(void)shape_refuse(path, err, "must be from %lld to %lld", (long long)member->least,
				   (long long)member->most);
		return NULL;
	}
	return json_integer(whole);
}

static json_t *date_reduce(const json_t *value, const struct shape_path *path, struct error *err)
{
	struct wall_time time;

	if (!json_is_string(value) || !wall_parse(json_string_value(value), &time))
		return refuse(path, "must be a date such as 2026-01-31T12:00:00Z", err);
	return json_date(time);
}

static json_t *list_reduce(const struct shape_member *member, const json_t *value,
			   const struct shape_path *path, struct error *err)
{
	const json_t *entry;
	size_t i;

	if (!json_is_array(value))
		return refuse(path, "must be a list", err);
	const size_t most = member->entries ? member->entries : SHAPE_ENTRIES_MAX;
	if (json_array_size(value) > most) {
		(void)shape_refuse(path, err, "more than %zu entries", most);
		return NULL;
	}
	json_t *reduced = json_array();
	json_array_foreach(value, i, entry)
	{
		const struct shape_path at = {.up = path, .index = i};
		json_t *item = member->kind == SHAPE_KIND_TEXTS
				       ? text_reduce(entry, &at, err)
				       : object_reduce(member->shape, entry, &at, err);
		if (!item) {
			json_decref(reduced);
			return NULL;
		}
		json_array_append_new(reduced, item);
	}
	return reduced;
}

static json_t *value_reduce(const struct shape_member *member, const json_t *value,
			    const struct shape_path *path, struct error *err)
{
	switch (member->kind) {
	case SHAPE_KIND_TEXT:
		return bounded_text_reduce(member, value, path, err);
	case SHAPE_KIND_DATE:
		return date_reduce(value, path, err);
	case SHAPE_KIND_BOOL:
		return json_is_boolean(value) ? shared(value)
					      : refuse(path, "must be true or false", err);
	case SHAPE_KIND_INT:
		return int_reduce(member, value, path, err);
	case SHAPE_KIND_NUMBER:
		return json_is_number(value) ? shared(value)
					     : refuse(path, "must be a number", err);
	case SHAPE_KIND_JSON:
		return json_is_object(value) ? json_deep_copy(value)
					     : refuse(path, "must be an object", err);
	case SHAPE_KIND_OBJECT:
		return object_reduce(member->shape, value, path, err);
	case SHAPE_KIND_LIST:
	case SHAPE_KIND_TEXTS:
		return list_reduce(member, value, path, err);
	case SHAPE_KIND_WORD:
	case SHAPE_KIND_BIT:
	case SHAPE_KIND_PART:
	case SHAPE_KIND_INTS:
	case SHAPE_KIND_SET:
	case SHAPE_KIND_SPLIT:
	case SHAPE_KIND_ENCODED:
	case SHAPE_KIND_CONSTANT:
		break;
	}
	ensure(!"a kind that needs a struct");
	return NULL;
}

static bool is_there(const struct shape_member *member, const json_t *value,
		     const struct shape_path *path, struct error *err)
{
	char text[SHAPE_PATH_TEXT];

	if (!(member->flags & SHAPE_REQUIRED) ||
	    (value && !json_is_null(value) &&
	     !(json_is_string(value) && json_string_length(value) == 0)))
		return true;
	shape_path_text(path, text);
	return error_set(err, ERROR_MISSING_FIELD, "%s", text);
}

/* Recursion is bounded by the tables: no shape contains itself. */
static json_t *object_reduce(const struct shape *shape, const json_t *input,
			     const struct shape_path *path, struct error *err)
{
	if (!json_is_object(input))
		return refuse(path, "must be an object", err);
	json_t *reduced = json_object();
	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_member *member = &shape->members[i];
		const struct shape_path at = {.up = path, .name = member->name};
		const json_t *value = json_object_get(input, member->name);
		const bool is_whole = is_there(member, value, &at, err);
		if (is_whole && (!value || json_is_null(value) || (member->flags & SHAPE_ANSWER)))
			continue;
		json_t *kept = is_whole ? value_reduce(member, value, &at, err) : NULL;
		if (!kept) {
			json_decref(reduced);
			return NULL;
		}
		json_object_set_new_nocheck(reduced, member->name, kept);
	}
	return reduced;
}

json_t *shape_reduce(const struct shape *shape, const json_t *input, struct error *err)
{
	return object_reduce(shape, input, NULL, err);
}

static json_t *default_of(const struct shape_member *member)
{
	switch (member->kind) {
	case SHAPE_KIND_TEXT:
		return json_string(member->otherwise ? member->otherwise : "");
	case SHAPE_KIND_BOOL:
		return json_boolean(member->otherwise && strcmp(member->otherwise, "true") == 0);
	case SHAPE_KIND_INT:
	case SHAPE_KIND_NUMBER:
		return json_integer(member->otherwise ? strtoll(member->otherwise, NULL, 10) : 0);
	case SHAPE_KIND_LIST:
	case SHAPE_KIND_TEXTS:
		return json_array();
	case SHAPE_KIND_OBJECT:
	case SHAPE_KIND_JSON:
		return json_object();
	case SHAPE_KIND_DATE: /* there is no default moment: the tables mark none as completed */
	case SHAPE_KIND_WORD:
	case SHAPE_KIND_BIT:
	case SHAPE_KIND_PART:
	case SHAPE_KIND_INTS:
	case SHAPE_KIND_SET:
	case SHAPE_KIND_SPLIT:
	case SHAPE_KIND_ENCODED:
	case SHAPE_KIND_CONSTANT:
		break;
	}
	ensure(!"a default");
	return NULL;
}

void shape_complete(const struct shape *shape, json_t *object)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_member *member = &shape->members[i];
		json_t *value = json_object_get(object, member->name), *entry;
		size_t j;
		if (!value && (member->flags & SHAPE_COMPLETED)) {
			value = default_of(member);
			json_object_set_new_nocheck(object, member->name, value);
		}
		if (value && member->kind == SHAPE_KIND_OBJECT)
			shape_complete(member->shape, value);
		if (value && member->kind == SHAPE_KIND_LIST) {
			json_array_foreach(value, j, entry) shape_complete(member->shape, entry);
		}
	}
}
