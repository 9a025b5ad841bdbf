/* ids.c – see ids.h. */
#include "signing/ids.h"

#include <string.h>

#include "base/ensure.h"
#include "base/text.h"
#include "crypto/random.h"

#define PACKAGE_ID_BYTES 20
#define TIME_BYTES 6

void package_id_make(struct arena *arena, struct wall_time now, char ret_id[PACKAGE_ID_LENGTH + 1])
{
	unsigned char bytes[PACKAGE_ID_BYTES];
	uint64_t ms = (uint64_t)wall_ms(now);

	for (size_t i = 0; i < TIME_BYTES; i++)
		bytes[i] = (unsigned char)(ms >> (8 * (TIME_BYTES - 1 - i)));
	random_bytes(bytes + TIME_BYTES, sizeof(bytes) - TIME_BYTES);
	const char *id = base64url_encode(arena, bytes, sizeof(bytes));
	ensure(strlen(id) == PACKAGE_ID_LENGTH);
	memcpy(ret_id, id, PACKAGE_ID_LENGTH + 1);
}

const char *path_member(struct arena *arena, const char *where, const char *member)
{
	return where ? arena_printf(arena, "%s.%s", where, member) : member;
}

bool id_complete(json_t *object, const char *where, const char *otherwise, struct error *err)
{
	const char *id = json_string_value(json_object_get(object, "id"));

	if (!id || !*id) {
		json_object_set_new(object, "id", json_string(otherwise));
		return true;
	}
	if (strlen(id) > ID_LENGTH_MAX || text_has_control_characters(id) || strchr(id, '/'))
		return error_set(err, ERROR_INVALID_FIELD,
				 "%s%sid: at most %d bytes, without control characters and `/`",
				 where ? where : "", where ? "." : "", ID_LENGTH_MAX);
	return true;
}

bool id_need(const json_t *object, const char *where, const char *member, struct error *err)
{
	const char *id = json_string_value(json_object_get(object, "id"));

	return (id && *id) || error_set(err, ERROR_MISSING_FIELD, "%s.%s", where, member);
}

bool ids_are_unique(const json_t *list, const char *where, struct error *err)
{
	for (size_t i = 0; i < json_array_size(list); i++) {
		const char *id = json_string_value(json_object_get(json_array_get(list, i), "id"));
		for (size_t j = 0; j < i; j++) {
			const json_t *other = json_object_get(json_array_get(list, j), "id");
			if (strcmp(id, json_string_value(other)) == 0)
				return error_set(err, ERROR_INVALID_FIELD,
						 "%s[%zu].id: used twice in this list", where, i);
		}
	}
	return true;
}

bool id_is_among(const char *const *ids, size_t count, const char *id)
{
	for (size_t i = 0; i < count; i++) {
		if (strcmp(ids[i], id) == 0)
			return true;
	}
	return false;
}

json_t *list_counted(json_t *list)
{
	return json_pack("{s:I, s:O}", "count", (json_int_t)json_array_size(list), "results", list);
}
