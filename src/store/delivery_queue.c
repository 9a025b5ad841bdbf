/* delivery_queue.c – queues and cancels deliveries on a person's request, not by fan-out or
 * verdict: the last part of delivery_store.h. */
#include "store/delivery_store.h"

#include "base/ensure.h"
#include "store/rows.h"

_Static_assert(DELIVERY_PENDING == 0 && DELIVERY_FAILED == 2, "the SQL knows the numbers");

static const char LOCK_NUMBER[] =
	"UPDATE account_sequence SET last_event = last_event WHERE account = $1";

bool delivery_lock(struct db *db, const char *account, struct error *err)
{
	return db_run(db, LOCK_NUMBER, ARGS(arg_text(account)), NULL, err);
}

#define LOCKED_TEXT_MAX \
	((size_t)1024 * 1024) /* all names together; each is bounded where it is made */
/* Names have no control characters, so that a line feed can stand between them. */
static const char LOCK_LANES[] =
	"SELECT endpoint FROM lane WHERE account = $1 AND lane = ANY(string_to_array($2, chr(10))) "
	"ORDER BY lane COLLATE \"C\", endpoint COLLATE \"C\" FOR UPDATE";

static bool lanes_lock(struct db *db, const char *account, const char *const *lanes, size_t count,
		       struct error *err)
{
	struct buf buf;
	bool fits = true;

	buf_init(&buf, LOCKED_TEXT_MAX);
	for (size_t i = 0; i < count && fits; i++)
		fits = (i == 0 || buf_add_text(&buf, "\n")) && buf_add_text(&buf, lanes[i]);
	bool ok = fits ? db_lock(db, LOCK_LANES,
				 ARGS(arg_text(account), arg_text((const char *)buf.data)), err)
		       : error_set(err, ERROR_NO_MEMORY, NULL); /* the limit fits any batch */
	buf_done(&buf);
	return ok || error_wrap(err, "locking lanes");
}

bool delivery_lock_lanes(struct db *db, const char *account, const char *const *lanes, size_t count,
			 struct error *err)
{
	return delivery_lock(db, account, err) &&
	       (count == 0 || lanes_lock(db, account, lanes, count, err));
}

/* A pending one is left alone: no row. Its lane stays what it was, so that it keeps its place. */
static const char QUEUE_DELIVERY[] =
	"INSERT INTO delivery (account, sequence, endpoint, lane, state, attempts, finished_us, "
	"queued_us) VALUES ($1, $2, $3, $4, 0, 0, 0, $5) "
	"ON CONFLICT (account, sequence, endpoint) DO UPDATE SET state = 0, finished_us = 0, failure = '', "
	"attempts_before = delivery.attempts, queued_us = excluded.queued_us "
	"WHERE delivery.state <> 0 RETURNING lane";
/* Before all else that is pending in the lane. */
#define IS_HEAD \
	"NOT EXISTS (SELECT 1 FROM delivery AS older WHERE older.account = $1 " \
	"AND older.lane = head.lane AND older.endpoint = head.endpoint AND older.state = 0 " \
	"AND older.sequence < head.sequence)"
/* A lane that waits, waits for a retry of its head: with another head it is due now. */
static const char RENEW_LANES[] =
	"UPDATE lane SET state = 0, due_us = $3 WHERE state = 1 "
	"AND (account, lane, endpoint) IN (SELECT head.account, head.lane, head.endpoint "
	"FROM delivery AS head WHERE head.account = $1 AND head.sequence = $2 "
	"AND (CAST($4 AS TEXT) IS NULL OR head.endpoint = $4) AND head.state = 0 AND " IS_HEAD ")";
static const char ADD_LANE[] =
	"INSERT INTO lane (account, lane, endpoint, due_us, owner, generation, state) "
	"VALUES ($1, $2, $3, $4, '', $4, 0) ON CONFLICT (account, lane, endpoint) DO NOTHING";

/* `endpoint`: NULL for all. */
static bool lanes_renew(struct db *db, const char *account, int64_t sequence, const char *endpoint,
			struct wall_time now, struct error *err)
{
	return db_run(db, RENEW_LANES,
		      ARGS(arg_text(account), arg_int(sequence), arg_time(now), arg_text(endpoint)),
		      NULL, err);
}

static bool row_queue(struct db *db, struct arena *arena, const struct event *event,
		      const char *endpoint, const char *lane, struct wall_time now,
		      const char **ret_lane, bool *ret_queued, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, QUEUE_DELIVERY,
						  ARGS(arg_text(event->account),
						       arg_int(event->sequence), arg_text(endpoint),
						       arg_text(lane), arg_time(now)),
						  err);

	if (!rows || !rows_first(rows, ret_queued, err))
		return false;
	if (*ret_queued)
		*ret_lane = rows_text(rows, "lane", arena);
	return true;
}

static bool one_queue(struct db *db, const struct event *event, const char *endpoint, bool ordered,
		      struct wall_time now, bool *ret_queued, struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *lane = ordered && *event->package ? event->package : event->id;

	if (!row_queue(db, arena, event, endpoint, lane, now, &lane, ret_queued, err))
		return false;
	return !*ret_queued ||
	       (lanes_renew(db, event->account, event->sequence, endpoint, now, err) &&
		db_run(db, ADD_LANE,
		       ARGS(arg_text(event->account), arg_text(lane), arg_text(endpoint),
			    arg_time(now)),
		       NULL, err));
}

/* The lanes that the deliveries are in, or were in when the endpoint was ordered otherwise. */
static bool lanes_of_events_lock(struct db *db, const struct event *events, size_t count,
				 struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	const char **lanes = arena_alloc(arena, 2 * count * sizeof(*lanes));

	for (size_t i = 0; i < count; i++) {
		lanes[2 * i] = events[i].package;
		lanes[2 * i + 1] = events[i].id;
	}
	return delivery_lock_lanes(db, events[0].account, lanes, 2 * count, err);
}

bool deliveries_queue(struct db *db, const struct event *events, size_t count, const char *endpoint,
		      bool ordered, struct wall_time now, size_t *ret_queued, struct error *err)
{
	*ret_queued = 0;
	if (count > 0 && !lanes_of_events_lock(db, events, count, err))
		return error_wrap(err, "queueing deliveries");
	for (size_t i = 0; i < count; i++) {
		bool queued;
		if (!one_queue(db, &events[i], endpoint, ordered, now, &queued, err))
			return error_wrap(err, "queueing a delivery");
		*ret_queued += queued;
	}
	return true;
}

/* Its lane is locked first, as in a verdict; the next claim removes an empty lane. */
static const char LOCK_LANES_OF_EVENT[] =
	"SELECT lane.endpoint FROM lane WHERE account = $1 AND EXISTS (SELECT 1 FROM delivery "
	"WHERE delivery.account = $1 AND delivery.sequence = $2 AND delivery.lane = lane.lane "
	"AND delivery.endpoint = lane.endpoint) "
	"AND (CAST($3 AS TEXT) IS NULL OR lane.endpoint = $3) ORDER BY lane.lane COLLATE \"C\", "
	"lane.endpoint COLLATE \"C\" FOR UPDATE";
static const char CANCEL[] = "UPDATE delivery SET state = 2, finished_us = $4, failure = $5 "
			     "WHERE account = $1 AND sequence = $2 AND state = 0 "
			     "AND (CAST($3 AS TEXT) IS NULL OR endpoint = $3)";

bool deliveries_cancel(struct db *db, const char *account, int64_t sequence, const char *endpoint,
		       const char *failure, struct wall_time now, int64_t *ret_cancelled,
		       struct error *err)
{
	const struct arg of = arg_text(account), number = arg_int(sequence),
			 to = arg_text(endpoint);

	return db_lock(db, LOCK_LANES_OF_EVENT, ARGS(of, number, to), err) &&
	       lanes_renew(db, account, sequence, endpoint, now, err) &&
	       db_run(db, CANCEL, ARGS(of, number, to, arg_time(now), arg_text(failure)),
		      ret_cancelled, err);
}

/* 2: CLAIMED. On PostgreSQL a lane that somebody else is claiming is looked at again after that. */
static const char URGE[] =
	"UPDATE lane SET state = 0, due_us = $4, urged = 1 WHERE state <> 2 "
	"AND (account, lane, endpoint) IN (SELECT head.account, head.lane, head.endpoint "
	"FROM delivery AS head WHERE head.account = $1 AND head.sequence = $2 "
	"AND head.endpoint = $3 AND head.state = 0 AND " IS_HEAD ")";

bool delivery_urge(struct db *db, const char *account, int64_t sequence, const char *endpoint,
		   struct wall_time now, bool *ret_urged, struct error *err)
{
	int64_t urged;

	if (!db_run(db, URGE,
		    ARGS(arg_text(account), arg_int(sequence), arg_text(endpoint), arg_time(now)),
		    &urged, err))
		return error_wrap(err, "urging a delivery");
	*ret_urged = urged > 0;
	return true;
}
