/* roles.h – the API calls on an account's roles and on the roles of its users. member.h has
 * their permissions. */
#ifndef GREFFIER_ACCESS_ROLES_H
#define GREFFIER_ACCESS_ROLES_H

#include <jansson.h>

#include "base/shape.h"
#include "context/context.h"
#include "store/role_store.h"
#include "store/user_store.h"

#define ROLE_NAME_MAX 255
#define ROLE_DESCRIPTION_MAX 1000

/* A role as the API shows it, and its shape. */
struct role_view {
	struct account_role role;
	unsigned permissions; /* bits of enum permission */
	bool is_predefined;
};
extern const struct shape role_shape;

/* All functions use the API's AccountRole and return new references. Changes need
 * sender_admin.roles and the feature, and cannot grant permissions that the caller lacks. */
json_t *roles_list(const struct context *context, struct error *err); /* {count, results} */
json_t *role_read(const struct context *context, const char *id, struct error *err);
json_t *role_create(const struct context *context, const json_t *body, struct error *err);
json_t *role_change(const struct context *context, const char *id, const json_t *body,
		    struct error *err);
/* Removes a role. *ret_changed is false when it is predefined or somebody has it. Fails with
 * ERROR_ROLE_NOT_FOUND. */
MUST_CHECK bool role_remove(const struct context *context, const char *id, bool *ret_changed,
			    struct error *err);
json_t *role_users(const struct context *context, const char *id, struct error *err);

/* Lists the roles of a user: [{userId, accountId, accountRoles}]. */
json_t *member_roles_list(const struct context *context, const char *uid, struct error *err);
/* Replaces the roles of a user in the context's account by those of `body`: {userId, accountId,
 * accountRoles}. */
json_t *member_roles_set(const struct context *context, const char *uid, const json_t *body,
			 struct error *err);

#endif
