/* endpoint_store.c – SQL of endpoints and their subscriptions. */
#include "store/endpoint_store.h"

#include "base/ensure.h"
#include "store/fan_out_store.h"
#include "store/rows.h"
#include "store/tally_store.h"

const char *endpoint_state_name(enum endpoint_state state)
{
	static const char *const names[] = {
		[ENDPOINT_ACTIVE] = "ACTIVE",
		[ENDPOINT_PAUSED] = "PAUSED",
		[ENDPOINT_DISABLED] = "DISABLED",
		[ENDPOINT_DELETED] = "DELETED",
	};

	ensure(state < ENDPOINT_STATE_COUNT);
	return names[state];
}

/* As it stands in the statements here and in lane_store.c. */
_Static_assert(ENDPOINT_DISABLED == 2 && ENDPOINT_DELETED == 3, "the SQL knows the numbers");

static bool one_read(struct rows *rows, struct arena *arena, struct endpoint *ret_endpoint,
		     bool *ret_found, struct error *err)
{
	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		endpoint_from_row(rows, arena, ret_endpoint);
	return true;
}

/* Before the endpoint's row: the order of a fan-out and a verdict (event_store.c). */
static const char LOCK_NUMBER[] =
	"SELECT last_event FROM account_sequence WHERE account = $1 FOR UPDATE";

bool endpoint_lock(struct db *db, const char *account, struct error *err)
{
	return db_lock(db, LOCK_NUMBER, ARGS(arg_text(account)), err);
}

static const char SELECT_BY_ID[] = "SELECT " ENDPOINT_COLUMNS " FROM endpoint "
				   "WHERE endpoint.account = $1 AND endpoint.id = $2 "
				   "AND endpoint.state <> 3";

bool endpoint_find(struct db *db, struct arena *arena, const char *account, const char *id,
		   struct endpoint *ret_endpoint, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_BY_ID,
						  ARGS(arg_text(account), arg_text(id)), err);

	return one_read(rows, arena, ret_endpoint, ret_found, err);
}

static const char SELECT_BY_ORIGIN[] = "SELECT " ENDPOINT_COLUMNS
				       " FROM endpoint WHERE endpoint.account = $1 "
				       "AND endpoint.origin = $2 AND endpoint.origin <> 'endpoint'";

bool endpoint_find_by_origin(struct db *db, struct arena *arena, const char *account,
			     const char *origin, struct endpoint *ret_endpoint, bool *ret_found,
			     struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_BY_ORIGIN,
						  ARGS(arg_text(account), arg_text(origin)), err);

	return one_read(rows, arena, ret_endpoint, ret_found, err);
}

/* Two that register the same origin at once: the second one meets the unique index, does nothing
 * and is refused. Replacing would keep the first one's id next to secrets that were sealed for
 * another. */
static const char INSERT_ENDPOINT[] =
	"INSERT INTO endpoint (account, id, origin, name, package, url, auth, key_sealed, "
	"signing_secret_sealed, secrets_sealed, custom_headers, events, options, created_us, "
	"updated_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) "
	"ON CONFLICT DO NOTHING";
static const char UPDATE_ENDPOINT[] =
	"UPDATE endpoint SET name = $3, url = $4, auth = $5, key_sealed = $6, secrets_sealed = $7, "
	"custom_headers = $8, events = $9, options = $10, updated_us = $11, token_lease_us = 0 "
	"WHERE account = $1 AND id = $2";

static const char DELETE_SUBSCRIPTIONS[] =
	"DELETE FROM subscription WHERE account = $1 AND endpoint = $2";
static const char INSERT_SUBSCRIPTION[] =
	"INSERT INTO subscription (account, event_type, package, endpoint, ordered, filter, since) "
	"VALUES ($1, $2, $3, $4, $5, $6, COALESCE((SELECT last_event FROM account_sequence "
	"WHERE account_sequence.account = $1), 0))";
static const char COUNT_FILTERED[] =
	"UPDATE account_sequence SET filtered = (SELECT COUNT(*) FROM subscription "
	"WHERE subscription.account = $1 AND filter <> '') WHERE account = $1";

static bool subscriptions_set(struct db *db, const struct endpoint *endpoint,
			      const struct subscription *subscription, struct error *err)
{
	const struct arg account = arg_text(endpoint->account), id = arg_text(endpoint->id);

	if (!subscription_keep(db, endpoint->account, endpoint->id, err) ||
	    !db_run(db, DELETE_SUBSCRIPTIONS, ARGS(account, id), NULL, err))
		return false;
	for (size_t i = 0; i < subscription->type_count; i++) {
		if (!db_run(db, INSERT_SUBSCRIPTION,
			    ARGS(account, arg_text(subscription->types[i]),
				 arg_text(endpoint->package), id, arg_bool(subscription->ordered),
				 arg_text(subscription->filter)),
			    NULL, err))
			return false;
	}
	return db_run(db, COUNT_FILTERED, ARGS(account), NULL, err);
}

static bool row_update(struct db *db, const struct endpoint *endpoint, int64_t *ret_changed,
		       struct error *err)
{
	return db_run(db, UPDATE_ENDPOINT,
		      ARGS(arg_text(endpoint->account), arg_text(endpoint->id),
			   arg_text(endpoint->name), arg_text(endpoint->url),
			   arg_int(endpoint->auth), arg_bytes(endpoint->key_sealed),
			   arg_bytes(endpoint->secrets_sealed), arg_text(endpoint->custom_headers),
			   arg_text(endpoint->events), arg_text(endpoint->options),
			   arg_time(endpoint->updated)),
		      ret_changed, err);
}

static bool row_insert(struct db *db, const struct endpoint *endpoint, struct error *err)
{
	return insert_new(
		db, INSERT_ENDPOINT,
		ARGS(arg_text(endpoint->account), arg_text(endpoint->id),
		     arg_text(endpoint->origin), arg_text(endpoint->name),
		     arg_text(endpoint->package), arg_text(endpoint->url), arg_int(endpoint->auth),
		     arg_bytes(endpoint->key_sealed), arg_bytes(endpoint->signing_secret_sealed),
		     arg_bytes(endpoint->secrets_sealed), arg_text(endpoint->custom_headers),
		     arg_text(endpoint->events), arg_text(endpoint->options),
		     arg_time(endpoint->created), arg_time(endpoint->updated)),
		"endpoint: registered by someone else meanwhile", err);
}

bool endpoint_put(struct db *db, const struct endpoint *endpoint,
		  const struct subscription *subscription, struct error *err)
{
	int64_t changed;

	if (!endpoint_lock(db, endpoint->account, err) || !row_update(db, endpoint, &changed, err))
		return false;
	return (changed == 1 || row_insert(db, endpoint, err)) &&
	       subscriptions_set(db, endpoint, subscription, err);
}

static const char SET_STATE[] =
	"UPDATE endpoint SET state = $3, state_reason = $4, updated_us = $5, failing_since_us = 0, "
	"warned_us = 0 WHERE account = $1 AND id = $2";
/* Its name and URL stay, for the log. */
static const char FORGET_SECRETS[] =
	"UPDATE endpoint SET key_sealed = NULL, secrets_sealed = NULL, options = '{}', "
	"custom_headers = '[]', origin = 'endpoint' WHERE account = $1 AND id = $2";

bool endpoint_set_state(struct db *db, const struct endpoint *endpoint, enum endpoint_state state,
			const char *reason, const struct subscription *subscription,
			struct wall_time now, struct error *err)
{
	const struct arg account = arg_text(endpoint->account), id = arg_text(endpoint->id);

	return endpoint_lock(db, endpoint->account, err) &&
	       db_run(db, SET_STATE,
		      ARGS(account, id, arg_int(state), arg_text(reason), arg_time(now)), NULL,
		      err) &&
	       (state != ENDPOINT_DELETED ||
		(db_run(db, FORGET_SECRETS, ARGS(account, id), NULL, err) &&
		 tally_forget(db, endpoint->account, endpoint->id, err))) &&
	       subscriptions_set(db, endpoint, subscription, err);
}

static const char STOP[] = "UPDATE endpoint SET state = 2, state_reason = $3, updated_us = $4 "
			   "WHERE account = $1 AND id = $2 AND state < 2";

bool endpoint_stop(struct db *db, const struct endpoint *endpoint, const char *reason,
		   struct wall_time now, bool *ret_stopped, struct error *err)
{
	int64_t changed;

	if (!db_run(db, STOP,
		    ARGS(arg_text(endpoint->account), arg_text(endpoint->id), arg_text(reason),
			 arg_time(now)),
		    &changed, err))
		return false;
	*ret_stopped = changed == 1;
	/* The count of filters is left too high: a verdict may not wait for the account's number
	 * (event_store.c). */
	return changed == 0 ||
	       (subscription_keep(db, endpoint->account, endpoint->id, err) &&
		db_run(db, DELETE_SUBSCRIPTIONS,
		       ARGS(arg_text(endpoint->account), arg_text(endpoint->id)), NULL, err));
}

static const char WARN[] = "UPDATE endpoint SET warned_us = $3 "
			   "WHERE account = $1 AND id = $2 AND warned_us = 0 AND state < 2";

bool endpoint_warn(struct db *db, const struct endpoint *endpoint, struct wall_time now,
		   bool *ret_first, struct error *err)
{
	int64_t changed;

	if (!db_run(db, WARN,
		    ARGS(arg_text(endpoint->account), arg_text(endpoint->id), arg_time(now)),
		    &changed, err))
		return false;
	*ret_first = changed == 1;
	return true;
}

static const char READ_HEALTH[] = "SELECT failing_since_us, warned_us FROM endpoint "
				  "WHERE account = $1 AND id = $2";
static const char BEGIN_FAILING[] = "UPDATE endpoint SET failing_since_us = $3, warned_us = 0 "
				    "WHERE account = $1 AND id = $2 AND failing_since_us = 0";
static const char END_FAILING[] = "UPDATE endpoint SET failing_since_us = 0, warned_us = 0 "
				  "WHERE account = $1 AND id = $2";

static bool health_read(struct db *db, const struct endpoint *endpoint,
			struct endpoint_health *ret_health, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, READ_HEALTH, ARGS(arg_text(endpoint->account), arg_text(endpoint->id)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	*ret_health = (struct endpoint_health){0};
	if (found)
		*ret_health = (struct endpoint_health){rows_time(rows, "failing_since_us"),
						       rows_time(rows, "warned_us")};
	return true;
}

bool endpoint_note_failure(struct db *db, const struct endpoint *endpoint, struct wall_time now,
			   struct endpoint_health *ret_health, struct error *err)
{
	struct endpoint_health health;

	if (!health_read(db, endpoint, &health, err))
		return false;
	if (!health.failing_since.us) {
		if (!db_run(db, BEGIN_FAILING,
			    ARGS(arg_text(endpoint->account), arg_text(endpoint->id),
				 arg_time(now)),
			    NULL, err))
			return false;
		health = (struct endpoint_health){.failing_since = now};
	}
	*ret_health = health;
	return true;
}

bool endpoint_note_success(struct db *db, const struct endpoint *endpoint, struct error *err)
{
	return db_run(db, END_FAILING, ARGS(arg_text(endpoint->account), arg_text(endpoint->id)),
		      NULL, err);
}

static const char SAVE_KEY[] = "UPDATE endpoint SET key_sealed = $3 WHERE account = $1 AND id = $2";
static const char SAVE_SECRETS[] =
	"UPDATE endpoint SET signing_secret_sealed = $3, secrets_sealed = $4 "
	"WHERE account = $1 AND id = $2";

bool endpoint_save_key(struct db *db, const struct endpoint *endpoint, struct bytes key_sealed,
		       struct error *err)
{
	return db_run(
		db, SAVE_KEY,
		ARGS(arg_text(endpoint->account), arg_text(endpoint->id), arg_bytes(key_sealed)),
		NULL, err);
}

bool endpoint_save_secrets(struct db *db, const struct endpoint *endpoint,
			   struct bytes signing_secret_sealed, struct bytes secrets_sealed,
			   struct error *err)
{
	return db_run(db, SAVE_SECRETS,
		      ARGS(arg_text(endpoint->account), arg_text(endpoint->id),
			   arg_bytes(signing_secret_sealed), arg_bytes(secrets_sealed)),
		      NULL, err);
}

#define SHOWN "SELECT " ENDPOINT_COLUMNS " FROM endpoint WHERE concealed_us <> updated_us LIMIT $1"
static const struct sql_pair list_shown = SQL_SKIP_LOCKED(SHOWN);
static const char SAVE_CONCEALED[] =
	"UPDATE endpoint SET url = $3, custom_headers = $4, options = $5, secrets_sealed = $6, "
	"concealed_us = updated_us WHERE account = $1 AND id = $2";

bool endpoint_list_shown(struct db *db, struct arena *arena, size_t limit,
			 struct endpoint *ret_endpoints, size_t *ret_count, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, db_choose(db, &list_shown),
						  ARGS(arg_int((int64_t)limit)), err);

	if (!rows)
		return false;
	*ret_count = 0;
	while (rows_next(rows, err))
		endpoint_from_row(rows, arena, &ret_endpoints[(*ret_count)++]);
	return err->code == ERROR_NONE;
}

bool endpoint_save_concealed(struct db *db, const struct endpoint *endpoint, struct error *err)
{
	return db_run(db, SAVE_CONCEALED,
		      ARGS(arg_text(endpoint->account), arg_text(endpoint->id),
			   arg_text(endpoint->url), arg_text(endpoint->custom_headers),
			   arg_text(endpoint->options), arg_bytes(endpoint->secrets_sealed)),
		      NULL, err);
}

static const char TAKE_TOKEN_LEASE[] = "UPDATE endpoint SET token_lease_us = $3 "
				       "WHERE account = $1 AND id = $2 AND token_lease_us <= $4";
static const char END_TOKEN_LEASE[] =
	"UPDATE endpoint SET token_lease_us = 0 WHERE account = $1 AND id = $2 AND key_sealed = $3";

bool endpoint_take_token_lease(struct db *db, const char *account, const char *id,
			       struct wall_time now, struct duration lease, bool *ret_taken,
			       struct error *err)
{
	int64_t changed;

	if (!db_run(db, TAKE_TOKEN_LEASE,
		    ARGS(arg_text(account), arg_text(id), arg_time(wall_add(now, lease)),
			 arg_time(now)),
		    &changed, err))
		return false;
	*ret_taken = changed == 1;
	return true;
}

bool endpoint_end_token_lease(struct db *db, const char *account, const char *id,
			      struct bytes key_sealed, bool *ret_current, struct error *err)
{
	int64_t changed;

	if (!db_run(db, END_TOKEN_LEASE,
		    ARGS(arg_text(account), arg_text(id), arg_bytes(key_sealed)), &changed, err))
		return false;
	*ret_current = changed == 1;
	return true;
}

static const char END_TOKEN_LEASES[] =
	"UPDATE endpoint SET token_lease_us = 0 WHERE token_lease_us > 0";

bool endpoint_end_token_leases(struct db *db, struct error *err)
{
	return db_run(db, END_TOKEN_LEASES, NO_ARGS, NULL, err);
}

#define LISTED \
	"FROM endpoint WHERE endpoint.account = $1 AND endpoint.package = $2 AND endpoint.state <> 3"
static const char COUNT_ENDPOINTS[] = "SELECT COUNT(*) AS total " LISTED;
static const char LIST_ENDPOINTS[] = "SELECT " ENDPOINT_COLUMNS " " LISTED
				     " ORDER BY created_us, id LIMIT $3 OFFSET $4";

bool endpoint_list(struct db *db, struct arena *arena, const struct endpoint_filter *filter,
		   struct endpoint **ret_endpoints, size_t *ret_count, int64_t *ret_total,
		   struct error *err)
{
	const struct arg account = arg_text(filter->account);
	const struct arg package = arg_text(filter->package ? filter->package : "");
	struct endpoint *endpoints = arena_alloc(arena, (size_t)filter->limit * sizeof(*endpoints));
	size_t count = 0;

	if (!query_total(db, COUNT_ENDPOINTS, ARGS(account, package), ret_total, err))
		return false;
	scoped(rows) struct rows *rows = db_query(
		db, LIST_ENDPOINTS,
		ARGS(account, package, arg_int(filter->limit), arg_int(filter->offset)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		endpoint_from_row(rows, arena, &endpoints[count++]);
	*ret_endpoints = endpoints;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

/* Through the lanes, which are there only as long as something is pending: not through all that
 * ever was delivered. Those that wait are found by their endpoint; those that are fresh or claimed
 * are few, and `|| ''` keeps SQLite from reading all lanes of the account instead. */
#define LANES_THAT(are) \
	"SELECT account, lane, endpoint FROM lane WHERE account || '' = $1 AND endpoint = $2 " \
	"AND " are
static const char READ_QUEUE[] =
	"WITH busy AS (SELECT account, lane, endpoint FROM lane WHERE account = $1 "
	"AND endpoint = $2 AND state = 1 UNION ALL " LANES_THAT("state = 0 AND due_us > 0") " UNION ALL " LANES_THAT(
		"state = 2 AND due_us > 0") ") "
					    "SELECT COUNT(*) AS pending, MIN(CASE WHEN delivery.queued_us > 0 "
					    "THEN delivery.queued_us" TO_STORE_TIME
					    " ELSE event.created_us END) AS oldest_us, "
					    "(SELECT MIN(due_us)" TO_STORE_TIME
					    " FROM lane AS waiting WHERE waiting.account = $1 "
					    "AND waiting.endpoint = $2 AND waiting.state = 1) AS next_us "
					    "FROM busy JOIN delivery ON delivery.account = busy.account AND delivery.lane = busy.lane "
					    "AND delivery.endpoint = busy.endpoint AND delivery.state = 0 "
					    "JOIN event ON event.account = delivery.account AND event.sequence = delivery.sequence";

bool endpoint_queue_read(struct db *db, const char *account, const char *id,
			 struct endpoint_queue *ret_queue, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, READ_QUEUE,
						  ARGS(arg_text(account), arg_text(id)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	ensure(found);
	*ret_queue = (struct endpoint_queue){.pending = rows_int(rows, "pending"),
					     .oldest = rows_time(rows, "oldest_us"),
					     .next = rows_time(rows, "next_us")};
	return true;
}

static const char READ_OUTCOMES[] = "SELECT state, attempts FROM delivery "
				    "WHERE account = $1 AND endpoint = $2 "
				    "ORDER BY sequence DESC LIMIT $3";

bool endpoint_outcomes_read(struct db *db, const char *account, const char *id,
			    struct endpoint_outcome ret_outcomes[ENDPOINT_OUTCOMES_MAX],
			    size_t *ret_count, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, READ_OUTCOMES,
		ARGS(arg_text(account), arg_text(id), arg_int(ENDPOINT_OUTCOMES_MAX)), err);
	size_t count = 0;

	if (!rows)
		return false;
	while (rows_next(rows, err))
		ret_outcomes[count++] = (struct endpoint_outcome){
			.state = rows_int(rows, "state"),
			.was_tried = rows_int(rows, "attempts") > 0,
		};
	*ret_count = count;
	return err->code == ERROR_NONE;
}
