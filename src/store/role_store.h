/* role_store.h – the roles that an account has defined, and the roles of each user in each
 * account. */
#ifndef GREFFIER_STORE_ROLE_STORE_H
#define GREFFIER_STORE_ROLE_STORE_H

#include "store/account_store.h"

struct account_role {
	const char *account;
	const char *id;
	const char *name, *description;
	const char *permissions; /* ids of context/permissions.def, separated by spaces */
	bool enabled;
	bool inherited; /* also valid in the account's sub-accounts */
	struct wall_time created, updated;
};

#define ACCOUNT_ROLES_MAX 200 /* of one account */
#define USER_ROLES_MAX 50     /* of one user in one account */

/* Predefined roles are not stored: see access/people/roles.c. */
MUST_CHECK bool role_insert(struct db *db, const struct account_role *role, struct error *err);
/* Finds a role of the account, or an inherited role of its parent. */
MUST_CHECK bool role_find(struct db *db, struct arena *arena, const char *account, const char *parent,
			  const char *id, struct account_role *ret_role, bool *ret_found,
			  struct error *err);
MUST_CHECK bool role_list(struct db *db, struct arena *arena, const char *account, const char *parent,
			  struct account_role **ret_roles, size_t *ret_count, struct error *err);
/* Saves all members except account, id and created. */
MUST_CHECK bool role_save(struct db *db, const struct account_role *role, struct error *err);
MUST_CHECK bool role_delete(struct db *db, const char *account, const char *id, struct error *err);

/* Replaces a user's roles in an account by this list. */
MUST_CHECK bool user_roles_set(struct db *db, const char *account, const char *uid,
			       const char *const *roles, size_t count, struct error *err);
MUST_CHECK bool user_roles_list(struct db *db, struct arena *arena, const char *account, const char *uid,
				const char ***ret_roles, size_t *ret_count, struct error *err);
/* Lists the uids of users with the role, at most `limit`. */
MUST_CHECK bool role_users_list(struct db *db, struct arena *arena, const char *account, const char *role,
				int64_t limit, const char ***ret_uids, size_t *ret_count,
				struct error *err);
/* Number of users with the role in all accounts: an inherited role is used by sub-accounts. */
MUST_CHECK bool role_user_count(struct db *db, const char *role, int64_t *ret_count, struct error *err);
/* Lists the accounts in which the user has a role. */
MUST_CHECK bool user_accounts_list(struct db *db, struct arena *arena, const char *uid, int64_t limit,
				   const char ***ret_accounts, size_t *ret_count, struct error *err);

#endif
