/* account_store.c – SQL of accounts, users, client apps and the installation's own values. */
#include "store/account_store.h"

#include "base/ensure.h"
#include "base/text.h"
#include "store/rows.h"

static const char INSERT_ACCOUNT[] =
	"INSERT INTO account (id, name, owner, features, created_us) VALUES ($1, $2, $3, $4, $5) "
	"ON CONFLICT DO NOTHING";
static const char INSERT_SEQUENCE[] =
	"INSERT INTO account_sequence (account, last_event) VALUES ($1, 0) ON CONFLICT DO NOTHING";

bool account_insert(struct db *db, const struct account *account, struct error *err)
{
	return insert_new(db, INSERT_ACCOUNT,
			  ARGS(arg_text(account->id), arg_text(account->name),
			       arg_text(account->owner), arg_int(account->features),
			       arg_time(account->created)),
			  "account", err) &&
	       insert_new(db, INSERT_SEQUENCE, ARGS(arg_text(account->id)), "account sequence",
			  err);
}

static const char SELECT_ACCOUNT[] =
	"SELECT id, name, owner, features, created_us FROM account WHERE id = $1";

bool account_find(struct db *db, struct arena *arena, const char *id, struct account *ret_account,
		  bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_ACCOUNT, ARGS(arg_text(id)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		*ret_account = (struct account){
			.id = rows_text(rows, "id", arena),
			.name = rows_text(rows, "name", arena),
			.owner = rows_text(rows, "owner", arena),
			.features = (unsigned)rows_int(rows, "features"),
			.created = rows_time(rows, "created_us"),
		};
	return true;
}

static const char COUNT_ACCOUNTS[] = "SELECT COUNT(*) AS total FROM account";

bool account_count(struct db *db, int64_t *ret_count, struct error *err)
{
	return query_total(db, COUNT_ACCOUNTS, NO_ARGS, ret_count, err);
}

static const char INSERT_USER[] =
	"INSERT INTO app_user (account, uid, email, email_folded, first_name, last_name, title, "
	"company, phone, language, status, type, password_hash, api_key_hash, api_key_sealed, "
	"created_us, updated_us) "
	"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) "
	"ON CONFLICT DO NOTHING";

bool user_insert(struct db *db, const struct user *user, struct error *err)
{
	scoped(arena) struct arena *scratch = arena_new();

	return insert_new(
		db, INSERT_USER,
		ARGS(arg_text(user->account), arg_text(user->uid), arg_text(user->email),
		     arg_text(text_fold(scratch, user->email)), arg_text(user->first_name),
		     arg_text(user->last_name), arg_text(user->title), arg_text(user->company),
		     arg_text(user->phone), arg_text(user->language), arg_text(user->status),
		     arg_text(user->type), arg_text(user->password_hash),
		     arg_bytes(user->api_key_hash), arg_bytes(user->api_key_sealed),
		     arg_time(user->created), arg_time(user->updated)),
		"user: the uid or the e-mail address is taken", err);
}

#define SELECT_USER_WHERE(condition) \
	"SELECT account, uid, email, first_name, last_name, title, company, phone, language, " \
	"status, type, password_hash, api_key_hash, api_key_sealed, created_us, updated_us " \
	"FROM app_user WHERE " condition

static bool user_query(struct db *db, struct arena *arena, const char *sql, const char *key,
		       struct user *ret_user, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, sql, ARGS(arg_text(key)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
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
			.password_hash = rows_text(rows, "password_hash", arena),
			.api_key_hash = rows_bytes(rows, "api_key_hash", arena),
			.api_key_sealed = rows_bytes(rows, "api_key_sealed", arena),
			.created = rows_time(rows, "created_us"),
			.updated = rows_time(rows, "updated_us"),
		};
	return true;
}

static const char SELECT_USER[] = SELECT_USER_WHERE("uid = $1");

bool user_find(struct db *db, struct arena *arena, const char *uid, struct user *ret_user,
	       bool *ret_found, struct error *err)
{
	return user_query(db, arena, SELECT_USER, uid, ret_user, ret_found, err);
}

static const char SELECT_USER_BY_EMAIL[] = SELECT_USER_WHERE("email_folded = $1");

bool user_find_by_email(struct db *db, struct arena *arena, const char *email,
			struct user *ret_user, bool *ret_found, struct error *err)
{
	return user_query(db, arena, SELECT_USER_BY_EMAIL, text_fold(arena, email), ret_user,
			  ret_found, err);
}

static const char INSERT_CLIENT_APP[] =
	"INSERT INTO client_app (account, client_id, name, secret_hash, epoch, created_by, "
	"created_us, revoked_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING";

bool client_app_insert(struct db *db, const struct client_app *app, struct error *err)
{
	return insert_new(db, INSERT_CLIENT_APP,
			  ARGS(arg_text(app->account), arg_text(app->client_id),
			       arg_text(app->name), arg_bytes(app->secret_hash),
			       arg_int(app->epoch), arg_text(app->created_by),
			       arg_time(app->created), arg_time(app->revoked)),
			  "client app", err);
}

#define CLIENT_APP_COLUMNS \
	"account, client_id, name, secret_hash, epoch, created_by, created_us, revoked_us"

static void client_app_from_row(struct rows *rows, struct arena *arena, struct client_app *ret_app)
{
	*ret_app = (struct client_app){
		.account = rows_text(rows, "account", arena),
		.client_id = rows_text(rows, "client_id", arena),
		.name = rows_text(rows, "name", arena),
		.secret_hash = rows_bytes(rows, "secret_hash", arena),
		.epoch = rows_int(rows, "epoch"),
		.created_by = rows_text(rows, "created_by", arena),
		.created = rows_time(rows, "created_us"),
		.revoked = rows_time(rows, "revoked_us"),
	};
}

static const char SELECT_CLIENT_APP[] = "SELECT " CLIENT_APP_COLUMNS
					" FROM client_app WHERE client_id = $1";

bool client_app_find(struct db *db, struct arena *arena, const char *client_id,
		     struct client_app *ret_app, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_CLIENT_APP, ARGS(arg_text(client_id)),
						  err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		client_app_from_row(rows, arena, ret_app);
	return true;
}

static const char COUNT_CLIENT_APPS[] =
	"SELECT COUNT(*) AS total FROM client_app WHERE account = $1 AND revoked_us = 0";
static const char LIST_CLIENT_APPS[] = "SELECT " CLIENT_APP_COLUMNS
				       " FROM client_app WHERE account = $1 AND revoked_us = 0 "
				       "ORDER BY created_us, client_id LIMIT $2 OFFSET $3";

bool client_app_list(struct db *db, struct arena *arena, const char *account, int64_t offset,
		     int64_t limit, struct client_app **ret_apps, size_t *ret_count,
		     int64_t *ret_total, struct error *err)
{
	ensure(limit >= 0 && offset >= 0);
	struct client_app *apps = arena_alloc(arena, (size_t)limit * sizeof(*apps));
	size_t count = 0;
	int64_t total;

	if (!query_total(db, COUNT_CLIENT_APPS, ARGS(arg_text(account)), &total, err))
		return false;
	scoped(rows) struct rows *rows = db_query(
		db, LIST_CLIENT_APPS, ARGS(arg_text(account), arg_int(limit), arg_int(offset)),
		err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		client_app_from_row(rows, arena, &apps[count++]);
	if (err->code != ERROR_NONE)
		return false;
	*ret_apps = apps;
	*ret_count = count;
	*ret_total = total;
	return true;
}

static const char REVOKE_CLIENT_APP[] = "UPDATE client_app SET revoked_us = $1, epoch = epoch + 1 "
					"WHERE account = $2 AND client_id = $3 AND revoked_us = 0";

bool client_app_revoke(struct db *db, const char *account, const char *client_id,
		       struct wall_time now, bool *ret_found, struct error *err)
{
	int64_t changed;

	if (!db_run(db, REVOKE_CLIENT_APP,
		    ARGS(arg_time(now), arg_text(account), arg_text(client_id)), &changed, err))
		return false;
	*ret_found = changed == 1;
	return true;
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
