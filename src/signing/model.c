/* model.c – walks the table. */
#include "signing/model.h"

#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/time.h"

#define PATH_MAX_BYTES 300

/* Where the walker stands, for errors: "roles[0].signers[0].email". */
struct path {
	char text[PATH_MAX_BYTES];
	size_t length;
};

static size_t path_enter(struct path *path, const char *member, int index)
{
	size_t before = path->length;
	int added = index < 0 ? snprintf(path->text + before, sizeof(path->text) - before, "%s%s",
					 before ? "." : "", member)
			      : snprintf(path->text + before, sizeof(path->text) - before, "[%d]",
					 index);

	path->length += added > 0 ? (size_t)added : 0;
	if (path->length >= sizeof(path->text))
		path->length = sizeof(path->text) - 1;
	return before;
}

static void path_leave(struct path *path, size_t before)
{
	path->length = before;
	path->text[before] = '\0';
}

static json_t *refuse(const struct path *path, const char *why, struct error *err)
{
	(void)error_set(err, ERROR_INVALID_FIELD, "%s: %s", *path->text ? path->text : "the body",
			why);
	return NULL;
}

static json_t *object_reduce(enum model_type type, const json_t *input, struct path *path,
			     struct error *err);

static json_t *text_reduce(const json_t *value, const struct path *path, struct error *err)
{
	if (!json_is_string(value))
		return refuse(path, "must be a string", err);
	if (json_string_length(value) > MODEL_TEXT_MAX)
		return refuse(path, "longer than 65536 bytes", err);
	return json_copy((json_t *)(uintptr_t)value);
}

static json_t *date_reduce(const json_t *value, const struct path *path, struct error *err)
{
	char text[WALL_TIME_TEXT];
	struct wall_time time;

	if (!json_is_string(value) || !wall_parse(json_string_value(value), &time))
		return refuse(path, "must be a date such as 2026-01-31T12:00:00Z", err);
	wall_format(time, text);
	return json_string(text);
}

static json_t *list_reduce(const struct model_member *member, const json_t *value,
			   struct path *path, struct error *err)
{
	size_t i;
	json_t *entry;

	if (!json_is_array(value))
		return refuse(path, "must be a list", err);
	if (json_array_size(value) > MODEL_LIST_MAX)
		return refuse(path, "more than 1000 entries", err);
	json_t *reduced = json_array();
	json_array_foreach((json_t *)(uintptr_t)value, i, entry)
	{
		size_t before = path_enter(path, "", (int)i);
		json_t *item = member->kind == MODEL_KIND_TEXTS
				       ? text_reduce(entry, path, err)
				       : object_reduce(member->type, entry, path, err);
		if (!item) {
			json_decref(reduced);
			return NULL;
		}
		path_leave(path, before);
		json_array_append_new(reduced, item);
	}
	return reduced;
}

static json_t *value_reduce(const struct model_member *member, const json_t *value,
			    struct path *path, struct error *err)
{
	json_t *same = (json_t *)(uintptr_t)
		value; /* json_incref and json_deep_copy take no const */
	int64_t whole;

	switch (member->kind) {
	case MODEL_KIND_TEXT:
		return text_reduce(value, path, err);
	case MODEL_KIND_DATE:
		return date_reduce(value, path, err);
	case MODEL_KIND_BOOL:
		return json_is_boolean(value) ? json_incref(same)
					      : refuse(path, "must be true or false", err);
	case MODEL_KIND_INT:
		return json_whole(value, &whole) ? json_integer(whole)
						 : refuse(path, "must be a whole number", err);
	case MODEL_KIND_NUMBER:
		return json_is_number(value) ? json_incref(same)
					     : refuse(path, "must be a number", err);
	case MODEL_KIND_MAP:
		return json_is_object(value) ? json_deep_copy(same)
					     : refuse(path, "must be an object", err);
	case MODEL_KIND_OBJECT:
		return object_reduce(member->type, value, path, err);
	case MODEL_KIND_LIST:
	case MODEL_KIND_TEXTS:
		return list_reduce(member, value, path, err);
	}
	return NULL;
}

/* Recursion is bounded by the table: no object of the model contains itself. */
static json_t *object_reduce(enum model_type type, const json_t *input, struct path *path,
			     struct error *err)
{
	const struct model_object *object = &model_objects[type];

	if (!json_is_object(input))
		return refuse(path, "must be an object", err);
	json_t *reduced = json_object();
	for (size_t i = 0; i < object->count; i++) {
		const struct model_member *member = &object->members[i];
		json_t *value = json_object_get(input, member->name);
		if (!value || json_is_null(value) || (member->flags & MODEL_SERVER))
			continue;
		size_t before = path_enter(path, member->name, -1);
		json_t *kept = value_reduce(member, value, path, err);
		if (!kept) {
			json_decref(reduced);
			return NULL;
		}
		path_leave(path, before);
		json_object_set_new(reduced, member->name, kept);
	}
	return reduced;
}

json_t *model_reduce(enum model_type type, const json_t *input, struct error *err)
{
	struct path path = {0};
	return object_reduce(type, input, &path, err);
}

static json_t *default_of(const struct model_member *member)
{
	switch (member->kind) {
	case MODEL_KIND_TEXT:
		return json_string(member->default_text ? member->default_text : "");
	case MODEL_KIND_BOOL:
		return json_boolean(member->default_text &&
				    strcmp(member->default_text, "true") == 0);
	case MODEL_KIND_INT:
	case MODEL_KIND_NUMBER:
		return json_integer(0);
	case MODEL_KIND_LIST:
	case MODEL_KIND_TEXTS:
		return json_array();
	case MODEL_KIND_OBJECT:
	case MODEL_KIND_MAP:
		return json_object();
	case MODEL_KIND_DATE:
		break; /* there is no default moment: the table marks none as never null */
	}
	ensure(!"a default");
	return NULL;
}

void model_complete(enum model_type type, json_t *object)
{
	const struct model_object *model = &model_objects[type];

	for (size_t i = 0; i < model->count; i++) {
		const struct model_member *member = &model->members[i];
		json_t *value = json_object_get(object, member->name), *entry;
		size_t j;
		if (!value && (member->flags & MODEL_NEVER_NULL)) {
			json_object_set_new(object, member->name, default_of(member));
			value = json_object_get(object, member->name);
		}
		if (value && member->kind == MODEL_KIND_OBJECT)
			model_complete(member->type, value);
		if (value && member->kind == MODEL_KIND_LIST) {
			json_array_foreach(value, j, entry) model_complete(member->type, entry);
		}
	}
}
