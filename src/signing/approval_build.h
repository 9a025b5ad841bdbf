/* approval_build.h – rules for approvals (signature blocks) and their fields. Uses no store.
 * Inside src/signing only. */
#ifndef GREFFIER_SIGNING_APPROVAL_BUILD_H
#define GREFFIER_SIGNING_APPROVAL_BUILD_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"

/* The ids of a package's roles, which approvals refer to. */
struct role_ids {
	const char *const *list;
	size_t count;
};
/* Collects the ids from the roles' JSON. The list lives in `arena`; the ids are borrowed from
 * the JSON. */
struct role_ids role_ids_of(struct arena *arena, const json_t *roles);

/* Check and complete one object in place: ids, types, and the requirements of radio buttons.
 * `where` is the object's path in errors; NULL when the body is the object. Fail with
 * ERROR_APPROVAL_WITHOUT_ROLE, ERROR_MISSING_FIELD or ERROR_INVALID_FIELD. */
MUST_CHECK bool field_build(struct arena *arena, json_t *field, const char *where, struct error *err);
MUST_CHECK bool approval_build(struct arena *arena, const struct role_ids *roles, json_t *approval,
			       const char *where, struct error *err);

/* Do the same for lists, whose ids must be unique. `where` is the list's path; NULL when the
 * body is the list. */
MUST_CHECK bool fields_build(struct arena *arena, json_t *fields, const char *where, struct error *err);
MUST_CHECK bool approvals_build(struct arena *arena, const struct role_ids *roles, json_t *approvals,
				const char *where, struct error *err);

#endif
