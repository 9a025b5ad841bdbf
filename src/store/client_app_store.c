/* client_app_store.c – SQL of client apps. */
#include "store/client_app_store.h"

#include "base/ensure.h"
#include "store/rows.h"

static const char INSERT_CLIENT_APP[] =
	"INSERT INTO client_app (account, client_id, name, epoch, created_by, created_us, "
	"revoked_us, scopes, networks, read_only, rate, public_keys, secret_hash, "
	"secret_fingerprint, secret_created_us, maker) "
	"VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $8, $9, $10, $11, $12, $13, $14, $15) "
	"ON CONFLICT DO NOTHING";

bool client_app_insert(struct db *db, const struct client_app *app, struct error *err)
{
	return insert_new(db, INSERT_CLIENT_APP,
			  ARGS(arg_text(app->account), arg_text(app->client_id),
			       arg_text(app->name), arg_int(app->epoch), arg_text(app->created_by),
			       arg_time(app->created), arg_text(app->scopes),
			       arg_text(app->networks), arg_bool(app->read_only),
			       arg_int(app->rate), arg_text(app->public_keys),
			       arg_bytes(app->secret_hash), arg_bytes(app->secret_fingerprint),
			       arg_time(app->secret_created), arg_text(app->maker)),
			  "client app", err);
}

#define CLIENT_APP_COLUMNS \
	"account, client_id, name, epoch, created_by, created_us, revoked_us, disabled_us, " \
	"scopes, networks, read_only, rate, public_keys, secret_hash, secret_fingerprint, " \
	"secret_created_us, pending_secret_sealed, old_secret_hash, old_secret_fingerprint, " \
	"old_secret_until_us, old_secret_used_us, last_used_us, last_used_address, " \
	"tokens_issued, calls, maker, confirm_until_us, taken_over_us, old_secret_address"

static void client_app_from_row(struct rows *rows, struct arena *arena, struct client_app *ret_app)
{
	*ret_app = (struct client_app){
		.account = rows_text(rows, "account", arena),
		.client_id = rows_text(rows, "client_id", arena),
		.name = rows_text(rows, "name", arena),
		.epoch = rows_int(rows, "epoch"),
		.created_by = rows_text(rows, "created_by", arena),
		.created = rows_time(rows, "created_us"),
		.revoked = rows_time(rows, "revoked_us"),
		.disabled = rows_time(rows, "disabled_us"),
		.scopes = rows_text(rows, "scopes", arena),
		.networks = rows_text(rows, "networks", arena),
		.read_only = rows_bool(rows, "read_only"),
		.rate = rows_int(rows, "rate"),
		.public_keys = rows_text(rows, "public_keys", arena),
		.secret_hash = rows_bytes(rows, "secret_hash", arena),
		.secret_fingerprint = rows_bytes(rows, "secret_fingerprint", arena),
		.secret_created = rows_time(rows, "secret_created_us"),
		.pending_secret_sealed = rows_bytes(rows, "pending_secret_sealed", arena),
		.old_secret_hash = rows_bytes(rows, "old_secret_hash", arena),
		.old_secret_fingerprint = rows_bytes(rows, "old_secret_fingerprint", arena),
		.old_secret_until = rows_time(rows, "old_secret_until_us"),
		.old_secret_used = rows_time(rows, "old_secret_used_us"),
		.old_secret_address = rows_text(rows, "old_secret_address", arena),
		.last_used = rows_time(rows, "last_used_us"),
		.last_used_address = rows_text(rows, "last_used_address", arena),
		.tokens_issued = rows_int(rows, "tokens_issued"),
		.calls = rows_int(rows, "calls"),
		.maker = rows_text(rows, "maker", arena),
		.confirm_until = rows_time(rows, "confirm_until_us"),
		.taken_over = rows_time(rows, "taken_over_us"),
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

static const char SELECT_BY_SECRET[] =
	"SELECT " CLIENT_APP_COLUMNS
	" FROM client_app WHERE secret_hash = $1 OR old_secret_hash = $1 LIMIT 1";

bool client_app_find_by_secret(struct db *db, struct arena *arena, struct bytes hash,
			       struct client_app *ret_app, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_BY_SECRET, ARGS(arg_bytes(hash)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		client_app_from_row(rows, arena, ret_app);
	return true;
}

/* `limit` at most are expected. */
static bool apps_query(struct db *db, struct arena *arena, const char *sql, const struct arg *args,
		       size_t arg_count, int64_t limit, struct client_app **ret_apps,
		       size_t *ret_count, struct error *err)
{
	struct client_app *apps = arena_alloc(arena, (size_t)limit * sizeof(*apps));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(db, sql, args, arg_count, err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		client_app_from_row(rows, arena, &apps[count++]);
	if (err->code != ERROR_NONE)
		return false;
	*ret_apps = apps;
	*ret_count = count;
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
	int64_t total;

	if (!query_total(db, COUNT_CLIENT_APPS, ARGS(arg_text(account)), &total, err) ||
	    !apps_query(db, arena, LIST_CLIENT_APPS,
			ARGS(arg_text(account), arg_int(limit), arg_int(offset)), limit, ret_apps,
			ret_count, err))
		return false;
	*ret_total = total;
	return true;
}

static const char LIST_OF_MAKER[] =
	"SELECT " CLIENT_APP_COLUMNS
	" FROM client_app WHERE account = $1 AND created_by = $2 AND maker = $2 "
	"AND revoked_us = 0 ORDER BY created_us, client_id LIMIT $3";

bool client_app_list_of_maker(struct db *db, struct arena *arena, const char *account,
			      const char *maker, int64_t limit, struct client_app **ret_apps,
			      size_t *ret_count, struct error *err)
{
	return apps_query(db, arena, LIST_OF_MAKER,
			  ARGS(arg_text(account), arg_text(maker), arg_int(limit)), limit, ret_apps,
			  ret_count, err);
}

/* An operator's app has `operator` for its maker; an owner's acts as the owner by right. */
#define TO_CONFIRM \
	"FROM client_app WHERE maker = '' AND revoked_us = 0 AND taken_over_us = 0 " \
	"AND created_by NOT IN ('', 'operator') AND created_by <> " \
	"(SELECT owner FROM account WHERE account.id = client_app.account)"
static const char LIST_TO_CONFIRM[] = "SELECT " CLIENT_APP_COLUMNS " " TO_CONFIRM
				      " ORDER BY created_us, client_id LIMIT $1";
static const char BEGIN_TO_CONFIRM[] =
	"UPDATE client_app SET confirm_until_us = $1 WHERE confirm_until_us = 0 AND client_id IN "
	"(SELECT client_id " TO_CONFIRM ")";

bool client_app_list_to_confirm(struct db *db, struct arena *arena, struct wall_time until,
				int64_t limit, struct client_app **ret_apps, size_t *ret_count,
				struct error *err)
{
	return db_run(db, BEGIN_TO_CONFIRM, ARGS(arg_time(until)), NULL, err) &&
	       apps_query(db, arena, LIST_TO_CONFIRM, ARGS(arg_int(limit)), limit, ret_apps,
			  ret_count, err);
}

static const char UPDATE_CLIENT_APP[] =
	"UPDATE client_app SET name = $1, epoch = $2, revoked_us = $3, disabled_us = $4, "
	"scopes = $5, networks = $6, read_only = $7, rate = $8, public_keys = $9, "
	"secret_hash = $10, secret_fingerprint = $11, secret_created_us = $12, "
	"pending_secret_sealed = $13, old_secret_hash = $14, old_secret_fingerprint = $15, "
	"old_secret_until_us = $16, old_secret_used_us = $17, maker = $18, "
	"confirm_until_us = $19, taken_over_us = $20, old_secret_address = $21 "
	"WHERE account = $22 AND client_id = $23";

bool client_app_save(struct db *db, const struct client_app *app, struct error *err)
{
	return db_run(db, UPDATE_CLIENT_APP,
		      ARGS(arg_text(app->name), arg_int(app->epoch), arg_time(app->revoked),
			   arg_time(app->disabled), arg_text(app->scopes), arg_text(app->networks),
			   arg_bool(app->read_only), arg_int(app->rate), arg_text(app->public_keys),
			   arg_bytes(app->secret_hash), arg_bytes(app->secret_fingerprint),
			   arg_time(app->secret_created), arg_bytes(app->pending_secret_sealed),
			   arg_bytes(app->old_secret_hash), arg_bytes(app->old_secret_fingerprint),
			   arg_time(app->old_secret_until), arg_time(app->old_secret_used),
			   arg_text(app->maker), arg_time(app->confirm_until),
			   arg_time(app->taken_over), arg_text(app->old_secret_address),
			   arg_text(app->account), arg_text(app->client_id)),
		      NULL, err);
}
