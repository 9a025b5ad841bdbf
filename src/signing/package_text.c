/* package_text.c – see package_text.h. */
#include "signing/package_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"

static const char *const heads[PACKAGE_PART_KIND_COUNT] = {
	[PACKAGE_ROLE] = ",\"roles\":[",
	[PACKAGE_DOCUMENT] = ",\"documents\":[",
};

static size_t list_length(const struct package_part *list, size_t count)
{
	size_t length = count > 1 ? count - 1 : 0; /* commas */

	for (size_t i = 0; i < count; i++)
		length += strlen(list[i].body);
	return length;
}

size_t package_text_length(const char *members, const struct package_parts *parts)
{
	size_t length = strlen(members);

	for (int kind = 0; kind < PACKAGE_PART_KIND_COUNT; kind++)
		length += strlen(heads[kind]) + list_length(parts->list[kind], parts->count[kind]) +
			  strlen("]");
	return length;
}

char *package_text_put(char *end, const char *members, const struct package_parts *parts)
{
	size_t length = strlen(members);

	/* An object with a member at least: every package has an id. */
	ensure(length > strlen("{}") && members[length - 1] == '}');
	memcpy(end, members, length - 1);
	end += length - 1;
	for (int kind = 0; kind < PACKAGE_PART_KIND_COUNT; kind++) {
		end = stpcpy(end, heads[kind]);
		for (size_t i = 0; i < parts->count[kind]; i++)
			end = stpcpy(stpcpy(end, i ? "," : ""), parts->list[kind][i].body);
		end = stpcpy(end, "]");
	}
	return stpcpy(end, "}");
}

bool package_text_join(struct arena *arena, const char *members, const struct package_parts *parts,
		       const char **ret_text, struct error *err)
{
	char *text = arena_try_alloc(arena, package_text_length(members, parts) + 1);

	if (!text)
		return error_set(err, ERROR_NO_MEMORY, NULL);
	package_text_put(text, members, parts);
	*ret_text = text;
	return true;
}

bool package_text_encode(struct arena *arena, const json_t *value, const char **ret_text,
			 struct error *err)
{
	const char *text = json_try_encode_in(arena, value, err);

	if (text)
		*ret_text = text;
	return text != NULL;
}

json_t *package_text_decode(const char *text, struct error *err)
{
	json_t *value = json_loads(text, 0, NULL);

	if (!value)
		(void)error_set(err, ERROR_NO_MEMORY, NULL);
	return value;
}

bool package_parts_encode(struct arena *arena, const json_t *roles, const json_t *documents,
			  struct package_parts *ret_parts, struct error *err)
{
	const json_t *const lists[PACKAGE_PART_KIND_COUNT] = {
		[PACKAGE_ROLE] = roles, [PACKAGE_DOCUMENT] = documents};

	*ret_parts = (struct package_parts){0};
	for (int kind = 0; kind < PACKAGE_PART_KIND_COUNT; kind++) {
		size_t count = json_array_size(lists[kind]);
		struct package_part *parts = arena_alloc(arena, count * sizeof(*parts) + 1);
		for (size_t i = 0; i < count; i++) {
			const json_t *part = json_array_get(lists[kind], i);
			parts[i].id = arena_strdup(arena, json_text(part, "id"));
			if (!package_text_encode(arena, part, &parts[i].body, err))
				return false;
		}
		ret_parts->list[kind] = parts;
		ret_parts->count[kind] = count;
	}
	return true;
}
