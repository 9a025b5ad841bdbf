/* event_store.c – the event log, and the fan-out of an event to the queue.
 *
 * Who locks what on PostgreSQL (SQLite has one writer). Fan-out: the account's number, which makes
 * the account's fan-outs serial, then the lanes of the event's package in the order of their keys,
 * all of them and not only those that this event goes to: a later event of the same transaction
 * finds its lanes locked already, and cannot come across a verdict's order. Verdict (lane_store.c):
 * lanes only. Both lock a lane before they look at or add to what is pending in it, so a lane is
 * removed only when nothing is pending, and is put back by whoever comes next. */
#include "store/event_store.h"

#include "base/ensure.h"
#include "store/rows.h"

static const char TAKE_NUMBER[] = "UPDATE account_sequence SET last_event = last_event + 1 "
				  "WHERE account = $1 RETURNING last_event";

static bool number_take(struct db *db, const char *account, int64_t *ret_sequence,
			struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, TAKE_NUMBER, ARGS(arg_text(account)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_ACCOUNT_NOT_FOUND, NULL);
	*ret_sequence = rows_int(rows, "last_event");
	return true;
}

static const char INSERT_EVENT[] =
	"INSERT INTO event (account, sequence, id, type, package, session_user_id, message, "
	"document, extra, created_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static bool event_insert(struct db *db, const struct event *event, int64_t sequence,
			 struct error *err)
{
	return db_run(db, INSERT_EVENT,
		      ARGS(arg_text(event->account), arg_int(sequence), arg_text(event->id),
			   arg_text(event->type), arg_text(or_empty(event->package)),
			   arg_text(or_empty(event->session_user)), arg_text(event->message),
			   arg_text(event->document), arg_text(event->extra),
			   arg_time(event->created)),
		      NULL, err);
}

/* 0: DELIVERY_PENDING. */
static const char ADD_DELIVERIES[] =
	"INSERT INTO delivery (account, sequence, endpoint, lane, state, attempts, finished_us) "
	"SELECT account, CAST($1 AS BIGINT), endpoint, CAST($2 AS TEXT), 0, 0, 0 "
	"FROM subscription WHERE account = $3 AND event_type = $4";

/* "C": the order of strcmp, in which verdicts are recorded too, whatever the database's own
 * collation. */
static const char LOCK_LANES_POSTGRESQL[] =
	"SELECT endpoint FROM lane WHERE account = $1 AND lane = $2 "
	"ORDER BY endpoint COLLATE \"C\" FOR UPDATE";

/* The lanes of the deliveries just written, and not of the subscriptions: those may have changed
 * since. A lane's generation starts at a time, so that it never repeats one of an earlier row with
 * the same key. */
static const char ADD_LANES[] =
	"INSERT INTO lane (account, lane, endpoint, due_us, owner, generation) "
	"SELECT account, lane, endpoint, CAST($1 AS BIGINT), '', CAST($1 AS BIGINT) "
	"FROM delivery WHERE account = $2 AND sequence = $3 "
	"ON CONFLICT (account, lane, endpoint) DO NOTHING";

static bool fan_out(struct db *db, const struct event *event, int64_t sequence,
		    int64_t *ret_deliveries, struct error *err)
{
	const char *lane = event->package && *event->package ? event->package : event->id;
	const struct arg account = arg_text(event->account);
	int64_t deliveries;

	if (!db_run(db, ADD_DELIVERIES,
		    ARGS(arg_int(sequence), arg_text(lane), account, arg_text(event->type)),
		    &deliveries, err))
		return false;
	*ret_deliveries = deliveries;
	if (deliveries == 0)
		return true;
	if (db_is_postgresql(db) &&
	    !db_run(db, LOCK_LANES_POSTGRESQL, ARGS(account, arg_text(lane)), NULL, err))
		return false;
	return db_run(db, ADD_LANES, ARGS(arg_time(event->created), account, arg_int(sequence)),
		      NULL, err);
}

bool event_append(struct db *db, const struct event *event, int64_t *ret_sequence,
		  int64_t *ret_deliveries, struct error *err)
{
	int64_t sequence = 0, deliveries = 0;

	if (!number_take(db, event->account, &sequence, err) ||
	    !event_insert(db, event, sequence, err) ||
	    !fan_out(db, event, sequence, &deliveries, err))
		return error_wrap(err, "appending an event");
	*ret_sequence = sequence;
	if (ret_deliveries)
		*ret_deliveries = deliveries;
	return true;
}

static const char LIST_EVENTS[] = "SELECT " EVENT_COLUMNS " FROM event "
				  "WHERE event.account = $1 AND event.sequence > $2 "
				  "ORDER BY event.sequence LIMIT $3";

bool event_list(struct db *db, struct arena *arena, const char *account, int64_t after,
		int64_t limit, struct event **ret_events, size_t *ret_count, struct error *err)
{
	ensure(limit >= 0);
	struct event *events = arena_alloc(arena, (size_t)limit * sizeof(*events));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(
		db, LIST_EVENTS, ARGS(arg_text(account), arg_int(after), arg_int(limit)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		event_from_row(rows, arena, &events[count++]);
	if (err->code != ERROR_NONE)
		return false;
	*ret_events = events;
	*ret_count = count;
	return true;
}
