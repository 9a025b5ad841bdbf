/* endpoint_store.c – SQL of endpoints and their subscriptions: the second half of event_store.h. */
#include "store/event_store.h"

#include "store/rows.h"

static const char SELECT_ENDPOINT[] = "SELECT " ENDPOINT_COLUMNS " FROM endpoint "
				      "WHERE endpoint.account = $1 AND endpoint.origin = $2";

bool endpoint_find_by_origin(struct db *db, struct arena *arena, const char *account,
			     const char *origin, struct endpoint *ret_endpoint, bool *ret_found,
			     struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_ENDPOINT,
						  ARGS(arg_text(account), arg_text(origin)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		endpoint_from_row(rows, arena, ret_endpoint);
	return true;
}

/* Another id under the same origin means that somebody registered it a moment ago. Replacing that
 * would keep its id next to a key that was sealed for ours and can then never be opened, so it is
 * refused. */
static const char PUT_ENDPOINT[] =
	"INSERT INTO endpoint (account, id, origin, url, auth, key_sealed, signing_secret_sealed, "
	"custom_headers, events, created_us, updated_us) "
	"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) "
	"ON CONFLICT (account, origin) DO UPDATE SET url = excluded.url, auth = excluded.auth, "
	"key_sealed = excluded.key_sealed, custom_headers = excluded.custom_headers, "
	"events = excluded.events, updated_us = excluded.updated_us "
	"WHERE endpoint.id = excluded.id";
static const char DELETE_SUBSCRIPTIONS[] =
	"DELETE FROM subscription WHERE account = $1 AND endpoint = $2";
static const char INSERT_SUBSCRIPTION[] =
	"INSERT INTO subscription (account, event_type, endpoint) VALUES ($1, $2, $3) "
	"ON CONFLICT DO NOTHING";

static bool subscriptions_set(struct db *db, const struct endpoint *endpoint,
			      const char *const *types, size_t type_count, struct error *err)
{
	const struct arg account = arg_text(endpoint->account), id = arg_text(endpoint->id);

	if (!db_run(db, DELETE_SUBSCRIPTIONS, ARGS(account, id), NULL, err))
		return false;
	for (size_t i = 0; i < type_count; i++) {
		if (!db_run(db, INSERT_SUBSCRIPTION, ARGS(account, arg_text(types[i]), id), NULL,
			    err))
			return false;
	}
	return true;
}

bool endpoint_put(struct db *db, const struct endpoint *endpoint, const char *const *types,
		  size_t type_count, struct error *err)
{
	return insert_new(db, PUT_ENDPOINT,
			  ARGS(arg_text(endpoint->account), arg_text(endpoint->id),
			       arg_text(endpoint->origin), arg_text(endpoint->url),
			       arg_int(endpoint->auth), arg_bytes(endpoint->key_sealed),
			       arg_bytes(endpoint->signing_secret_sealed),
			       arg_text(endpoint->custom_headers), arg_text(endpoint->events),
			       arg_time(endpoint->created), arg_time(endpoint->updated)),
			  "endpoint: registered by someone else meanwhile", err) &&
	       subscriptions_set(db, endpoint, types, type_count, err);
}
