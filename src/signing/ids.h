/* ids.h – identifiers of the package model, chosen by the caller or made here. Inside
 * src/signing only. */
#ifndef GREFFIER_SIGNING_IDS_H
#define GREFFIER_SIGNING_IDS_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/time.h"
#include "store/package_store.h"

#define ID_LENGTH_MAX 255 /* bytes of an id chosen by a caller */

/* Makes a package id: 20 bytes as URL-safe base64, 28 characters of which the last is '='. Six
 * bytes are the time in milliseconds, so that new ids are neighbours in the store's indexes;
 * fourteen are random. */
void package_id_make(struct arena *arena, struct wall_time now, char ret_id[PACKAGE_ID_LENGTH + 1]);

/* Returns the path of a member for errors: `where` and the member, or the member alone when
 * `where` is NULL. */
const char *path_member(struct arena *arena, const char *where, const char *member);

/* Keeps the object's own `id` when it is acceptable (no control characters, no '/'), and
 * otherwise sets it to `otherwise`. */
MUST_CHECK bool id_complete(json_t *object, const char *where, const char *otherwise,
			    struct error *err);
MUST_CHECK bool id_need(const json_t *object, const char *where, const char *member,
			struct error *err);
/* Fails with ERROR_INVALID_FIELD, which names the second of two equal ids. */
MUST_CHECK bool ids_are_unique(const json_t *list, const char *where, struct error *err);

/* Whether `id` is one of `ids`. */
bool id_is_among(const char *const *ids, size_t count, const char *id);
/* {"count", "results"}: how the API shows a whole list. New reference. */
json_t *list_counted(json_t *list);

#endif
