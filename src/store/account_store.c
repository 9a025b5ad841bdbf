/* account_store.c – SQL of accounts and of the installation's own values. */
#include "store/account_store.h"

#include "base/ensure.h"
#include "store/rows.h"

static const char INSERT_ACCOUNT[] =
	"INSERT INTO account (id, name, owner, parent, features, accepted_methods, "
	"token_life_max_s, leak_policy, system_settings, created_us, endpoints_limit, app_rate) "
	"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";
static const char INSERT_SEQUENCE[] =
	"INSERT INTO account_sequence (account, last_event) VALUES ($1, 0) ON CONFLICT DO NOTHING";

bool account_insert(struct db *db, const struct account *account, struct error *err)
{
	return insert_new(db, INSERT_ACCOUNT,
			  ARGS(arg_text(account->id), arg_text(account->name),
			       arg_text(account->owner), arg_text(account->parent),
			       arg_int(account->features), arg_int(account->accepted_methods),
			       arg_int(account->token_life_max_s), arg_text(account->leak_policy),
			       arg_text(account->system_settings), arg_time(account->created),
			       arg_int(account->endpoints_limit), arg_int(account->app_rate)),
			  "account", err) &&
	       insert_new(db, INSERT_SEQUENCE, ARGS(arg_text(account->id)), "account sequence",
			  err);
}

#define ACCOUNT_COLUMNS \
	"id, name, owner, parent, features, accepted_methods, token_life_max_s, leak_policy, " \
	"system_settings, created_us, locked_us, endpoints_limit, app_rate"

static void account_from_row(struct rows *rows, struct arena *arena, struct account *ret_account)
{
	*ret_account = (struct account){
		.id = rows_text(rows, "id", arena),
		.name = rows_text(rows, "name", arena),
		.owner = rows_text(rows, "owner", arena),
		.parent = rows_text(rows, "parent", arena),
		.features = (unsigned)rows_int(rows, "features"),
		.accepted_methods = (unsigned)rows_int(rows, "accepted_methods"),
		.token_life_max_s = rows_int(rows, "token_life_max_s"),
		.leak_policy = rows_text(rows, "leak_policy", arena),
		.system_settings = rows_text(rows, "system_settings", arena),
		.created = rows_time(rows, "created_us"),
		.locked = rows_time(rows, "locked_us"),
		.endpoints_limit = rows_int(rows, "endpoints_limit"),
		.app_rate = rows_int(rows, "app_rate"),
	};
}

static const char SELECT_ACCOUNT[] = "SELECT " ACCOUNT_COLUMNS " FROM account WHERE id = $1";

bool account_find(struct db *db, struct arena *arena, const char *id, struct account *ret_account,
		  bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_ACCOUNT, ARGS(arg_text(id)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		account_from_row(rows, arena, ret_account);
	return true;
}

static const char UPDATE_ACCOUNT[] =
	"UPDATE account SET name = $1, owner = $2, parent = $3, features = $4, "
	"accepted_methods = $5, token_life_max_s = $6, leak_policy = $7, system_settings = $8, "
	"locked_us = $9, endpoints_limit = $10, app_rate = $11 WHERE id = $12";

bool account_save(struct db *db, const struct account *account, struct error *err)
{
	return db_run(db, UPDATE_ACCOUNT,
		      ARGS(arg_text(account->name), arg_text(account->owner),
			   arg_text(account->parent), arg_int(account->features),
			   arg_int(account->accepted_methods), arg_int(account->token_life_max_s),
			   arg_text(account->leak_policy), arg_text(account->system_settings),
			   arg_time(account->locked), arg_int(account->endpoints_limit),
			   arg_int(account->app_rate), arg_text(account->id)),
		      NULL, err);
}

static const char COUNT_ACCOUNTS[] = "SELECT COUNT(*) AS total FROM account";

bool account_count(struct db *db, int64_t *ret_count, struct error *err)
{
	return query_total(db, COUNT_ACCOUNTS, NO_ARGS, ret_count, err);
}

static const char LIST_ACCOUNTS[] = "SELECT " ACCOUNT_COLUMNS
				    " FROM account WHERE (CAST($1 AS TEXT) IS NULL OR parent = $1) "
				    "ORDER BY created_us, id LIMIT $2 OFFSET $3";

bool account_list(struct db *db, struct arena *arena, const char *parent, int64_t offset,
		  int64_t limit, struct account **ret_accounts, size_t *ret_count,
		  struct error *err)
{
	struct account *accounts = arena_alloc(arena, (size_t)limit * sizeof(*accounts));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(
		db, LIST_ACCOUNTS, ARGS(arg_text(parent), arg_int(limit), arg_int(offset)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		account_from_row(rows, arena, &accounts[count++]);
	*ret_accounts = accounts;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static const char PAGE_ACCOUNTS[] = "SELECT " ACCOUNT_COLUMNS " FROM account "
				    "WHERE (created_us, id) < ($1, $2) "
				    "ORDER BY created_us DESC, id DESC LIMIT $3";

bool account_page(struct db *db, struct arena *arena, const struct account *before, int64_t limit,
		  struct account **ret_accounts, size_t *ret_count, struct error *err)
{
	struct account *accounts = arena_alloc(arena, (size_t)limit * sizeof(*accounts));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(
		db, PAGE_ACCOUNTS,
		ARGS(arg_int(before ? before->created.us : INT64_MAX),
		     arg_text(before ? before->id : ""), arg_int(limit)),
		err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		account_from_row(rows, arena, &accounts[count++]);
	*ret_accounts = accounts;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static const char SELECT_INSTALLATION_VALUE[] =
	"SELECT value FROM installation_value WHERE name = $1";

bool installation_value_get(struct db *db, struct arena *arena, const char *name,
			    struct bytes *ret_value, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_INSTALLATION_VALUE,
						  ARGS(arg_text(name)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		*ret_value = rows_bytes(rows, "value", arena);
	return true;
}

static const char INSERT_INSTALLATION_VALUE[] =
	"INSERT INTO installation_value (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING";

bool installation_value_insert(struct db *db, const char *name, struct bytes value,
			       struct error *err)
{
	return insert_new(db, INSERT_INSTALLATION_VALUE, ARGS(arg_text(name), arg_bytes(value)),
			  name, err);
}

static const char PUT_INSTALLATION_VALUE[] =
	"INSERT INTO installation_value (name, value) VALUES ($1, $2) "
	"ON CONFLICT (name) DO UPDATE SET value = excluded.value";
static const char DELETE_INSTALLATION_VALUE[] = "DELETE FROM installation_value WHERE name = $1";

bool installation_value_put(struct db *db, const char *name, struct bytes value, struct error *err)
{
	if (!value.data)
		return db_run(db, DELETE_INSTALLATION_VALUE, ARGS(arg_text(name)), NULL, err);
	return db_run(db, PUT_INSTALLATION_VALUE, ARGS(arg_text(name), arg_bytes(value)), NULL,
		      err);
}
