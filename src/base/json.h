/* json.h – Jansson with this server's habits: limits first, errors that name the member at fault.
 *
 * Text taken from an object is borrowed from it. Absent and null are the same thing here: the API never
 * tells them apart (a null member is a member that is not there). */
#ifndef GREFFIER_BASE_JSON_H
#define GREFFIER_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "base/time.h"

/* Releases on scope exit: `scoped(json_t) json_t *body = …` reads as any other scoped object. */
static inline void json_t_scoped_release(json_t **held) { json_decref(*held); }

/* Nesting deeper than this is refused before anything walks the tree. */
#define JSON_DEPTH_MAX 64

/* Values of one text: a list counts as two and an object as four, for so much more memory they take. A million values take some
 * 70 MB. What may hold fewer says so (json_decode_object_within). */
#define JSON_VALUES_MAX 1000000

/* Decodes UTF-8, or UTF-16LE when the first byte is followed by a zero (the .NET SDK's token request).
 * ERROR_INVALID_JSON says where. New reference. */
json_t *json_decode(struct bytes text, struct error *err);
/* The same, and the result must be an object. */
json_t *json_decode_object(struct bytes text, struct error *err);
/* With a limit of its own on values. */
json_t *json_decode_object_within(struct bytes text, size_t values_max, struct error *err);
json_t *json_decode_within(struct bytes text, size_t values_max, struct error *err);
/* Bytes of the text in UTF-8, in which the limits of bodies count; the raw length when it is no UTF-16. */
size_t json_utf8_length(struct bytes text);
/* Compact text of a tree whose size a stranger chose; free() it. NULL: ERROR_NO_MEMORY. */
char *json_try_encode(const json_t *value, size_t *ret_length, struct error *err);
/* The same of a small tree: never fails. `ret_length` may be NULL. */
char *json_encode(const json_t *value, size_t *ret_length);

/* The text of a member, "" when it is absent or no text: for objects that have been checked. Borrowed. */
const char *json_text(const json_t *object, const char *member);

/* For a body that replaces, where a misspelt member would silently clear what it names. ERROR_INVALID_FIELD names the member, and
 * the known one that it is likely to mean. `object` may be NULL; what is no object is not judged here. */
MUST_CHECK bool json_members_check(const json_t *object, const char *where, const char *const *known,
				   size_t count, struct error *err);

/* A text of any bytes, also none (NULL): what is not UTF-8 is shown as U+FFFD. New reference, never NULL. */
json_t *json_string_of(struct bytes text);

/* "2020-08-21T14:12:34.544Z". New reference. */
json_t *json_date(struct wall_time time);

/* A whole number however it is written: 3, 3.0 and 3e0 are one number in JSON. False for 0.5, for a real beyond 2^53, where
 * doubles have gaps, and for what is no number; *ret_whole is left alone then. */
MUST_CHECK bool json_whole(const json_t *value, int64_t *ret_whole);

/* A number of seconds, with or without a fraction: RFC 7519's NumericDate since 1970, RFC 6749's expires_in. Beyond
 * JSON_SECONDS_MAX either way it is that limit. False when `value` is absent or no number; *ret_seconds is left alone then. */
#define JSON_SECONDS_MAX 1000000000000
MUST_CHECK bool json_seconds(const json_t *value, struct duration *ret_seconds);

/* Members of an object. `path` in errors is the member's name, with `where` in front when not NULL
 * ("roles[0].signers[0]" gives "roles[0].signers[0].email").
 * _get: *ret is NULL/false/0 when absent or null (the function returns true); wrong type: ERROR_INVALID_FIELD.
 * _need: absent or empty is ERROR_MISSING_FIELD. */
MUST_CHECK bool json_get_text(const json_t *object, const char *member, const char *where,
			      const char **ret_text, struct error *err);
MUST_CHECK bool json_need_text(const json_t *object, const char *member, const char *where,
			       const char **ret_text, struct error *err);
MUST_CHECK bool json_get_bool(const json_t *object, const char *member, const char *where,
			      bool *ret_value, struct error *err); /* leaves *ret_value when absent */
MUST_CHECK bool json_get_int(const json_t *object, const char *member, const char *where,
			     int64_t *ret_value, struct error *err); /* leaves *ret_value when absent */
MUST_CHECK bool json_get_array(const json_t *object, const char *member, const char *where,
			       json_t **ret_array, struct error *err); /* borrowed; NULL when absent */
MUST_CHECK bool json_get_object(const json_t *object, const char *member, const char *where,
				json_t **ret_object, struct error *err); /* borrowed; NULL when absent */

#endif
