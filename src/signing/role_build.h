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

/* Removes the questions and answers by which the role's signers authenticate. */
void role_answers_remove(json_t *role);
/* The role that `wanted` means, borrowed: the one with the same member `first`, otherwise with the same member `second`; these are
 * "id" and "name". NULL when there is none. */
json_t *role_meant(const json_t *roles, const json_t *wanted, const char *first, const char *second);

#endif
