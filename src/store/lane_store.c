/* lane_store.c – the queue of delivery_store.h: claims and verdicts. Who locks what: event_store.c.
 */
#include "store/delivery_store.h"

#include <string.h>

#include "base/ensure.h"
#include "store/db_driver.h"
#include "store/rows.h"

/* As they stand in the statements below, in event_store.c and in the index delivery_pending. */
_Static_assert(DELIVERY_PENDING == 0 && DELIVERY_FAILED == 2, "the SQL knows the numbers");

/* The key of a lane's row. Its texts are borrowed. */
struct lane_key {
	const char *account, *lane, *endpoint;
};

#define KEY_ARGS(key) arg_text((key)->account), arg_text((key)->lane), arg_text((key)->endpoint)

/* What sending the delivery at the head of a lane needs. No row: nothing is pending, or the
 * endpoint can be sent nothing. 2: ENDPOINT_DISABLED. */
static const char SELECT_HEAD[] =
	"SELECT " EVENT_COLUMNS ", " ENDPOINT_COLUMNS ", "
	"delivery.attempts - delivery.attempts_before AS attempts, "
	"delivery.queued_us AS queued_us "
	"FROM delivery "
	"JOIN event ON event.account = delivery.account AND event.sequence = delivery.sequence "
	"JOIN endpoint ON endpoint.account = delivery.account AND endpoint.id = delivery.endpoint "
	"AND endpoint.state < 2 AND endpoint.url <> '' "
	"WHERE delivery.account = $1 AND delivery.lane = $2 AND delivery.endpoint = $3 "
	"AND delivery.state = 0 ORDER BY delivery.sequence LIMIT 1";

static bool head_find(struct db *db, struct arena *arena, const struct lane_key *key,
		      int64_t generation, struct claim *ret_claim, bool *ret_found,
		      struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_HEAD, ARGS(KEY_ARGS(key)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (!*ret_found)
		return true;
	*ret_claim = (struct claim){
		.lane = arena_strdup(arena, key->lane),
		.generation = generation,
		.attempts = rows_int(rows, "attempts"),
		.queued = rows_time(rows, "queued_us"),
	};
	event_from_row(rows, arena, &ret_claim->event);
	if (ret_claim->queued.us == 0) /* a row of version 0.3 */
		ret_claim->queued = ret_claim->event.created;
	endpoint_from_row(rows, arena, &ret_claim->endpoint);
	return true;
}

/* Nothing can be sent from a lane without an endpoint: what is pending in it has failed. */
static const char FAIL_PENDING[] =
	"UPDATE delivery SET state = 2, finished_us = $1 "
	"WHERE account = $2 AND lane = $3 AND endpoint = $4 AND state = 0";
static const char DELETE_LANE[] =
	"DELETE FROM lane WHERE account = $1 AND lane = $2 AND endpoint = $3";

static bool lane_drop(struct db *db, const struct lane_key *key, struct wall_time now,
		      struct error *err)
{
	return db_run(db, FAIL_PENDING, ARGS(arg_time(now), KEY_ARGS(key)), NULL, err) &&
	       db_run(db, DELETE_LANE, ARGS(KEY_ARGS(key)), NULL, err);
}

/* MATERIALIZED: chosen once. As a subquery PostgreSQL may run it again and claim more than it was
 * asked for. */
#define CLAIM_DUE(due, order, locking) \
	"WITH due AS MATERIALIZED (SELECT account AS due_account, lane AS due_lane, " \
	"endpoint AS due_endpoint FROM lane WHERE " due " AND due_us <= $1 ORDER BY due_us" order \
	" " \
	"LIMIT $2" locking \
	") UPDATE lane SET state = 2, generation = generation + 1, owner = $3, due_us = $4 " \
	"FROM due WHERE account = due_account AND lane = due_lane AND endpoint = due_endpoint " \
	"RETURNING account, lane, endpoint, generation, urged"
#define FRESH "state = 0"
#define WAITING "account = $5 AND endpoint = $6 AND state = 1"
#define CLAIM_FRESH(locking) CLAIM_DUE(FRESH, "", locking)
#define CLAIM_OLDEST(locking) CLAIM_DUE(WAITING, "", locking)
#define CLAIM_NEWEST(locking) CLAIM_DUE(WAITING, " DESC", locking)
static const struct sql_pair claim_fresh = {CLAIM_FRESH(""), CLAIM_FRESH(SKIP_LOCKED)};
static const struct sql_pair claim_waiting[] = {
	[LANES_OLDEST_FIRST] = {CLAIM_OLDEST(""), CLAIM_OLDEST(SKIP_LOCKED)},
	[LANES_NEWEST_FIRST] = {CLAIM_NEWEST(""), CLAIM_NEWEST(SKIP_LOCKED)},
};

struct claimed_lane {
	struct lane_key key;
	int64_t generation;
	bool urged;
};

static bool due_claim(struct db *db, struct arena *arena, const char *sql, const struct arg *args,
		      size_t arg_count, struct claimed_lane *ret_lanes, size_t *ret_count,
		      struct error *err)
{
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(db, sql, args, arg_count, err);
	if (!rows)
		return false;
	while (rows_next(rows, err)) {
		ret_lanes[count++] = (struct claimed_lane){
			.key = {.account = rows_text(rows, "account", arena),
				.lane = rows_text(rows, "lane", arena),
				.endpoint = rows_text(rows, "endpoint", arena)},
			.generation = rows_int(rows, "generation"),
			.urged = rows_int(rows, "urged") != 0,
		};
	}
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static bool heads_find(struct db *db, struct arena *arena, const struct claimed_lane *lanes,
		       size_t lane_count, struct wall_time now, struct claim *ret_claims,
		       size_t *ret_count, struct error *err)
{
	size_t count = 0;

	for (size_t i = 0; i < lane_count; i++) {
		bool found;
		if (!head_find(db, arena, &lanes[i].key, lanes[i].generation, &ret_claims[count],
			       &found, err) ||
		    (!found && !lane_drop(db, &lanes[i].key, now, err)))
			return false;
		if (found)
			ret_claims[count].urged = lanes[i].urged;
		count += found;
	}
	*ret_count = count;
	return true;
}

#define LEASE_ARGS(due_until_us, lease, limit) \
	arg_int(due_until_us), arg_int((int64_t)(limit)), arg_text((lease)->node), \
		arg_time((lease)->until)
#define EVERY_FRESH INT64_MAX /* due at once, whatever another node's clock said */

bool lane_claim_fresh(struct db *db, struct arena *arena, const struct lane_lease *lease,
		      size_t limit, struct claim *ret_claims, size_t *ret_count, size_t *ret_found,
		      struct error *err)
{
	scoped(arena) struct arena *scratch = arena_new();
	struct claimed_lane *lanes = arena_alloc(scratch, limit * sizeof(*lanes));

	return (due_claim(db, scratch, db_choose(db, &claim_fresh),
			  ARGS(LEASE_ARGS(EVERY_FRESH, lease, limit)), lanes, ret_found, err) &&
		heads_find(db, arena, lanes, *ret_found, lease->shown, ret_claims, ret_count,
			   err)) ||
	       error_wrap(err, "claiming what is fresh");
}

bool lane_claim_waiting(struct db *db, struct arena *arena, const struct lane_lease *lease,
			const char *account, const char *endpoint, enum lane_order order,
			size_t limit, struct claim *ret_claims, size_t *ret_count,
			size_t *ret_found, struct error *err)
{
	scoped(arena) struct arena *scratch = arena_new();
	struct claimed_lane *lanes = arena_alloc(scratch, limit * sizeof(*lanes));

	return (due_claim(db, scratch, db_choose(db, &claim_waiting[order]),
			  ARGS(LEASE_ARGS(lease->now.us, lease, limit), arg_text(account),
			       arg_text(endpoint)),
			  lanes, ret_found, err) &&
		heads_find(db, arena, lanes, *ret_found, lease->shown, ret_claims, ret_count,
			   err)) ||
	       error_wrap(err, "claiming waiting lanes");
}

/* Counts the attempt and moves the delivery, if the lane is still held by this claim: no row is
 * changed if not. PostgreSQL locks the lane first, and takes a new snapshot for what is pending
 * only after that. The delivery's lane is named because PostgreSQL may choose the index
 * delivery_pending, and would read all of it without. */
#define SETTLE(lane_is_held) \
	"UPDATE delivery SET attempts = attempts + 1, state = $5, finished_us = $6 " \
	"WHERE account = $1 AND lane = $2 AND endpoint = $3 AND sequence = $7 AND state = 0 " \
	"AND EXISTS (" lane_is_held ")"
#define SELECT_HELD \
	"SELECT 1 FROM lane WHERE lane.account = $1 AND lane.lane = $2 AND lane.endpoint = $3 " \
	"AND lane.generation = $4"
static const struct sql_pair settle_held = {
	.sqlite = SETTLE(SELECT_HELD),
	.postgresql = "WITH held AS MATERIALIZED (" SELECT_HELD
		      " FOR UPDATE) " SETTLE("SELECT 1 FROM held"),
};

/* The verdict is stale, but the request was made. */
static const char COUNT_ATTEMPT[] = "UPDATE delivery SET attempts = attempts + 1 "
				    "WHERE account = $1 AND endpoint = $2 AND sequence = $3";

/* *ret_counted false: the delivery is gone. */
static bool settle(struct db *db, const struct verdict_record *verdict, const struct lane_key *key,
		   struct wall_time now, bool *ret_counted, bool *ret_stale, struct error *err)
{
	const struct arg sequence = arg_int(verdict->attempt.sequence);
	const struct arg finished = arg_int(verdict->state == DELIVERY_PENDING ? 0 : now.us);
	int64_t changed;

	if (!db_run(db, db_choose(db, &settle_held),
		    ARGS(KEY_ARGS(key), arg_int(verdict->generation), arg_int(verdict->state),
			 finished, sequence),
		    &changed, err))
		return false;
	*ret_stale = changed == 0;
	if (*ret_stale &&
	    !db_run(db, COUNT_ATTEMPT,
		    ARGS(arg_text(key->account), arg_text(key->endpoint), sequence), &changed, err))
		return false;
	*ret_counted = changed > 0;
	return true;
}

/* Its number is the count that this transaction has just raised, and holds: two nodes can never
 * give the same one. */
static const char INSERT_ATTEMPT[] =
	"INSERT INTO attempt (account, sequence, endpoint, number, started_us, took_us, address, "
	"http_status, error_class, phase, reply_start, request_head, tls, name_us, connect_us, "
	"tls_us, first_byte_us, reply_head, sent_us) "
	"VALUES ($1, $2, $3, (SELECT attempts FROM delivery WHERE delivery.account = $1 "
	"AND delivery.sequence = $2 AND delivery.endpoint = $3), "
	"$4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, "
	"$18)";

static bool attempt_insert(struct db *db, const struct attempt *attempt, struct error *err)
{
	return db_run(db, INSERT_ATTEMPT,
		      ARGS(arg_text(attempt->account), arg_int(attempt->sequence),
			   arg_text(attempt->endpoint), arg_time(attempt->started),
			   arg_int(attempt->took.us), arg_text(attempt->address),
			   arg_int(attempt->http_status), arg_text(attempt->error_class),
			   arg_text(attempt->phase), arg_text(attempt->reply_start),
			   arg_text(attempt->request_head), arg_text(attempt->tls),
			   arg_int(attempt->name.us), arg_int(attempt->connect.us),
			   arg_int(attempt->tls_done.us), arg_int(attempt->first_byte.us),
			   arg_text(attempt->reply_head), arg_int(attempt->sent.us)),
		      NULL, err);
}

static const char RETRY_LANE[] = "UPDATE lane SET state = 1, due_us = $1, owner = '', urged = 0 "
				 "WHERE account = $2 AND lane = $3 AND endpoint = $4";
/* Its lease may have been over, without anybody having claimed it. */
/* The node may have another name than when it claimed the lane (node_renew in outbound/ledger.c):
 * under the old one the lane would count as a dead node's. */
static const char RENEW_LANE[] = "UPDATE lane SET state = 2, due_us = $1, owner = $5, urged = 0 "
				 "WHERE account = $2 AND lane = $3 AND endpoint = $4";
static const char DELETE_LANE_IF_EMPTY[] =
	"DELETE FROM lane WHERE account = $1 AND lane = $2 AND endpoint = $3 "
	"AND NOT EXISTS (SELECT 1 FROM delivery WHERE delivery.account = $1 "
	"AND delivery.lane = $2 AND delivery.endpoint = $3 AND delivery.state = 0)";

/* After a finished delivery: to the next one under the same claim, or away with the lane. */
static bool lane_advance(struct db *db, struct arena *arena, const struct lane_key *key,
			 int64_t generation, const struct lane_lease *lease, struct claim *ret_next,
			 bool *ret_has_next, struct error *err)
{
	int64_t deleted;
	struct claim next;
	bool found;

	if (!db_run(db, DELETE_LANE_IF_EMPTY, ARGS(KEY_ARGS(key)), &deleted, err))
		return false;
	*ret_has_next = false;
	if (deleted)
		return true;
	if (!head_find(db, arena, key, generation, &next, &found, err))
		return false;
	if (!found)
		return lane_drop(db, key, lease->shown, err);
	if (!db_run(db, RENEW_LANE,
		    ARGS(arg_time(lease->until), KEY_ARGS(key), arg_text(lease->node)), NULL, err))
		return false;
	*ret_next = next;
	*ret_has_next = true;
	return true;
}

static const char SET_ASIDE[] = "UPDATE delivery SET lane = $4 "
				"WHERE account = $1 AND endpoint = $2 AND sequence = $3";
/* 1: WAITING. A row that is there already was left empty by a cancelled delivery: it will do. */
static const char ADD_ASIDE[] =
	"INSERT INTO lane (account, lane, endpoint, due_us, owner, generation, state) "
	"VALUES ($1, $2, $3, $4, '', $5, 1) ON CONFLICT (account, lane, endpoint) DO NOTHING";

/* The delivery goes on in a lane of its own, out of the way of the later ones. */
static bool delivery_set_aside(struct db *db, const struct verdict_record *verdict,
			       const struct lane_key *key, struct wall_time now, struct error *err)
{
	const struct lane_key aside = {key->account, verdict->aside, key->endpoint};

	return db_run(db, SET_ASIDE,
		      ARGS(arg_text(key->account), arg_text(key->endpoint),
			   arg_int(verdict->attempt.sequence), arg_text(verdict->aside)),
		      NULL, err) &&
	       db_run(db, ADD_ASIDE,
		      ARGS(KEY_ARGS(&aside), arg_time(verdict->retry_at), arg_time(now)), NULL,
		      err);
}

/* The lane's row is locked and ours. */
static bool lane_move(struct db *db, struct arena *arena, const struct verdict_record *verdict,
		      const struct lane_key *key, const struct lane_lease *lease,
		      struct claim *ret_next, bool *ret_has_next, struct error *err)
{
	switch (verdict->state) {
	case DELIVERY_PENDING:
		if (verdict->aside && strcmp(verdict->aside, key->lane) != 0)
			return delivery_set_aside(db, verdict, key, lease->now, err) &&
			       lane_advance(db, arena, key, verdict->generation, lease, ret_next,
					    ret_has_next, err);
		*ret_has_next = false;
		return db_run(db, RETRY_LANE, ARGS(arg_time(verdict->retry_at), KEY_ARGS(key)),
			      NULL, err);
	case DELIVERY_DELIVERED:
	case DELIVERY_FAILED:
		return lane_advance(db, arena, key, verdict->generation, lease, ret_next,
				    ret_has_next, err);
	case DELIVERY_STATE_COUNT:
		break;
	}
	ensure(!"a state");
	return false;
}

static const struct sql_pair hold = SQL_FOR_UPDATE(SELECT_HELD);

/* A verdict is stale although the lane is still ours: the delivery was cancelled meanwhile. */
static bool is_cancelled(struct db *db, const struct lane_key *key, int64_t generation,
			 bool *ret_cancelled, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, db_choose(db, &hold),
						  ARGS(KEY_ARGS(key), arg_int(generation)), err);

	return rows && rows_first(rows, ret_cancelled, err);
}

static const char SELECT_EXPUNGED[] =
	"SELECT 1 FROM event WHERE account = $1 AND sequence = $2 AND expunged_us > 0";

/* event_forget has removed the replies that were there: no other may come after it. */
static bool reply_hide(struct db *db, struct attempt *attempt, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, SELECT_EXPUNGED, ARGS(arg_text(attempt->account), arg_int(attempt->sequence)),
		err);
	bool expunged;

	if (!rows || !rows_first(rows, &expunged, err))
		return false;
	if (expunged)
		attempt->reply_start = attempt->reply_head = "";
	return true;
}

bool attempt_record(struct db *db, struct arena *arena, const struct verdict_record *verdict,
		    const struct lane_lease *lease, struct claim *ret_next, bool *ret_has_next,
		    bool *ret_stale, struct error *err)
{
	struct attempt attempt = verdict->attempt;
	const struct lane_key key = {attempt.account, verdict->lane, attempt.endpoint};
	bool counted, stale, cancelled = false;

	if (!settle(db, verdict, &key, lease->shown, &counted, &stale, err) ||
	    (stale && !is_cancelled(db, &key, verdict->generation, &cancelled, err)) ||
	    (cancelled && !reply_hide(db, &attempt, err)))
		return error_wrap(err, "recording an attempt");
	if (counted && !attempt_insert(db, &attempt, err))
		return error_wrap(err, "recording an attempt");
	bool moved = true;
	*ret_has_next = false;
	if (cancelled)
		moved = lane_advance(db, arena, &key, verdict->generation, lease, ret_next,
				     ret_has_next, err);
	else if (!stale)
		moved = lane_move(db, arena, verdict, &key, lease, ret_next, ret_has_next, err);
	*ret_stale = stale;
	return moved || error_wrap(err, "moving a lane on");
}

int verdict_compare(const struct verdict_record *a, const struct verdict_record *b)
{
	int by_account = strcmp(a->attempt.account, b->attempt.account);
	int by_lane = by_account ? by_account : strcmp(a->lane, b->lane);

	return by_lane ? by_lane : strcmp(a->attempt.endpoint, b->attempt.endpoint);
}

static const char PUT_LANE_OFF[] =
	"UPDATE lane SET state = 1, due_us = $1, owner = '', urged = 0 "
	"WHERE account = $2 AND lane = $3 AND endpoint = $4 AND generation = $5 AND state = 2";

bool lane_put_off(struct db *db, const struct claim *claim, struct wall_time due, struct error *err)
{
	const struct lane_key key = {claim->event.account, claim->lane, claim->endpoint.id};

	return db_run(db, PUT_LANE_OFF,
		      ARGS(arg_time(due), KEY_ARGS(&key), arg_int(claim->generation)), NULL, err);
}

/* The owner stays: as long as nobody else claims the lane, the verdict may still come (RENEW_LANE).
 */
#define END_LEASES "UPDATE lane SET state = 1, due_us = $1 WHERE state = 2"
static const char END_ALL_LEASES[] = END_LEASES;
/* PostgreSQL: a lane that is locked is being recorded: it has no need of this. */
static const struct sql_pair end_old_leases = {
	.sqlite = END_LEASES " AND due_us <= $2",
	.postgresql =
		"WITH alive AS MATERIALIZED (SELECT objid FROM pg_locks WHERE locktype = 'advisory' "
		"AND classid = " NODE_LOCK
		" AND objsubid = 2 AND database = (SELECT oid FROM pg_database "
		"WHERE datname = current_database())), "
		"old AS MATERIALIZED (SELECT account AS old_account, lane AS old_lane, "
		"endpoint AS old_endpoint FROM lane WHERE state = 2 AND (due_us <= $2 "
		"OR CAST(hashtext(owner) AS oid) NOT IN (SELECT objid FROM alive)) "
		"FOR UPDATE SKIP LOCKED) UPDATE lane SET state = 1, due_us = $1 FROM old "
		"WHERE account = old_account AND lane = old_lane AND endpoint = old_endpoint",
};

bool lane_end_leases(struct db *db, struct wall_time now, struct wall_time over, bool every,
		     int64_t *ret_ended, struct error *err)
{
	const char *old = db_choose(db, &end_old_leases);

	return every ? db_run(db, END_ALL_LEASES, ARGS(arg_time(now)), ret_ended, err)
		     : db_run(db, old, ARGS(arg_time(now), arg_time(over)), ret_ended, err);
}

#define STOPPED \
	"SELECT lane.account AS account, lane.lane AS lane, lane.endpoint AS endpoint " \
	"FROM endpoint CROSS JOIN lane WHERE endpoint.state >= 2 " \
	"AND lane.account = endpoint.account AND lane.endpoint = endpoint.id AND lane.state = 1 " \
	"LIMIT $1"
#define SKIP_LOCKED_LANES " FOR UPDATE OF lane SKIP LOCKED"
static const struct sql_pair stopped = {STOPPED, STOPPED SKIP_LOCKED_LANES};

bool lane_drop_stopped(struct db *db, struct arena *arena, struct wall_time now, size_t limit,
		       size_t *ret_dropped, struct error *err)
{
	struct lane_key *keys = arena_alloc(arena, limit * sizeof(*keys));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(db, db_choose(db, &stopped),
						  ARGS(arg_int((int64_t)limit)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		keys[count++] = (struct lane_key){rows_text(rows, "account", arena),
						  rows_text(rows, "lane", arena),
						  rows_text(rows, "endpoint", arena)};
	if (err->code != ERROR_NONE)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!lane_drop(db, &keys[i], now, err))
			return error_wrap(err, "failing the deliveries of a stopped endpoint");
	}
	*ret_dropped = count;
	return true;
}

#define BRING_BACK(locking) \
	"WITH far AS MATERIALIZED (SELECT lane.account AS far_account, lane.lane AS far_lane, " \
	"lane.endpoint AS far_endpoint FROM endpoint CROSS JOIN lane " \
	"WHERE lane.account = endpoint.account AND lane.endpoint = endpoint.id " \
	"AND lane.state = 1 AND lane.due_us > $2 LIMIT $3" locking \
	") UPDATE lane SET due_us = $1 FROM far " \
	"WHERE account = far_account AND lane = far_lane AND endpoint = far_endpoint"
static const struct sql_pair bring_back = {BRING_BACK(""), BRING_BACK(SKIP_LOCKED_LANES)};

bool lane_bring_back(struct db *db, struct wall_time farthest, struct wall_time now, size_t limit,
		     int64_t *ret_brought, struct error *err)
{
	return db_run(db, db_choose(db, &bring_back),
		      ARGS(arg_time(now), arg_time(farthest), arg_int((int64_t)limit)), ret_brought,
		      err) ||
	       error_wrap(err, "correcting implausible due times");
}

static const char LIST_WAITING[] =
	"SELECT account, endpoint, due_us FROM (SELECT endpoint.account AS account, "
	"endpoint.id AS endpoint, (SELECT MIN(lane.due_us) FROM lane "
	"WHERE lane.account = endpoint.account AND lane.endpoint = endpoint.id "
	"AND lane.state = 1) AS due_us FROM endpoint) AS first WHERE due_us IS NOT NULL";

bool lane_list_waiting(struct db *db, struct arena *arena, struct lane_waiting **ret_list,
		       size_t *ret_count, struct error *err)
{
	struct lane_waiting *list = NULL;
	size_t count = 0, room = 0;

	scoped(rows) struct rows *rows = db_query(db, LIST_WAITING, NO_ARGS, err);
	if (!rows)
		return false;
	while (rows_next(rows, err)) {
		if (count == room) {
			struct lane_waiting *grown = arena_alloc(arena, (room = room * 2 + 64) *
										sizeof(*grown));
			if (count > 0)
				memcpy(grown, list, count * sizeof(*grown));
			list = grown;
		}
		list[count++] = (struct lane_waiting){rows_text(rows, "account", arena),
						      rows_text(rows, "endpoint", arena),
						      rows_time(rows, "due_us")};
	}
	*ret_list = list;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static const char NEXT_WAITING[] = "SELECT MIN(due_us) AS due_us FROM lane "
				   "WHERE account = $1 AND endpoint = $2 AND state = 1";

bool lane_next_waiting(struct db *db, const char *account, const char *endpoint,
		       struct wall_time *ret_due, bool *ret_any, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, NEXT_WAITING,
						  ARGS(arg_text(account), arg_text(endpoint)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	ensure(found);
	*ret_any = !rows_is_null(rows, "due_us");
	*ret_due = rows_time(rows, "due_us");
	return true;
}
