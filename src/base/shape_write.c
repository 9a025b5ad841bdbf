/* shape_write.c – see shape_write.h. Two walkers of the same tables: one appends text, one makes a
 * tree. */
#include "base/shape_write.h"

#include <string.h>

#include "base/ensure.h"
#include "base/json.h"

/* ---- fields ---- */

static const char *text_of(const struct shape_member *member, const void *of)
{
	const char *text;

	memcpy(&text, (const char *)of + member->at, sizeof(text));
	return text ? text : "";
}

static const void *pointer_of(const struct shape_member *member, const void *of)
{
	const void *pointer;

	memcpy(&pointer, (const char *)of + member->at, sizeof(pointer));
	return pointer;
}

static const char *entry_of(const struct shape_member *member, const void *of, size_t i)
{
	return (const char *)pointer_of(member, of) + i * member->shape->size;
}

static size_t count_of(const struct shape_member *member, const void *of)
{
	size_t count;

	memcpy(&count, (const char *)of + member->count_at, sizeof(count));
	return count;
}

static unsigned bits_of(const struct shape_member *member, const void *of)
{
	unsigned bits;

	memcpy(&bits, (const char *)of + member->at, sizeof(bits));
	return bits;
}

static int64_t whole_of(const struct shape_member *member, const void *of)
{
	int64_t whole;

	memcpy(&whole, (const char *)of + member->at, sizeof(whole));
	return whole;
}

static double real_of(const struct shape_member *member, const void *of)
{
	double real;

	memcpy(&real, (const char *)of + member->at, sizeof(real));
	return real;
}

static bool is_true(const struct shape_member *member, const void *of)
{
	return !shape_is_empty(member, of);
}

static const char *word_of(const struct shape_member *member, const void *of)
{
	const unsigned index = bits_of(member, of);

	ensure(index < member->word_count && member->words[index]);
	return member->words[index];
}

/* The next word of a text of words, and its length; NULL behind the last. Commas separate, too. */
static const char *split_next(const char **text, size_t *ret_length)
{
	const char *word = *text + strspn(*text, ", ");

	*ret_length = strcspn(word, ", ");
	*text = word + *ret_length;
	return *ret_length > 0 ? word : NULL;
}

enum presence {
	ABSENT,
	IS_NULL,
	PRESENT
};

static enum presence presence_of(const struct shape_member *member, const void *of,
				 unsigned without)
{
	if (member->flags & without)
		return ABSENT;
	if (!(member->flags & (SHAPE_OR_NULL | SHAPE_OR_NONE)) || !shape_is_empty(member, of))
		return PRESENT;
	return member->flags & SHAPE_OR_NONE ? ABSENT : IS_NULL;
}

/* ---- a tree ---- */

static json_t *object_to_json(const struct shape *shape, const void *of, unsigned without);

static json_t *list_to_json(const struct shape_member *member, const void *of, unsigned without)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count_of(member, of); i++)
		json_array_append_new(
			list, object_to_json(member->shape, entry_of(member, of, i), without));
	return list;
}

static json_t *texts_to_json(const struct shape_member *member, const void *of)
{
	const char *const *texts = pointer_of(member, of);
	json_t *list = json_array();

	for (size_t i = 0; i < count_of(member, of); i++)
		json_array_append_new(list, json_string(texts[i]));
	return list;
}

static json_t *ints_to_json(const struct shape_member *member, const void *of)
{
	const char *ints = (const char *)of + member->at;
	json_t *list = json_array();
	int64_t whole;

	for (size_t i = 0; i < count_of(member, of); i++) {
		memcpy(&whole, ints + i * sizeof(whole), sizeof(whole));
		json_array_append_new(list, json_integer(whole));
	}
	return list;
}

static json_t *set_to_json(const struct shape_member *member, const void *of)
{
	json_t *list = json_array();

	for (size_t i = 0; i < member->word_count; i++) {
		if (bits_of(member, of) & BIT(i))
			json_array_append_new(list, json_string(member->words[i]));
	}
	return list;
}

static json_t *split_to_json(const struct shape_member *member, const void *of)
{
	const char *text = text_of(member, of), *word;
	json_t *list = json_array();
	size_t length;

	while ((word = split_next(&text, &length)))
		json_array_append_new(list, json_stringn(word, length));
	return list;
}

static json_t *decoded(const char *text)
{
	if (strcmp(text, "[]") == 0) /* the usual constant, without a parser */
		return json_array();
	json_t *value = json_loads(*text ? text : "{}", JSON_DECODE_ANY, NULL);

	return value ? value : json_null(); /* kept by another version: an answer still comes */
}

static json_t *value_to_json(const struct shape_member *member, const void *of, unsigned without)
{
	const void *pointer;

	switch (member->kind) {
	case SHAPE_KIND_TEXT:
		return json_string(text_of(member, of));
	case SHAPE_KIND_WORD:
		return json_string(word_of(member, of));
	case SHAPE_KIND_BOOL:
	case SHAPE_KIND_BIT:
		return json_boolean(is_true(member, of));
	case SHAPE_KIND_INT:
		return json_integer(whole_of(member, of));
	case SHAPE_KIND_NUMBER:
		return json_real(real_of(member, of));
	case SHAPE_KIND_DATE:
		return json_date(wall_from_us(whole_of(member, of)));
	case SHAPE_KIND_PART:
		return object_to_json(member->shape, (const char *)of + member->at, without);
	case SHAPE_KIND_OBJECT:
		pointer = pointer_of(member, of);
		return pointer ? object_to_json(member->shape, pointer, without) : json_null();
	case SHAPE_KIND_LIST:
		return list_to_json(member, of, without);
	case SHAPE_KIND_TEXTS:
		return texts_to_json(member, of);
	case SHAPE_KIND_INTS:
		return ints_to_json(member, of);
	case SHAPE_KIND_SET:
		return set_to_json(member, of);
	case SHAPE_KIND_SPLIT:
		return split_to_json(member, of);
	case SHAPE_KIND_JSON:
		pointer = pointer_of(member, of);
		return pointer ? json_incref((json_t *)(uintptr_t)pointer) : json_object();
	case SHAPE_KIND_ENCODED:
		return decoded(text_of(member, of));
	case SHAPE_KIND_CONSTANT:
		return decoded(member->otherwise);
	}
	return NULL;
}

static json_t *object_to_json(const struct shape *shape, const void *of, unsigned without)
{
	json_t *object = json_object();

	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_member *member = &shape->members[i];
		const enum presence presence = presence_of(member, of, without);
		if (presence == ABSENT)
			continue;
		json_t *value = presence == PRESENT ? value_to_json(member, of, without)
						    : json_null();
		ensure(value); /* a text that is not UTF-8 was kept */
		json_object_set_new_nocheck(object, member->name, value);
	}
	return object;
}

json_t *shape_to_json(const struct shape *shape, const void *of)
{
	return object_to_json(shape, of, SHAPE_REQUEST);
}

json_t *shape_settable_to_json(const struct shape *shape, const void *of)
{
	return object_to_json(shape, of, SHAPE_REQUEST | SHAPE_ANSWER);
}

/* ---- a text ---- */

static bool text_write(struct buf *buf, const char *text)
{
	return json_text_write(buf, text, strlen(text));
}

static bool list_write(struct buf *buf, const struct shape_member *member, const void *of)
{
	bool ok = buf_add(buf, "[", 1);

	for (size_t i = 0; ok && i < count_of(member, of); i++)
		ok = (i == 0 || buf_add(buf, ",", 1)) &&
		     shape_write(buf, member->shape, entry_of(member, of, i));
	return ok && buf_add(buf, "]", 1);
}

static bool texts_write(struct buf *buf, const struct shape_member *member, const void *of)
{
	const char *const *texts = pointer_of(member, of);
	bool ok = buf_add(buf, "[", 1);

	for (size_t i = 0; ok && i < count_of(member, of); i++)
		ok = (i == 0 || buf_add(buf, ",", 1)) && text_write(buf, texts[i]);
	return ok && buf_add(buf, "]", 1);
}

static bool date_write(struct buf *buf, struct wall_time time)
{
	char text[WALL_TIME_TEXT];

	wall_format(time, text);
	return text_write(buf, text);
}

/* Rare and small kinds go by way of the tree. */
static bool tree_write(struct buf *buf, const struct shape_member *member, const void *of)
{
	scoped(json_t) json_t *value = value_to_json(member, of, SHAPE_REQUEST);

	ensure(value);
	return json_value_write(buf, value);
}

static bool value_write(struct buf *buf, const struct shape_member *member, const void *of)
{
	switch (member->kind) {
	case SHAPE_KIND_TEXT:
		return text_write(buf, text_of(member, of));
	case SHAPE_KIND_WORD:
		return text_write(buf, word_of(member, of));
	case SHAPE_KIND_BOOL:
	case SHAPE_KIND_BIT:
		return buf_add_text(buf, is_true(member, of) ? "true" : "false");
	case SHAPE_KIND_INT:
		return buf_printf(buf, "%lld", (long long)whole_of(member, of));
	case SHAPE_KIND_DATE:
		return date_write(buf, wall_from_us(whole_of(member, of)));
	case SHAPE_KIND_PART:
		return shape_write(buf, member->shape, (const char *)of + member->at);
	case SHAPE_KIND_OBJECT:
		return pointer_of(member, of)
			       ? shape_write(buf, member->shape, pointer_of(member, of))
			       : buf_add_text(buf, "null");
	case SHAPE_KIND_LIST:
		return list_write(buf, member, of);
	case SHAPE_KIND_TEXTS:
		return texts_write(buf, member, of);
	case SHAPE_KIND_ENCODED:
		return buf_add_text(buf, *text_of(member, of) ? text_of(member, of) : "{}");
	case SHAPE_KIND_CONSTANT:
		return buf_add_text(buf, member->otherwise);
	case SHAPE_KIND_NUMBER:
	case SHAPE_KIND_INTS:
	case SHAPE_KIND_SET:
	case SHAPE_KIND_SPLIT:
	case SHAPE_KIND_JSON:
		return tree_write(buf, member, of);
	}
	return false;
}

bool shape_write(struct buf *buf, const struct shape *shape, const void *of)
{
	const char *before = "{\"";

	for (size_t i = 0; i < shape->count; i++) {
		const struct shape_member *member = &shape->members[i];
		const enum presence presence = presence_of(member, of, SHAPE_REQUEST);
		if (presence == ABSENT)
			continue;
		if (!buf_add_text(buf, before) || !buf_add_text(buf, member->name) ||
		    !buf_add(buf, "\":", 2) ||
		    !(presence == PRESENT ? value_write(buf, member, of)
					  : buf_add_text(buf, "null")))
			return false;
		before = ",\"";
	}
	return buf_add_text(buf, *before == ',' ? "}" : "{}");
}
