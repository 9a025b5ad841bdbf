/* ids.h – the identifiers of the package model: chosen by the caller, or made here. Inside src/signing only. */
#ifndef GREFFIER_SIGNING_IDS_H
#define GREFFIER_SIGNING_IDS_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/time.h"
#include "store/package_store.h"

#define ID_LENGTH_MAX 255 /* bytes of an id a caller chooses */

/* URL-safe base64 of 20 bytes: 28 characters, the last one '='. Six are the time in milliseconds, so that what is new lies side by
 * side in the store's indexes; fourteen are random. */
void package_id_make(struct arena *arena, struct wall_time now, char ret_id[PACKAGE_ID_LENGTH + 1]);

/* The path of a member in errors: `where` and the member, or the member alone when `where` is NULL. */
const char *path_member(struct arena *arena, const char *where, const char *member);

/* Keeps the object's own `id` if it is acceptable (no control characters, no '/'), else gives it `otherwise`. */
MUST_CHECK bool id_complete(json_t *object, const char *where, const char *otherwise,
			    struct error *err);
MUST_CHECK bool id_need(const json_t *object, const char *where, const char *member,
			struct error *err);
/* ERROR_INVALID_FIELD names the second of two. */
MUST_CHECK bool ids_are_unique(const json_t *list, const char *where, struct error *err);

#endif
