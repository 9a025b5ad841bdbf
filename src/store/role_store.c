/* role_store.c – SQL of roles and their assignment. */
#include "store/role_store.h"

#include "store/rows.h"

static const char INSERT_ROLE[] =
	"INSERT INTO account_role (account, id, name, description, permissions, enabled, "
	"inherited, created_us, updated_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
	"ON CONFLICT DO NOTHING";

bool role_insert(struct db *db, const struct account_role *role, struct error *err)
{
	return insert_new(db, INSERT_ROLE,
			  ARGS(arg_text(role->account), arg_text(role->id), arg_text(role->name),
			       arg_text(role->description), arg_text(role->permissions),
			       arg_bool(role->enabled), arg_bool(role->inherited),
			       arg_time(role->created), arg_time(role->updated)),
			  "role", err);
}

#define ROLE_COLUMNS \
	"account, id, name, description, permissions, enabled, inherited, created_us, updated_us"
#define ROLE_VISIBLE "(account = $1 OR (account = $2 AND inherited = 1))"

static void role_from_row(struct rows *rows, struct arena *arena, struct account_role *ret_role)
{
	*ret_role = (struct account_role){
		.account = rows_text(rows, "account", arena),
		.id = rows_text(rows, "id", arena),
		.name = rows_text(rows, "name", arena),
		.description = rows_text(rows, "description", arena),
		.permissions = rows_text(rows, "permissions", arena),
		.enabled = rows_bool(rows, "enabled"),
		.inherited = rows_bool(rows, "inherited"),
		.created = rows_time(rows, "created_us"),
		.updated = rows_time(rows, "updated_us"),
	};
}

static const char SELECT_ROLE[] = "SELECT " ROLE_COLUMNS " FROM account_role WHERE " ROLE_VISIBLE
				  " AND id = $3";

bool role_find(struct db *db, struct arena *arena, const char *account, const char *parent,
	       const char *id, struct account_role *ret_role, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, SELECT_ROLE, ARGS(arg_text(account), arg_text(parent), arg_text(id)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		role_from_row(rows, arena, ret_role);
	return true;
}

static const char LIST_ROLES[] = "SELECT " ROLE_COLUMNS " FROM account_role WHERE " ROLE_VISIBLE
				 " ORDER BY created_us, id LIMIT $3";

bool role_list(struct db *db, struct arena *arena, const char *account, const char *parent,
	       struct account_role **ret_roles, size_t *ret_count, struct error *err)
{
	const size_t limit = ACCOUNT_ROLES_MAX * 2; /* its own and its parent's */
	struct account_role *roles = arena_alloc(arena, limit * sizeof(*roles));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(
		db, LIST_ROLES, ARGS(arg_text(account), arg_text(parent), arg_int((int64_t)limit)),
		err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		role_from_row(rows, arena, &roles[count++]);
	*ret_roles = roles;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static const char UPDATE_ROLE[] =
	"UPDATE account_role SET name = $1, description = $2, permissions = $3, enabled = $4, "
	"inherited = $5, updated_us = $6 WHERE account = $7 AND id = $8";

bool role_save(struct db *db, const struct account_role *role, struct error *err)
{
	return db_run(db, UPDATE_ROLE,
		      ARGS(arg_text(role->name), arg_text(role->description),
			   arg_text(role->permissions), arg_bool(role->enabled),
			   arg_bool(role->inherited), arg_time(role->updated),
			   arg_text(role->account), arg_text(role->id)),
		      NULL, err);
}

static const char DELETE_ROLE[] = "DELETE FROM account_role WHERE account = $1 AND id = $2";

bool role_delete(struct db *db, const char *account, const char *id, struct error *err)
{
	return db_run(db, DELETE_ROLE, ARGS(arg_text(account), arg_text(id)), NULL, err);
}

static const char DELETE_USER_ROLES[] = "DELETE FROM user_role WHERE account = $1 AND uid = $2";
static const char INSERT_USER_ROLE[] =
	"INSERT INTO user_role (account, uid, role) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";

bool user_roles_set(struct db *db, const char *account, const char *uid, const char *const *roles,
		    size_t count, struct error *err)
{
	if (!db_run(db, DELETE_USER_ROLES, ARGS(arg_text(account), arg_text(uid)), NULL, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!db_run(db, INSERT_USER_ROLE,
			    ARGS(arg_text(account), arg_text(uid), arg_text(roles[i])), NULL, err))
			return false;
	}
	return true;
}

/* A query of one column called `word`. */
static bool words_query(struct db *db, struct arena *arena, const char *sql, const struct arg *args,
			size_t arg_count, size_t limit, const char ***ret_words, size_t *ret_count,
			struct error *err)
{
	const char **words = arena_alloc(arena, (limit + 1) * sizeof(*words));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(db, sql, args, arg_count, err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		words[count++] = rows_text(rows, "word", arena);
	*ret_words = words;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static const char LIST_USER_ROLES[] =
	"SELECT role AS word FROM user_role WHERE account = $1 AND uid = $2 ORDER BY role LIMIT $3";

bool user_roles_list(struct db *db, struct arena *arena, const char *account, const char *uid,
		     const char ***ret_roles, size_t *ret_count, struct error *err)
{
	return words_query(db, arena, LIST_USER_ROLES,
			   ARGS(arg_text(account), arg_text(uid), arg_int(USER_ROLES_MAX)),
			   USER_ROLES_MAX, ret_roles, ret_count, err);
}

static const char LIST_ROLE_USERS[] =
	"SELECT uid AS word FROM user_role WHERE account = $1 AND role = $2 ORDER BY uid LIMIT $3";

bool role_users_list(struct db *db, struct arena *arena, const char *account, const char *role,
		     int64_t limit, const char ***ret_uids, size_t *ret_count, struct error *err)
{
	return words_query(db, arena, LIST_ROLE_USERS,
			   ARGS(arg_text(account), arg_text(role), arg_int(limit)), (size_t)limit,
			   ret_uids, ret_count, err);
}

static const char COUNT_ROLE_USERS[] = "SELECT COUNT(*) AS total FROM user_role WHERE role = $1";

bool role_user_count(struct db *db, const char *role, int64_t *ret_count, struct error *err)
{
	return query_total(db, COUNT_ROLE_USERS, ARGS(arg_text(role)), ret_count, err);
}

static const char LIST_USER_ACCOUNTS[] =
	"SELECT DISTINCT account AS word FROM user_role WHERE uid = $1 ORDER BY word LIMIT $2";

bool user_accounts_list(struct db *db, struct arena *arena, const char *uid, int64_t limit,
			const char ***ret_accounts, size_t *ret_count, struct error *err)
{
	return words_query(db, arena, LIST_USER_ACCOUNTS, ARGS(arg_text(uid), arg_int(limit)),
			   (size_t)limit, ret_accounts, ret_count, err);
}
