/* member.h – the predefined roles, and what a user may do in an account. */
#ifndef GREFFIER_ACCESS_MEMBER_H
#define GREFFIER_ACCESS_MEMBER_H

#include "store/role_store.h"
#include "store/user_store.h"

/* What a user may do in an account by role, or by type when the user has none there. Not of an owner: all. */
MUST_CHECK bool member_permissions(struct db *db, struct arena *arena, const struct account *account,
				   const struct user *user, bool *ret_is_member,
				   unsigned *ret_permissions, struct error *err);

/* "owner", "manager", "sender" …; NULL after the last. */
const char *predefined_role_id(size_t number);
/* Its account is "". False when there is none of that id. */
bool predefined_role_find(struct arena *arena, const char *id, struct account_role *ret_role);
/* A predefined one, one of the account's own, or one it inherits. */
MUST_CHECK bool any_role_find(struct db *db, struct arena *arena, const struct account *account,
			      const char *id, struct account_role *ret_role, bool *ret_found,
			      struct error *err);

#endif
