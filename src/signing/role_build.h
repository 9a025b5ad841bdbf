/* role_build.h – roles and their signers: the rules, without a store. Inside src/signing only. */
#ifndef GREFFIER_SIGNING_ROLE_BUILD_H
#define GREFFIER_SIGNING_ROLE_BUILD_H

#include "signing/package_build.h"

/* Checks and completes all roles of a new package, and gives its owner a role of type SENDER. In place. */
MUST_CHECK bool roles_build(const struct package_build *build, json_t *package, struct error *err);

/* Checks and completes one role in place: ids, the signer's name and type, its attachment requirements. `before` is the stored role
 * that this one replaces, or NULL: then ids that `role` does not give stay. `where` is the role's path in errors; NULL when the
 * body is the role. */
MUST_CHECK bool role_build(const struct package_build *build, json_t *role, const json_t *before, const char *where,
			   struct error *err);
/* Whether the role at `at` may stand beside the others: its id and its signer are its own. `where` as above. */
MUST_CHECK bool role_fits(const json_t *roles, size_t at, const char *where, struct error *err);

/* The role's signer; NULL for a placeholder. Borrowed. */
json_t *role_signer(const json_t *role);

#endif
