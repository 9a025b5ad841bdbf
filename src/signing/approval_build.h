/* approval_build.h – approvals (signature blocks) and their fields: the rules, without a store. Inside src/signing only. */
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
/* From the roles' JSON; lives in `arena`, the ids in the JSON. */
struct role_ids role_ids_of(struct arena *arena, const json_t *roles);

/* Each checks and completes its object in place: ids, types, and what radio buttons need. `where` is the object's path in errors;
 * NULL when the body is the object. ERROR_APPROVAL_WITHOUT_ROLE, ERROR_MISSING_FIELD, ERROR_INVALID_FIELD. */
MUST_CHECK bool field_build(struct arena *arena, json_t *field, const char *where, struct error *err);
MUST_CHECK bool approval_build(struct arena *arena, const struct role_ids *roles, json_t *approval,
			       const char *where, struct error *err);

/* The same for lists, whose ids must differ. `where` is the list's path; NULL when the body is the list. */
MUST_CHECK bool fields_build(struct arena *arena, json_t *fields, const char *where, struct error *err);
MUST_CHECK bool approvals_build(struct arena *arena, const struct role_ids *roles, json_t *approvals,
				const char *where, struct error *err);

#endif
