/* shape_read.c – see shape_read.h. */
#include "base/shape_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"

struct reader {
	struct arena *arena;
	const struct shape_member *member;
	const struct shape_path *path; /* of the value */
	void *of;		       /* the struct */
	struct error *err;
};

static bool refuse(const struct reader *reader, const char *what)
{
	if (reader->member->doc)
		return shape_refuse(reader->path, reader->err, "must be %s", reader->member->doc);
	return shape_refuse(reader->path, reader->err, "%s", what);
}

static void *field_of(const struct reader *reader)
{
	return (char *)reader->of + reader->member->at;
}

static void field_set(const struct reader *reader, const void *value, size_t size)
{
	memcpy(field_of(reader), value, size);
}

static void count_set(const struct reader *reader, size_t count)
{
	memcpy((char *)reader->of + reader->member->count_at, &count, sizeof(count));
}

static bool no_memory(const struct reader *reader)
{
	return error_set(reader->err, ERROR_NO_MEMORY, NULL);
}

/* ---- texts ---- */

static bool word_refuse(const struct reader *reader)
{
	char words[300];

	shape_words_text(reader->member, words, sizeof(words));
	return shape_refuse(reader->path, reader->err, "must be %s", words);
}

/* A limit in characters is for names and the like: these have no control characters. */
static bool line_check(const struct reader *reader, const char *text)
{
	if (text_has_control_characters(text))
		return shape_refuse(reader->path, reader->err,
				    "must be UTF-8 without control characters");
	return utf8_length(text) <= (size_t)reader->member->most ||
	       shape_refuse(reader->path, reader->err, "longer than %lld characters",
			    (long long)reader->member->most);
}

static bool domain_check(const struct reader *reader, const char *text)
{
	char where[SHAPE_PATH_TEXT];

	if (!reader->member->check || !*text)
		return true;
	shape_path_text(reader->path, where);
	return reader->member->check(where, text, reader->err);
}

static bool text_check_one(const struct reader *reader, const json_t *value)
{
	const struct shape_member *member = reader->member;
	const char *text = json_string_value(value);

	if (!text)
		return refuse(reader, "must be a string");
	const bool is_unset = !*text && (member->flags & SHAPE_REQUIRED); /* told as missing */
	if (member->words && !is_unset && shape_word_find(member, text) < 0)
		return word_refuse(reader);
	if (member->most)
		return line_check(reader, text) && domain_check(reader, text);
	if (json_string_length(value) > SHAPE_TEXT_MAX)
		return shape_refuse(reader->path, reader->err, "longer than %d bytes",
				    SHAPE_TEXT_MAX);
	return domain_check(reader, text);
}

static bool text_keep(const struct reader *reader, const json_t *value, const char **ret_text)
{
	if (!text_check_one(reader, value))
		return false;
	*ret_text = arena_try_memdup(reader->arena, json_string_value(value),
				     json_string_length(value));
	return *ret_text || no_memory(reader);
}

static bool text_read(const struct reader *reader, const json_t *value)
{
	const char *text;

	if (!text_keep(reader, value, &text))
		return false;
	field_set(reader, &text, sizeof(text));
	return true;
}

static bool word_read(const struct reader *reader, const json_t *value)
{
	const char *text = json_string_value(value);
	const int index = text ? shape_word_find(reader->member, text) : -1;

	if (index < 0)
		return word_refuse(reader);
	field_set(reader, &index, sizeof(index));
	return true;
}

/* ---- numbers, dates ---- */

static bool range_refuse(const struct reader *reader)
{
	const struct shape_member *member = reader->member;

	if (member->doc)
		return refuse(reader, member->doc);
	return shape_refuse(reader->path, reader->err, "must be from %lld to %lld%s",
			    (long long)member->least, (long long)member->most,
			    member->flags & SHAPE_OR_ZERO ? ", or 0" : "");
}

static bool whole_keep(const struct reader *reader, const json_t *value, int64_t *ret_whole)
{
	const struct shape_member *member = reader->member;

	if (!json_whole(value, ret_whole))
		return refuse(reader, "must be a whole number");
	if ((!member->least && !member->most) ||
	    (*ret_whole >= member->least && *ret_whole <= member->most) ||
	    (*ret_whole == 0 && (member->flags & SHAPE_OR_ZERO)))
		return true;
	return range_refuse(reader);
}

static bool int_read(const struct reader *reader, const json_t *value)
{
	int64_t whole;

	if (!whole_keep(reader, value, &whole))
		return false;
	field_set(reader, &whole, sizeof(whole));
	return true;
}

static bool number_read(const struct reader *reader, const json_t *value)
{
	const double number = json_number_value(value);

	if (!json_is_number(value))
		return refuse(reader, "must be a number");
	field_set(reader, &number, sizeof(number));
	return true;
}

static bool bool_read(const struct reader *reader, const json_t *value)
{
	const bool is_true = json_is_true(value);
	unsigned bits;

	if (!json_is_boolean(value))
		return refuse(reader, "must be true or false");
	if (reader->member->kind == SHAPE_KIND_BOOL) {
		field_set(reader, &is_true, sizeof(is_true));
		return true;
	}
	memcpy(&bits, field_of(reader), sizeof(bits));
	bits = is_true ? bits | reader->member->bit : bits & ~reader->member->bit;
	field_set(reader, &bits, sizeof(bits));
	return true;
}

static bool date_read(const struct reader *reader, const json_t *value)
{
	const char *text = json_string_value(value);
	struct wall_time time;

	if (!text || !wall_parse(text, &time))
		return refuse(reader, "must be a date such as 2026-01-31T12:00:00Z");
	field_set(reader, &time, sizeof(time));
	return true;
}

/* ---- lists ---- */

/* A reader of the entry `index`. */
static struct reader entry_of(const struct reader *reader, struct shape_path *path, size_t index)
{
	struct reader entry = *reader;

	*path = (struct shape_path){.up = reader->path, .index = index};
	entry.path = path;
	return entry;
}

static bool list_check(const struct reader *reader, const json_t *value)
{
	const size_t most = reader->member->entries ? reader->member->entries : SHAPE_ENTRIES_MAX;

	if (!json_is_array(value))
		return refuse(reader, "must be a list");
	return json_array_size(value) <= most ||
	       shape_refuse(reader->path, reader->err, "more than %zu entries", most);
}

static bool list_read(const struct reader *reader, const json_t *value)
{
	const struct shape *shape = reader->member->shape;
	const size_t count = json_array_size(value);
	struct shape_path path;

	if (!list_check(reader, value))
		return false;
	char *list = arena_try_alloc(reader->arena, count * shape->size);
	if (!list)
		return no_memory(reader);
	for (size_t i = 0; i < count; i++) {
		const struct reader entry = entry_of(reader, &path, i);
		shape_default(shape, list + i * shape->size);
		if (!shape_read(shape, reader->arena, json_array_get(value, i), entry.path,
				list + i * shape->size, reader->err))
			return false;
	}
	field_set(reader, &list, sizeof(list));
	count_set(reader, count);
	return true;
}

static bool texts_read(const struct reader *reader, const json_t *value)
{
	const size_t count = json_array_size(value);
	struct shape_path path;

	if (!list_check(reader, value))
		return false;
	const char **list = arena_try_alloc(reader->arena, count * sizeof(*list));
	if (!list)
		return no_memory(reader);
	for (size_t i = 0; i < count; i++) {
		const struct reader entry = entry_of(reader, &path, i);
		if (!text_keep(&entry, json_array_get(value, i), &list[i]))
			return false;
	}
	field_set(reader, &list, sizeof(list));
	count_set(reader, count);
	return true;
}

static bool ints_read(const struct reader *reader, const json_t *value)
{
	int64_t *list = field_of(reader);
	struct shape_path path;

	if (!list_check(reader, value))
		return false;
	for (size_t i = 0; i < json_array_size(value); i++) {
		const struct reader entry = entry_of(reader, &path, i);
		if (!whole_keep(&entry, json_array_get(value, i), &list[i]))
			return false;
	}
	count_set(reader, json_array_size(value));
	return true;
}

static bool set_read(const struct reader *reader, const json_t *value)
{
	struct shape_path path;
	unsigned bits = 0;

	if (!list_check(reader, value))
		return false;
	for (size_t i = 0; i < json_array_size(value); i++) {
		const struct reader entry = entry_of(reader, &path, i);
		const char *text = json_string_value(json_array_get(value, i));
		const int index = text ? shape_word_find(reader->member, text) : -1;
		if (index < 0)
			return word_refuse(&entry);
		bits |= BIT((unsigned)index);
	}
	field_set(reader, &bits, sizeof(bits));
	return true;
}

/* ["a", "b"] or, as OAuth writes a scope, "a b". A text of the list may hold several words, too. */
static bool split_read(const struct reader *reader, const json_t *value)
{
	struct shape_path path;
	struct buf buf;
	bool ok = true;

	if (json_is_string(value))
		return text_read(reader, value);
	if (!list_check(reader, value))
		return false;
	buf_init(&buf, SHAPE_TEXT_MAX);
	for (size_t i = 0; ok && i < json_array_size(value); i++) {
		const struct reader entry = entry_of(reader, &path, i);
		const char *text = json_string_value(json_array_get(value, i));
		if (!text)
			ok = refuse(&entry, "must be a string");
		else if (!buf_printf(&buf, "%s%s", i ? " " : "", text))
			ok = shape_refuse(reader->path, reader->err, "longer than %d bytes",
					  SHAPE_TEXT_MAX);
	}
	const struct bytes kept = buf_bytes(&buf);
	const char *text = ok ? arena_try_memdup(reader->arena, kept.data, kept.length) : NULL;
	buf_done(&buf);
	if (!text)
		return ok ? no_memory(reader) : false;
	field_set(reader, &text, sizeof(text));
	return true;
}

/* ---- objects ---- */

static bool object_read(const struct reader *reader, const json_t *value)
{
	const struct shape *shape = reader->member->shape;
	void *object = arena_alloc(reader->arena, shape->size);

	shape_default(shape, object);
	if (!shape_read(shape, reader->arena, value, reader->path, object, reader->err))
		return false;
	field_set(reader, &object, sizeof(object));
	return true;
}

static bool json_keep(const struct reader *reader, const json_t *value)
{
	if (!json_is_object(value))
		return refuse(reader, "must be an object");
	field_set(reader, &value, sizeof(value));
	return true;
}

static bool encoded_read(const struct reader *reader, const json_t *value)
{
	const size_t most = reader->member->most ? (size_t)reader->member->most : SHAPE_TEXT_MAX;
	const char *text = "";
	size_t length;

	if (!json_is_object(value))
		return refuse(reader, "must be an object");
	if (json_object_size(value) > 0) {
		char *encoded = json_try_encode(value, &length, reader->err);
		if (!encoded)
			return false;
		text = length <= most ? arena_try_memdup(reader->arena, encoded, length) : NULL;
		free(encoded);
		if (length > most)
			return shape_refuse(reader->path, reader->err, "more than %zu bytes", most);
		if (!text)
			return no_memory(reader);
	}
	field_set(reader, &text, sizeof(text));
	return true;
}

static bool value_read(const struct reader *reader, const json_t *value)
{
	const struct shape_member *member = reader->member;

	switch (member->kind) {
	case SHAPE_KIND_TEXT:
		return text_read(reader, value);
	case SHAPE_KIND_WORD:
		return word_read(reader, value);
	case SHAPE_KIND_BOOL:
	case SHAPE_KIND_BIT:
		return bool_read(reader, value);
	case SHAPE_KIND_INT:
		return int_read(reader, value);
	case SHAPE_KIND_NUMBER:
		return number_read(reader, value);
	case SHAPE_KIND_DATE:
		return date_read(reader, value);
	case SHAPE_KIND_PART:
		return shape_read(member->shape, reader->arena, value, reader->path,
				  field_of(reader), reader->err);
	case SHAPE_KIND_OBJECT:
		return object_read(reader, value);
	case SHAPE_KIND_LIST:
		return list_read(reader, value);
	case SHAPE_KIND_TEXTS:
		return texts_read(reader, value);
	case SHAPE_KIND_INTS:
		return ints_read(reader, value);
	case SHAPE_KIND_SET:
		return set_read(reader, value);
	case SHAPE_KIND_SPLIT:
		return split_read(reader, value);
	case SHAPE_KIND_JSON:
		return json_keep(reader, value);
	case SHAPE_KIND_ENCODED:
		return encoded_read(reader, value);
	case SHAPE_KIND_CONSTANT:
		return true;
	}
	return true;
}

/* A name of spaces only is no name. */
static bool is_blank(const struct shape_member *member, const void *of)
{
	const char *text;

	if (member->kind != SHAPE_KIND_TEXT || !member->most)
		return false;
	memcpy(&text, (const char *)of + member->at, sizeof(text));
	return !text[strspn(text, " ")];
}

static bool is_missing(const struct shape_member *member, const void *of, bool is_given)
{
	switch (member->kind) {
	case SHAPE_KIND_WORD:
	case SHAPE_KIND_BOOL:
	case SHAPE_KIND_BIT:
	case SHAPE_KIND_INT:
	case SHAPE_KIND_NUMBER:
	case SHAPE_KIND_PART:
		return !is_given;
	case SHAPE_KIND_TEXT:
	case SHAPE_KIND_DATE:
	case SHAPE_KIND_OBJECT:
	case SHAPE_KIND_LIST:
	case SHAPE_KIND_TEXTS:
	case SHAPE_KIND_INTS:
	case SHAPE_KIND_SET:
	case SHAPE_KIND_SPLIT:
	case SHAPE_KIND_JSON:
	case SHAPE_KIND_ENCODED:
	case SHAPE_KIND_CONSTANT:
		break;
	}
	return shape_is_empty(member, of) || is_blank(member, of);
}

static bool missing_refuse(const struct reader *reader)
{
	char where[SHAPE_PATH_TEXT];

	shape_path_text(reader->path, where);
	return error_set(reader->err, ERROR_MISSING_FIELD, "%s", where);
}

/* Recursion is bounded by the tables: no shape contains itself. */
bool shape_read(const struct shape *shape, struct arena *arena, const json_t *body,
		const struct shape_path *path, void *of, struct error *err)
{
	if (!json_is_object(body))
		return shape_refuse(path, err, "must be an object");
	if (shape->is_closed && !shape_members_check(shape, body, path, err))
		return false;
	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_member *member = &shape->members[i];
		const struct shape_path at = {.up = path, .name = member->name};
		const struct reader reader = {arena, member, &at, of, err};
		if (member->flags & SHAPE_ANSWER)
			continue;
		const json_t *value = json_object_get(body, member->name);
		const bool is_given = value && !json_is_null(value);
		if (is_given && !value_read(&reader, value))
			return false;
		if ((member->flags & SHAPE_REQUIRED) && is_missing(member, of, is_given))
			return missing_refuse(&reader);
	}
	return true;
}
