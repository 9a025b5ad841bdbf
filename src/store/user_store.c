/* user_store.c – SQL of users and delegations. */
#include "store/user_store.h"

#include <string.h>

#include "base/text.h"
#include "store/guess_store.h"
#include "store/rows.h"
#include "store/search_text.h"

static const char INSERT_USER[] =
	"INSERT INTO app_user (account, uid, email, email_folded, first_name, last_name, title, "
	"company, phone, language, status, type, profile, password_hash, created_us, updated_us, "
	"activated_us, locked_us, search_text, search_of) "
	"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, "
	"$19, $20) "
	"ON CONFLICT DO NOTHING";

/* As SQL joins them: email || ' ' || first_name || ' ' || last_name. */
static const char *names_of(struct arena *arena, const struct user *user)
{
	return arena_printf(arena, "%s %s %s", user->email, user->first_name, user->last_name);
}

static const char *search_of(struct arena *arena, const struct user *user)
{
	const char *name = arena_printf(arena, "%s %s", user->first_name, user->last_name);

	return search_text_make(arena, user->email, name);
}

bool user_insert(struct db *db, const struct user *user, struct error *err)
{
	scoped(arena) struct arena *scratch = arena_new();

	return insert_new(
		db, INSERT_USER,
		ARGS(arg_text(user->account), arg_text(user->uid), arg_text(user->email),
		     arg_text(text_fold(scratch, user->email)), arg_text(user->first_name),
		     arg_text(user->last_name), arg_text(user->title), arg_text(user->company),
		     arg_text(user->phone), arg_text(user->language), arg_text(user->status),
		     arg_text(user->type), arg_text(user->profile ? user->profile : "{}"),
		     arg_text(user->password_hash), arg_time(user->created),
		     arg_time(user->updated), arg_time(user->activated), arg_time(user->locked),
		     arg_text(search_of(scratch, user)), arg_text(names_of(scratch, user))),
		"user: the uid or the e-mail address is taken", err);
}

#define USER_COLUMNS \
	"account, uid, email, first_name, last_name, title, company, phone, language, status, " \
	"type, profile, password_hash, created_us, updated_us, activated_us, locked_us, " \
	"second_factor_sealed, second_factor_on, " \
	"second_factor_step"

static void user_from_row(struct rows *rows, struct arena *arena, struct user *ret_user)
{
	*ret_user = (struct user){
		.account = rows_text(rows, "account", arena),
		.uid = rows_text(rows, "uid", arena),
		.email = rows_text(rows, "email", arena),
		.first_name = rows_text(rows, "first_name", arena),
		.last_name = rows_text(rows, "last_name", arena),
		.title = rows_text(rows, "title", arena),
		.company = rows_text(rows, "company", arena),
		.phone = rows_text(rows, "phone", arena),
		.language = rows_text(rows, "language", arena),
		.status = rows_text(rows, "status", arena),
		.type = rows_text(rows, "type", arena),
		.profile = rows_text(rows, "profile", arena),
		.password_hash = rows_text(rows, "password_hash", arena),
		.created = rows_time(rows, "created_us"),
		.updated = rows_time(rows, "updated_us"),
		.activated = rows_time(rows, "activated_us"),
		.locked = rows_time(rows, "locked_us"),
		.second_factor_sealed = rows_bytes(rows, "second_factor_sealed", arena),
		.second_factor_on = rows_bool(rows, "second_factor_on"),
		.second_factor_step = rows_int(rows, "second_factor_step"),
	};
}

static bool user_query(struct db *db, struct arena *arena, const char *sql, const char *key,
		       struct user *ret_user, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, sql, ARGS(arg_text(key)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		user_from_row(rows, arena, ret_user);
	return true;
}

static const char SELECT_USER[] = "SELECT " USER_COLUMNS " FROM app_user WHERE uid = $1";

bool user_find(struct db *db, struct arena *arena, const char *uid, struct user *ret_user,
	       bool *ret_found, struct error *err)
{
	return user_query(db, arena, SELECT_USER, uid, ret_user, ret_found, err);
}

static const char SELECT_USER_BY_EMAIL[] = "SELECT " USER_COLUMNS
					   " FROM app_user WHERE email_folded = $1";

bool user_find_by_email(struct db *db, struct arena *arena, const char *email,
			struct user *ret_user, bool *ret_found, struct error *err)
{
	return user_query(db, arena, SELECT_USER_BY_EMAIL, text_fold(arena, email), ret_user,
			  ret_found, err);
}

static const char EMAIL_TAKEN[] =
	"SELECT COUNT(*) AS total FROM app_user WHERE email_folded = $1 AND uid <> $2";
static const char UPDATE_USER[] =
	"UPDATE app_user SET email = $1, email_folded = $2, first_name = $3, last_name = $4, "
	"title = $5, company = $6, phone = $7, language = $8, status = $9, type = $10, "
	"profile = $11, updated_us = $12, activated_us = $13, locked_us = $14, "
	"search_text = $15, search_of = $16 "
	"WHERE account = $17 AND uid = $18";

bool user_save(struct db *db, const struct user *user, struct error *err)
{
	scoped(arena) struct arena *scratch = arena_new();
	const char *folded = text_fold(scratch, user->email);
	int64_t taken;

	if (!query_total(db, EMAIL_TAKEN, ARGS(arg_text(folded), arg_text(user->uid)), &taken, err))
		return false;
	if (taken)
		return error_set(err, ERROR_CONFLICT, "email: belongs to another user");
	return db_run(db, UPDATE_USER,
		      ARGS(arg_text(user->email), arg_text(folded), arg_text(user->first_name),
			   arg_text(user->last_name), arg_text(user->title),
			   arg_text(user->company), arg_text(user->phone), arg_text(user->language),
			   arg_text(user->status), arg_text(user->type), arg_text(user->profile),
			   arg_time(user->updated), arg_time(user->activated),
			   arg_time(user->locked), arg_text(search_of(scratch, user)),
			   arg_text(names_of(scratch, user)), arg_text(user->account),
			   arg_text(user->uid)),
		      NULL, err);
}

static const char UPDATE_PASSWORD[] =
	"UPDATE app_user SET password_hash = $1, updated_us = $2 WHERE account = $3 AND uid = $4";

bool user_save_password(struct db *db, const struct user *user, struct error *err)
{
	return db_run(db, UPDATE_PASSWORD,
		      ARGS(arg_text(user->password_hash), arg_time(user->updated),
			   arg_text(user->account), arg_text(user->uid)),
		      NULL, err);
}

static const char ACTIVATE[] = "UPDATE app_user SET status = 'ACTIVE', activated_us = $1 "
			       "WHERE account = $2 AND uid = $3 AND status = 'INVITED'";

bool user_activate(struct db *db, const struct user *user, struct wall_time now, struct error *err)
{
	return db_run(db, ACTIVATE,
		      ARGS(arg_time(now), arg_text(user->account), arg_text(user->uid)), NULL, err);
}

static const char UPDATE_SECOND_FACTOR[] =
	"UPDATE app_user SET second_factor_sealed = $1, second_factor_on = $2, "
	"second_factor_step = $3 WHERE account = $4 AND uid = $5";

bool user_save_second_factor(struct db *db, const struct user *user, struct error *err)
{
	return db_run(db, UPDATE_SECOND_FACTOR,
		      ARGS(arg_bytes(user->second_factor_sealed), arg_bool(user->second_factor_on),
			   arg_int(user->second_factor_step), arg_text(user->account),
			   arg_text(user->uid)),
		      NULL, err);
}

static const char USE_SECOND_FACTOR[] =
	"UPDATE app_user SET second_factor_step = $1 "
	"WHERE account = $2 AND uid = $3 AND second_factor_step < $1";

bool user_use_second_factor(struct db *db, const struct user *user, int64_t step, bool *ret_first,
			    struct error *err)
{
	int64_t changed;

	if (!db_run(db, USE_SECOND_FACTOR,
		    ARGS(arg_int(step), arg_text(user->account), arg_text(user->uid)), &changed,
		    err))
		return false;
	*ret_first = changed == 1;
	return true;
}

static const char DELETE_USER[] = "DELETE FROM app_user WHERE account = $1 AND uid = $2";
static const char DELETE_KEYS[] = "DELETE FROM api_key WHERE uid = $1";
static const char DELETE_ROLES[] = "DELETE FROM user_role WHERE uid = $1";
static const char DELETE_SESSIONS[] = "DELETE FROM login_session WHERE uid = $1";
static const char DELETE_TOKENS[] = "DELETE FROM authentication_token WHERE uid = $1";
static const char DELETE_CHANGES[] = "DELETE FROM email_change WHERE uid = $1";
static const char DELETE_DELEGATIONS[] =
	"DELETE FROM delegation WHERE account = $1 AND (delegator = $2 OR delegate = $2)";

bool user_delete(struct db *db, const char *account, const char *uid, struct error *err)
{
	const struct arg user = arg_text(uid);

	return guess_count_delete_all(db, account, uid, err) &&
	       db_run(db, DELETE_USER, ARGS(arg_text(account), user), NULL, err) &&
	       db_run(db, DELETE_KEYS, ARGS(user), NULL, err) &&
	       db_run(db, DELETE_ROLES, ARGS(user), NULL, err) &&
	       db_run(db, DELETE_SESSIONS, ARGS(user), NULL, err) &&
	       db_run(db, DELETE_TOKENS, ARGS(user), NULL, err) &&
	       db_run(db, DELETE_CHANGES, ARGS(user), NULL, err) &&
	       db_run(db, DELETE_DELEGATIONS, ARGS(arg_text(account), user), NULL, err);
}

#define USER_CONDITIONS \
	" FROM app_user WHERE (CAST($1 AS TEXT) IS NULL OR account = $1) " \
	"AND (CAST($2 AS TEXT) IS NULL OR strpos(CASE " \
	"WHEN search_of = email || ' ' || first_name || ' ' || last_name THEN search_text " \
	"ELSE LOWER(email || ' ' || first_name || ' ' || last_name) END, CAST($2 AS TEXT)) > 0) " \
	"AND (CAST($3 AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM user_role " \
	"WHERE user_role.account = app_user.account AND user_role.uid = app_user.uid " \
	"AND user_role.role = $3)) AND (CAST($4 AS TEXT) IS NULL OR status = $4)"
static const char COUNT_USERS[] = "SELECT COUNT(*) AS total" USER_CONDITIONS;
static const char LIST_USERS[] =
	"SELECT " USER_COLUMNS USER_CONDITIONS
	" ORDER BY LOWER(last_name), LOWER(first_name), uid LIMIT $5 OFFSET $6";
static const char LIST_USERS_DOWN[] =
	"SELECT " USER_COLUMNS USER_CONDITIONS
	" ORDER BY LOWER(last_name) DESC, LOWER(first_name) DESC, uid DESC LIMIT $5 OFFSET $6";

bool user_list(struct db *db, struct arena *arena, const struct user_filter *filter,
	       struct user **ret_users, size_t *ret_count, int64_t *ret_total, struct error *err)
{
	const struct arg account = arg_text(filter->account), role = arg_text(filter->role),
			 status = arg_text(filter->status),
			 search = arg_text(search_part(arena, filter->search));
	struct user *users = arena_alloc(arena, (size_t)filter->limit * sizeof(*users));
	size_t count = 0;

	if (!query_total(db, COUNT_USERS, ARGS(account, search, role, status), ret_total, err))
		return false;
	scoped(rows) struct rows *rows = db_query(
		db, filter->descending ? LIST_USERS_DOWN : LIST_USERS,
		ARGS(account, search, role, status, arg_int(filter->limit),
		     arg_int(filter->offset)),
		err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		user_from_row(rows, arena, &users[count++]);
	*ret_users = users;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static const char LIST_DELEGATIONS[] =
	"SELECT delegator, delegate, expires_us FROM delegation "
	"WHERE account = $1 AND delegator = $2 ORDER BY delegate LIMIT $3";

bool delegation_list(struct db *db, struct arena *arena, const char *account, const char *delegator,
		     struct delegation **ret_delegations, size_t *ret_count, struct error *err)
{
	struct delegation *list = arena_alloc(arena, DELEGATES_MAX * sizeof(*list));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(
		db, LIST_DELEGATIONS,
		ARGS(arg_text(account), arg_text(delegator), arg_int(DELEGATES_MAX)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		list[count++] = (struct delegation){
			.delegator = rows_text(rows, "delegator", arena),
			.delegate = rows_text(rows, "delegate", arena),
			.expires = rows_time(rows, "expires_us"),
		};
	*ret_delegations = list;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static const char PUT_DELEGATION[] =
	"INSERT INTO delegation (account, delegator, delegate, expires_us) VALUES ($1, $2, $3, $4) "
	"ON CONFLICT (account, delegator, delegate) DO UPDATE SET expires_us = excluded.expires_us";

bool delegation_put(struct db *db, const char *account, const struct delegation *delegation,
		    struct error *err)
{
	return db_run(db, PUT_DELEGATION,
		      ARGS(arg_text(account), arg_text(delegation->delegator),
			   arg_text(delegation->delegate), arg_time(delegation->expires)),
		      NULL, err);
}

static const char DELETE_DELEGATION[] =
	"DELETE FROM delegation WHERE account = $1 AND delegator = $2 "
	"AND (CAST($3 AS TEXT) IS NULL OR delegate = $3)";

bool delegation_delete(struct db *db, const char *account, const char *delegator,
		       const char *delegate, bool *ret_found, struct error *err)
{
	int64_t changed;

	if (!db_run(db, DELETE_DELEGATION,
		    ARGS(arg_text(account), arg_text(delegator), arg_text(delegate)), &changed,
		    err))
		return false;
	*ret_found = changed > 0;
	return true;
}
