/* member.h – the predefined roles, and the permissions of a user in an account. */
#ifndef GREFFIER_ACCESS_MEMBER_H
#define GREFFIER_ACCESS_MEMBER_H

#include "store/role_store.h"
#include "store/user_store.h"

/* Returns the permissions of a user by role, or by user type without roles. Not for an owner,
 * who has all. */
MUST_CHECK bool member_permissions(struct db *db, struct arena *arena, const struct account *account,
				   const struct user *user, bool *ret_is_member,
				   unsigned *ret_permissions, struct error *err);

/* Returns "owner", "manager", "sender" …; NULL after the last. */
const char *predefined_role_id(size_t number);
/* Finds a predefined role; its account is "". Returns false when no predefined role has that id. */
bool predefined_role_find(struct arena *arena, const char *id, struct account_role *ret_role);
/* Finds a predefined role, a role of the account, or an inherited one. */
MUST_CHECK bool any_role_find(struct db *db, struct arena *arena, const struct account *account,
			      const char *id, struct account_role *ret_role, bool *ret_found,
			      struct error *err);

#endif
