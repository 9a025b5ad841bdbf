/* shape.c – see shape.h. */
#include "base/shape.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/near.h"
#include "base/words.h"

/* ---- paths ---- */

/* Appends, and returns the new length. What does not fit is cut. */
static size_t path_append(const struct shape_path *path, char *text, size_t room)
{
	size_t length = path->up ? path_append(path->up, text, room) : 0;
	int added = path->name ? snprintf(text + length, room - length, "%s%.60s",
					  length ? "." : "", path->name)
			       : snprintf(text + length, room - length, "[%zu]", path->index);

	length += added > 0 ? (size_t)added : 0;
	return length < room ? length : room - 1;
}

void shape_path_text(const struct shape_path *path, char ret_text[SHAPE_PATH_TEXT])
{
	if (path)
		(void)path_append(path, ret_text, SHAPE_PATH_TEXT);
	else
		snprintf(ret_text, SHAPE_PATH_TEXT, "the body");
}

bool shape_refuse(const struct shape_path *path, struct error *err, const char *format, ...)
{
	char where[SHAPE_PATH_TEXT], why[300];
	va_list args;

	shape_path_text(path, where);
	va_start(args, format);
	vsnprintf(why, sizeof(why), format, args);
	va_end(args);
	return error_set(err, ERROR_INVALID_FIELD, "%s: %s", where, why);
}

/* ---- members ---- */

const struct shape_member *shape_find(const struct shape *shape, const char *name)
{
	for (size_t i = 0; i < shape->count; i++) {
		if (strcmp(shape->members[i].name, name) == 0)
			return &shape->members[i];
	}
	return NULL;
}

static bool unknown_refuse(const struct shape *shape, const struct shape_path *path,
			   struct error *err)
{
	const char *known[SHAPE_MEMBERS_MAX];

	ensure(shape->count <= SHAPE_MEMBERS_MAX);
	for (size_t i = 0; i < shape->count; i++)
		known[i] = shape->members[i].name;
	const char *meant = near_find(path->name, known, shape->count);
	return shape_refuse(path, err, "no such member here%s%s%s", meant ? "; did you mean `" : "",
			    meant ? meant : "", meant ? "`?" : "");
}

static bool value_members_check(const struct shape_member *member, const json_t *value,
				const struct shape_path *path, struct error *err)
{
	const json_t *entry;
	size_t i;

	if (!member->shape || json_is_object(value))
		return !member->shape || shape_members_check(member->shape, value, path, err);
	json_array_foreach((json_t *)(uintptr_t)value, i, entry)
	{
		const struct shape_path at = {.up = path, .index = i};
		if (!shape_members_check(member->shape, entry, &at, err))
			return false;
	}
	return true;
}

bool shape_members_check(const struct shape *shape, const json_t *body,
			 const struct shape_path *path, struct error *err)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)(uintptr_t)body, name, value)
	{
		const struct shape_path at = {.up = path, .name = name};
		const struct shape_member *member = shape_find(shape, name);
		if (!member)
			return unknown_refuse(shape, &at, err);
		if (!value_members_check(member, value, &at, err))
			return false;
	}
	return true;
}

/* ---- words ---- */

int shape_word_find(const struct shape_member *member, const char *text)
{
	return word_find(text, member->words, member->word_count);
}

void shape_words_text(const struct shape_member *member, char *ret_text, size_t room)
{
	size_t left = 0, length = 0;

	for (size_t i = 0; i < member->word_count; i++)
		left += member->words[i] != NULL;
	*ret_text = '\0';
	for (size_t i = 0; i < member->word_count && length < room; i++) {
		if (!member->words[i])
			continue;
		left--;
		length += (size_t)snprintf(ret_text + length, room - length, "%s%s",
					   member->words[i],
					   left > 1    ? ", "
					   : left == 1 ? " or "
						       : "");
	}
}

/* ---- values of a struct ---- */

/* Copies, as the field's type is known by its kind only. */
static void field_set(void *of, size_t at, const void *value, size_t size)
{
	memcpy((char *)of + at, value, size);
}

static void text_default(const struct shape_member *member, void *of)
{
	const char *text = member->otherwise ? member->otherwise : "";

	field_set(of, member->at, &text, sizeof(text));
}

static void number_default(const struct shape_member *member, void *of)
{
	const char *text = member->otherwise ? member->otherwise : "0";
	const int64_t whole = strtoll(text, NULL, 10);
	const double real = strtod(text, NULL);

	if (member->kind == SHAPE_KIND_INT)
		field_set(of, member->at, &whole, sizeof(whole));
	else
		field_set(of, member->at, &real, sizeof(real));
}

static void bool_default(const struct shape_member *member, void *of)
{
	const bool is_true = member->otherwise && strcmp(member->otherwise, "true") == 0;
	unsigned bits;

	if (member->kind == SHAPE_KIND_BOOL) {
		field_set(of, member->at, &is_true, sizeof(is_true));
		return;
	}
	memcpy(&bits, (char *)of + member->at, sizeof(bits));
	bits = is_true ? bits | member->bit : bits & ~member->bit;
	field_set(of, member->at, &bits, sizeof(bits));
}

/* The word, or the set that has only this word. */
static void word_default(const struct shape_member *member, void *of)
{
	const int index = member->otherwise ? shape_word_find(member, member->otherwise) : 0;

	ensure(index >= 0);
	const unsigned bits = member->otherwise ? BIT((unsigned)index) : 0;
	if (member->kind == SHAPE_KIND_WORD)
		field_set(of, member->at, &index, sizeof(index));
	else
		field_set(of, member->at, &bits, sizeof(bits));
}

static void nothing_set(const struct shape_member *member, void *of)
{
	const void *none = NULL;
	const size_t count = 0;

	if (member->kind != SHAPE_KIND_INTS)
		field_set(of, member->at, &none, sizeof(none));
	if (member->kind != SHAPE_KIND_OBJECT && member->kind != SHAPE_KIND_JSON)
		field_set(of, member->count_at, &count, sizeof(count));
}

static void member_default(const struct shape_member *member, void *of)
{
	const int64_t none = 0;

	switch (member->kind) {
	case SHAPE_KIND_TEXT:
	case SHAPE_KIND_SPLIT:
	case SHAPE_KIND_ENCODED:
		text_default(member, of);
		return;
	case SHAPE_KIND_INT:
	case SHAPE_KIND_NUMBER:
		number_default(member, of);
		return;
	case SHAPE_KIND_BOOL:
	case SHAPE_KIND_BIT:
		bool_default(member, of);
		return;
	case SHAPE_KIND_WORD:
	case SHAPE_KIND_SET:
		word_default(member, of);
		return;
	case SHAPE_KIND_DATE:
		field_set(of, member->at, &none, sizeof(none));
		return;
	case SHAPE_KIND_PART:
		shape_default(member->shape, (char *)of + member->at);
		return;
	case SHAPE_KIND_OBJECT:
	case SHAPE_KIND_LIST:
	case SHAPE_KIND_TEXTS:
	case SHAPE_KIND_INTS:
	case SHAPE_KIND_JSON:
		nothing_set(member, of);
		return;
	case SHAPE_KIND_CONSTANT:
		return;
	}
}

void shape_default(const struct shape *shape, void *ret_struct)
{
	for (size_t i = 0; i < shape->count; i++)
		member_default(&shape->members[i], ret_struct);
}

static bool bytes_are_zero(const char *data, size_t size)
{
	while (size > 0 && data[size - 1] == 0)
		size--;
	return size == 0;
}

bool shape_is_empty(const struct shape_member *member, const void *of)
{
	const char *at = (const char *)of + member->at, *text;

	switch (member->kind) {
	case SHAPE_KIND_TEXT:
	case SHAPE_KIND_SPLIT:
	case SHAPE_KIND_ENCODED:
		memcpy(&text, at, sizeof(text));
		return !text || !*text;
	case SHAPE_KIND_BIT:
		return !(*(const unsigned *)(const void *)at & member->bit);
	case SHAPE_KIND_LIST:
	case SHAPE_KIND_TEXTS:
	case SHAPE_KIND_INTS:
		return bytes_are_zero((const char *)of + member->count_at, sizeof(size_t));
	case SHAPE_KIND_BOOL:
		return bytes_are_zero(at, sizeof(bool));
	case SHAPE_KIND_WORD:
	case SHAPE_KIND_SET:
		return bytes_are_zero(at, sizeof(int));
	case SHAPE_KIND_INT:
	case SHAPE_KIND_NUMBER:
	case SHAPE_KIND_DATE:
	case SHAPE_KIND_OBJECT:
	case SHAPE_KIND_JSON:
		return bytes_are_zero(at, sizeof(int64_t));
	case SHAPE_KIND_PART:
	case SHAPE_KIND_CONSTANT:
		return false;
	}
	return false;
}
