/* json.h – reading and writing JSON with Jansson: limits are checked first, and errors name the
 * member at fault.
 *
 * Text taken from an object is borrowed from that object. An absent member and a null member
 * mean the same, because OneSpan Sign's API does not distinguish them. */
#ifndef GREFFIER_BASE_JSON_H
#define GREFFIER_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/time.h"

/* Releases on scope exit, so that `scoped(json_t) json_t *body = …` works like any other scoped
 * object. */
static inline void json_t_scoped_release(json_t **held) { json_decref(*held); }

/* Deeper nesting is refused before any code walks the tree. */
#define JSON_DEPTH_MAX 64

/* Maximum number of values in one text. A list counts as two and an object as four, because they
 * take more memory. A million values take about 70 MB. Callers that expect fewer set a lower
 * limit (json_decode_object_within). */
#define JSON_VALUES_MAX 1000000

/* Decodes a JSON text in UTF-8, or in UTF-16LE when the second byte is zero (the .NET SDK's
 * token request). Returns a new reference. Fails with ERROR_INVALID_JSON, which says where. */
json_t *json_decode(struct bytes text, struct error *err);
/* Does the same, and fails unless the value is an object. */
json_t *json_decode_object(struct bytes text, struct error *err);
/* Do the same with the given limit on the number of values. */
json_t *json_decode_object_within(struct bytes text, size_t values_max, struct error *err);
json_t *json_decode_within(struct bytes text, size_t values_max, struct error *err);
/* Length in bytes of the text converted to UTF-8, the length that body limits apply to. Returns
 * the raw length when the text is not UTF-16. */
size_t json_utf8_length(struct bytes text);
/* Encodes a tree whose size comes from outside as compact text. The caller calls free() on it.
 * Returns NULL with ERROR_NO_MEMORY when memory is short. */
char *json_try_encode(const json_t *value, size_t *ret_length, struct error *err);
/* Encodes a small tree in the same way and never fails. `ret_length` may be NULL. */
char *json_encode(const json_t *value, size_t *ret_length);
/* The same texts in the arena; the bytes have a NUL behind them. */
const char *json_encode_in(struct arena *arena, const json_t *value);
struct bytes json_encode_bytes(struct arena *arena, const json_t *value);
/* NULL: ERROR_NO_MEMORY. */
const char *json_try_encode_in(struct arena *arena, const json_t *value, struct error *err);

/* Append a value, or a text as a JSON string. False when the buffer's limit would be passed. */
MUST_CHECK bool json_value_write(struct buf *buf, const json_t *value);
MUST_CHECK bool json_text_write(struct buf *buf, const char *text, size_t length);
/* The same with every control character as \u00xx. Payloads of events are written so since the first version, and their digests
 * stand in manifests. */
MUST_CHECK bool json_text_write_long(struct buf *buf, const char *text, size_t length);

/* Returns the text of a member of an object that has been checked before. Returns "" when the
 * member is absent or not a text. Borrowed. */
const char *json_text(const json_t *object, const char *member);

/* Refuses unknown members of a body that replaces a resource: there, a misspelt member would
 * silently clear the one it was meant for. Fails with ERROR_INVALID_FIELD, which names the
 * member and the most similar known one. `object` may be NULL; a value that is not an object is
 * not checked here. */
MUST_CHECK bool json_members_check(const json_t *object, const char *where, const char *const *known,
				   size_t count, struct error *err);

/* Makes a JSON text of any bytes, including none (NULL data). Invalid UTF-8 is replaced by
 * U+FFFD. Returns a new reference, never NULL. */
json_t *json_string_of(struct bytes text);

/* Makes a JSON text such as "2020-08-21T14:12:34.544Z". Returns a new reference. */
json_t *json_date(struct wall_time time);

/* Reads a whole number in any notation: 3, 3.0 and 3e0 are the same number in JSON. Returns
 * false for fractions, for reals beyond 2^53 (where doubles have gaps) and for other types.
 * *ret_whole is then unchanged. */
MUST_CHECK bool json_whole(const json_t *value, int64_t *ret_whole);

/* Reads a number of seconds, with or without a fraction: NumericDate (RFC 7519) or expires_in
 * (RFC 6749). Values beyond ±JSON_SECONDS_MAX are limited to it. Returns false when `value` is
 * absent or not a number; *ret_seconds is then unchanged. */
#define JSON_SECONDS_MAX 1000000000000
MUST_CHECK bool json_seconds(const json_t *value, struct duration *ret_seconds);

/* Read one member of an object. The path in an error is the member's name, after `where` unless
 * that is NULL: "roles[0].signers[0]" gives "roles[0].signers[0].email".
 *
 * _get: an absent or null member is success and gives NULL. A member of the wrong type is
 * ERROR_INVALID_FIELD. _need: an absent or empty member is ERROR_MISSING_FIELD as well. */
MUST_CHECK bool json_get_text(const json_t *object, const char *member, const char *where,
			      const char **ret_text, struct error *err);
MUST_CHECK bool json_need_text(const json_t *object, const char *member, const char *where,
			       const char **ret_text, struct error *err);
/* an absent member leaves *ret_value unchanged */
MUST_CHECK bool json_get_bool(const json_t *object, const char *member, const char *where,
			      bool *ret_value, struct error *err);
/* an absent member leaves *ret_value unchanged */
MUST_CHECK bool json_get_int(const json_t *object, const char *member, const char *where,
			     int64_t *ret_value, struct error *err);
MUST_CHECK bool json_get_array(const json_t *object, const char *member, const char *where,
			       json_t **ret_array, struct error *err); /* borrowed; NULL when absent */
MUST_CHECK bool json_get_object(const json_t *object, const char *member, const char *where,
				json_t **ret_object, struct error *err); /* borrowed; NULL when absent */

#endif
