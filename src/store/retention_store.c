/* retention_store.c – SQL of retention. */
#include "store/retention_store.h"

#include "base/ensure.h"
#include "store/event_store.h"
#include "store/rows.h"

/* ---- how much, how old ---- */

static const char *const sizes[RETENTION_KIND_COUNT] = {
	[RETENTION_EVENTS] = "SELECT COUNT(*) AS total, MIN(created_us) AS oldest FROM event "
			     "WHERE account = $1",
	[RETENTION_DELIVERIES] = "SELECT COUNT(*) AS total, MIN(finished_us) AS oldest "
				 "FROM delivery WHERE account = $1 AND state <> 0",
	[RETENTION_REPLAYS] = "SELECT COUNT(*) AS total, MIN(created_us) AS oldest FROM replay "
			      "WHERE account = $1",
	[RETENTION_MAILS] = "SELECT COUNT(*) AS total, MIN(created_us) AS oldest FROM mail "
			    "WHERE account = $1",
	[RETENTION_REQUESTS] = "SELECT COUNT(*) AS total, MIN(created_us) AS oldest "
			       "FROM idempotent_request WHERE account = $1",
};
/* Through the lanes: they are there only as long as something is pending. */
static const char PENDING_SIZE[] =
	"SELECT COUNT(*) AS total, MIN(event.created_us) AS oldest FROM lane "
	"JOIN delivery ON delivery.account = lane.account AND delivery.lane = lane.lane "
	"AND delivery.endpoint = lane.endpoint AND delivery.state = 0 "
	"JOIN event ON event.account = delivery.account AND event.sequence = delivery.sequence "
	"WHERE lane.account = $1";

static bool size_query(struct db *db, const char *sql, const char *account,
		       struct retention_size *ret_size, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, sql, ARGS(arg_text(account)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	ensure(found);
	*ret_size = (struct retention_size){rows_int(rows, "total"), rows_time(rows, "oldest")};
	return true;
}

bool retention_size_read(struct db *db, const char *account, enum retention_kind kind,
			 struct retention_size *ret_size, struct error *err)
{
	return size_query(db, sizes[kind], account, ret_size, err);
}

bool retention_pending_read(struct db *db, const char *account, struct retention_size *ret_size,
			    struct error *err)
{
	return size_query(db, PENDING_SIZE, account, ret_size, err);
}

/* ---- events and deliveries ---- */

static const char OLD_DELIVERIES[] =
	"SELECT sequence, endpoint FROM delivery WHERE account = $1 AND sequence <= $2 "
	"AND state <> 0 AND finished_us < $3 ORDER BY sequence LIMIT $4";
static const char DELETE_DELIVERY[] = "DELETE FROM delivery WHERE account = $1 AND sequence = $2 "
				      "AND endpoint = $3 AND state <> 0 AND finished_us < $4";
static const char DELETE_ATTEMPTS[] =
	"DELETE FROM attempt WHERE account = $1 AND sequence = $2 AND endpoint = $3";

/* One by one, by their keys: whatever PostgreSQL knows or believes of the tables. */
static bool delivery_remove(struct db *db, const char *account, const struct retention_key *key,
			    struct wall_time cutoff, int64_t *ret_deleted, struct error *err)
{
	const struct arg of = arg_text(account), sequence = arg_int(key->sequence);
	const struct arg endpoint = arg_text(key->endpoint);

	return db_run(db, DELETE_DELIVERY, ARGS(of, sequence, endpoint, arg_time(cutoff)),
		      ret_deleted, err) &&
	       (*ret_deleted == 0 ||
		db_run(db, DELETE_ATTEMPTS, ARGS(of, sequence, endpoint), NULL, err));
}

/* Deliveries of the account are still to be made. */
#define FANS_OUT \
	"EXISTS (SELECT 1 FROM account_sequence WHERE account_sequence.account = $1 " \
	"AND fan_next > 0)"
/* Those of the event are made. */
#define FANNED_OUT \
	"NOT EXISTS (SELECT 1 FROM account_sequence WHERE account_sequence.account = $1 " \
	"AND fan_next > 0 AND fan_next <= event.sequence)"
static const char OLD_EVENTS[] =
	"SELECT sequence FROM event WHERE account = $1 AND sequence <= $2 AND " FANNED_OUT
	" AND NOT EXISTS "
	"(SELECT 1 FROM delivery WHERE delivery.account = $1 "
	"AND delivery.sequence = event.sequence) ORDER BY sequence LIMIT $3";
static const char DELETE_EVENT[] =
	"DELETE FROM event WHERE account = $1 AND sequence = $2 AND NOT EXISTS "
	"(SELECT 1 FROM delivery WHERE delivery.account = $1 AND delivery.sequence = $2)";

static bool event_remove(struct db *db, const char *account, const struct retention_key *key,
			 int64_t *ret_deleted, struct error *err)
{
	return db_run(db, DELETE_EVENT, ARGS(arg_text(account), arg_int(key->sequence)),
		      ret_deleted, err);
}

static bool keys_read(struct rows *rows, struct arena *arena, bool with_endpoint,
		      struct retention_key *ret_keys, size_t *ret_count, struct error *err)
{
	size_t count = 0;

	if (!rows)
		return false;
	while (rows_next(rows, err))
		ret_keys[count++] = (struct retention_key){
			.sequence = rows_int(rows, "sequence"),
			.endpoint = with_endpoint ? rows_text(rows, "endpoint", arena) : NULL};
	*ret_count = count;
	return err->code == ERROR_NONE;
}

bool retention_find(struct db *db, struct arena *arena, const char *account,
		    enum retention_kind kind, struct wall_time cutoff, int64_t limit,
		    struct retention_key **ret_keys, size_t *ret_count, struct error *err)
{
	struct retention_key *keys = arena_alloc(arena, (size_t)limit * sizeof(*keys));
	bool is_delivery = kind == RETENTION_DELIVERIES;
	int64_t boundary;

	ensure(is_delivery || kind == RETENTION_EVENTS);
	*ret_keys = keys;
	if (!event_boundary(db, account, cutoff, &boundary, err))
		return false;
	scoped(rows) struct rows *rows =
		is_delivery
			? db_query(db, OLD_DELIVERIES,
				   ARGS(arg_text(account), arg_int(boundary), arg_time(cutoff),
					arg_int(limit)),
				   err)
			: db_query(db, OLD_EVENTS,
				   ARGS(arg_text(account), arg_int(boundary), arg_int(limit)), err);
	return keys_read(rows, arena, is_delivery, keys, ret_count, err);
}

bool retention_remove(struct db *db, const char *account, enum retention_kind kind,
		      const struct retention_key *keys, size_t count, struct wall_time cutoff,
		      int64_t *ret_removed, struct error *err)
{
	int64_t total = 0;

	for (size_t i = 0; i < count; i++) {
		int64_t deleted;
		if (!(kind == RETENTION_DELIVERIES
			      ? delivery_remove(db, account, &keys[i], cutoff, &deleted, err)
			      : event_remove(db, account, &keys[i], &deleted, err)))
			return false;
		total += deleted;
	}
	*ret_removed = total;
	return true;
}

/* ---- the rest ---- */

#define DELETE_OLD(table, key, over) \
	"WITH old AS MATERIALIZED (SELECT " key " AS old_key FROM " table \
	" WHERE account = $1 AND created_us < $2" over " LIMIT $3) " \
	"DELETE FROM " table " WHERE account = $1 AND " key " IN (SELECT old_key FROM old)"
static const char *const deletes[RETENTION_KIND_COUNT] = {
	[RETENTION_REPLAYS] = DELETE_OLD("replay", "id", " AND state <> 'RUNNING'"),
	[RETENTION_MAILS] = DELETE_OLD("mail", "id", " AND state <> 0"),
	[RETENTION_REQUESTS] = DELETE_OLD("idempotent_request", "idempotency_key", ""),
};

bool retention_prune(struct db *db, const char *account, enum retention_kind kind,
		     struct wall_time cutoff, int64_t limit, int64_t *ret_removed,
		     struct error *err)
{
	ensure(kind < RETENTION_KIND_COUNT && deletes[kind]);
	return db_run(db, deletes[kind], ARGS(arg_text(account), arg_time(cutoff), arg_int(limit)),
		      ret_removed, err);
}

/* 3: ENDPOINT_DELETED. One given with a package stays until its last notification is through. */
static const char DROP_OF_PACKAGES[] =
	"UPDATE endpoint SET state = 3, state_reason = 'PACKAGE_DELETED', key_sealed = NULL, "
	"secrets_sealed = NULL WHERE account = $1 AND package <> '' AND state <> 3 "
	"AND NOT " FANS_OUT " "
	"AND NOT EXISTS (SELECT 1 FROM package WHERE package.account = $1 "
	"AND package.id = endpoint.package) "
	"AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.account = $1 "
	"AND delivery.endpoint = endpoint.id AND delivery.state = 0)";
static const char DROP_SUBSCRIPTIONS[] =
	"DELETE FROM subscription WHERE account = $1 AND package <> '' AND NOT " FANS_OUT
	" AND endpoint IN "
	"(SELECT id FROM endpoint WHERE endpoint.account = $1 AND endpoint.state = 3)";
static const char DELETE_ENDPOINTS[] =
	"DELETE FROM endpoint WHERE account = $1 AND state = 3 AND NOT " FANS_OUT
	" AND NOT EXISTS (SELECT 1 "
	"FROM delivery WHERE delivery.account = $1 AND delivery.endpoint = endpoint.id)";

bool retention_prune_endpoints(struct db *db, const char *account, struct error *err)
{
	const struct arg of = arg_text(account);

	return db_run(db, DROP_OF_PACKAGES, ARGS(of), NULL, err) &&
	       db_run(db, DROP_SUBSCRIPTIONS, ARGS(of), NULL, err) &&
	       db_run(db, DELETE_ENDPOINTS, ARGS(of), NULL, err);
}

/* ---- the account's own days ---- */

static const char READ_DAYS[] = "SELECT days FROM retention WHERE account = $1";
static const char SAVE_DAYS[] = "INSERT INTO retention (account, days) VALUES ($1, $2) "
				"ON CONFLICT (account) DO UPDATE SET days = excluded.days";

bool retention_days_read(struct db *db, struct arena *arena, const char *account,
			 const char **ret_days, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, READ_DAYS, ARGS(arg_text(account)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	*ret_days = found ? rows_text(rows, "days", arena) : NULL;
	return true;
}

bool retention_days_save(struct db *db, const char *account, const char *days, struct error *err)
{
	return db_run(db, SAVE_DAYS, ARGS(arg_text(account), arg_text(days)), NULL, err);
}
