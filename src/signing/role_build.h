/* role_build.h – rules for roles and their signers. Uses no store. Inside src/signing only. */
#ifndef GREFFIER_SIGNING_ROLE_BUILD_H
#define GREFFIER_SIGNING_ROLE_BUILD_H

#include "signing/package_build.h"

/* Checks and completes all roles of a new package in place, and adds a role of type SENDER for
 * its owner. */
MUST_CHECK bool roles_build(const struct package_build *build, json_t *package, struct error *err);

/* Checks and completes one role in place: ids, the signer's name and type, attachment
 * requirements. `before` is the stored role that it replaces, or NULL; ids absent from `role`
 * are taken from `before`. `where` is the role's path in errors; NULL when the body is the role. */
MUST_CHECK bool role_build(const struct package_build *build, json_t *role, const json_t *before, const char *where,
			   struct error *err);
/* Checks that the id and the signer of the role at `at` differ from those of the other roles.
 * `where` as above. */
MUST_CHECK bool role_fits(const json_t *roles, size_t at, const char *where, struct error *err);

/* Returns the role's signer, borrowed; NULL for a placeholder. */
json_t *role_signer(const json_t *role);

#endif
