/* roles.h – an account's roles over the API, and who has which. What they allow: member.h. */
#ifndef GREFFIER_ACCESS_ROLES_H
#define GREFFIER_ACCESS_ROLES_H

#include <jansson.h>

#include "context/context.h"
#include "store/role_store.h"
#include "store/user_store.h"

#define ROLE_NAME_MAX 255
#define ROLE_DESCRIPTION_MAX 1000

/* All take and give the API's AccountRole. New references. Those that change need sender_admin.roles, the feature, and may
 * give no permission that the caller has not. */
json_t *roles_list(const struct context *context, struct error *err); /* {count, results} */
json_t *role_read(const struct context *context, const char *id, struct error *err);
json_t *role_create(const struct context *context, const json_t *body, struct error *err);
json_t *role_change(const struct context *context, const char *id, const json_t *body,
		    struct error *err);
/* *ret_changed false: it is predefined, or somebody has it. ERROR_ROLE_NOT_FOUND. */
MUST_CHECK bool role_remove(const struct context *context, const char *id, bool *ret_changed,
			    struct error *err);
json_t *role_users(const struct context *context, const char *id, struct error *err);

/* [{userId, accountId, accountRoles}] of a user. */
json_t *member_roles_list(const struct context *context, const char *uid, struct error *err);
/* Replaces the roles of a user in the context's account. `body`: one {userId, accountId, accountRoles}. */
json_t *member_roles_set(const struct context *context, const char *uid, const json_t *body,
			 struct error *err);

#endif
