/* package_roles.h – the calls on the roles of one package. Each is one transaction when it changes something.
 *
 * A role is named by its id or by the id of its signer: SDKs send either. Changes need a DRAFT, and raise no event. All can fail with
 * ERROR_PACKAGE_NOT_FOUND, ERROR_NO_PERMISSION and ERROR_ROLE_NOT_FOUND; changes with ERROR_PACKAGE_NOT_DRAFT and ERROR_VERSION_CHANGED too. */
#ifndef GREFFIER_SIGNING_PACKAGE_ROLES_H
#define GREFFIER_SIGNING_PACKAGE_ROLES_H

#include "signing/package.h"

/* Answers are new references. A signer who asks sees nobody's answers to authentication questions. */

/* {"count", "results"}. */
MUST_CHECK bool package_roles_read(const struct context *context, const char *id, json_t **ret_roles,
				   struct error *err);
MUST_CHECK bool package_role_read(const struct context *context, const char *id, const char *role,
				  json_t **ret_role, struct error *err);
/* `body` is a role as sent. Also adds the role's acceptance of the consent document. */
MUST_CHECK bool package_role_add(const struct context *context, const char *id, const json_t *body,
				 json_t **ret_role, struct error *err);
/* Replaces the role's members; its id and type stay. */
MUST_CHECK bool package_role_replace(const struct context *context, const char *id, const char *role,
				     const json_t *body, json_t **ret_role, struct error *err);
/* Removes the role and its approvals. The owner's role cannot be removed: ERROR_INVALID_FIELD. */
MUST_CHECK bool package_role_remove(const struct context *context, const char *id, const char *role,
				    struct error *err);
/* `list` has objects with `id` and `index`; roles that it leaves out keep their index. Answers as package_roles_read. */
MUST_CHECK bool package_roles_order(const struct context *context, const char *id, const json_t *list,
				    json_t **ret_roles, struct error *err);
/* Lets a signer try to authenticate again. Works in every status, also when the role is not locked. */
MUST_CHECK bool package_role_unlock(const struct context *context, const char *id, const char *role,
				    json_t **ret_role, struct error *err);

#endif
