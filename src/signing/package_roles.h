/* package_roles.h – the API calls on the roles of one package. A change is one transaction,
 * needs a DRAFT and raises no event.
 *
 * A role is named by its own id or by its signer's id, because SDKs send either. All calls may
 * fail with ERROR_PACKAGE_NOT_FOUND, ERROR_NO_PERMISSION and ERROR_ROLE_NOT_FOUND. Changes may
 * also fail with ERROR_PACKAGE_NOT_DRAFT and ERROR_VERSION_CHANGED. */
#ifndef GREFFIER_SIGNING_PACKAGE_ROLES_H
#define GREFFIER_SIGNING_PACKAGE_ROLES_H

#include "signing/package.h"

/* Results are new references. A signer sees no answers to authentication questions. */

/* {"count", "results"}. */
MUST_CHECK bool package_roles_read(const struct context *context, const char *id, json_t **ret_roles,
				   struct error *err);
MUST_CHECK bool package_role_read(const struct context *context, const char *id, const char *role,
				  json_t **ret_role, struct error *err);
/* Adds a role and its acceptance of the consent document. `body` is the role as sent. */
MUST_CHECK bool package_role_add(const struct context *context, const char *id, const json_t *body,
				 json_t **ret_role, struct error *err);
/* Replaces the role's members except id and type. */
MUST_CHECK bool package_role_replace(const struct context *context, const char *id, const char *role,
				     const json_t *body, json_t **ret_role, struct error *err);
/* Removes the role and its approvals. The owner's role cannot be removed: ERROR_INVALID_FIELD. */
MUST_CHECK bool package_role_remove(const struct context *context, const char *id, const char *role,
				    struct error *err);
/* Reorders roles. `list` has objects with `id` and `index`; roles missing from it keep their
 * index. Returns the same as package_roles_read. */
MUST_CHECK bool package_roles_order(const struct context *context, const char *id, const json_t *list,
				    json_t **ret_roles, struct error *err);
/* Lets a signer try to authenticate again. Allowed in every status, and also when the role is
 * not locked. */
MUST_CHECK bool package_role_unlock(const struct context *context, const char *id, const char *role,
				    json_t **ret_role, struct error *err);

#endif
