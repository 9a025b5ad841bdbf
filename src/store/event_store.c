/* event_store.c – the event log, and the fan-out of an event to the queue.
 *
 * Who locks what on PostgreSQL (SQLite has one writer). Fan-out: the account's number, which makes
 * the account's fan-outs serial, then the lanes of the event's package in the order of their keys,
 * all of them and not only those that this event goes to: a later event of the same transaction
 * finds its lanes locked already, and cannot come across a verdict's order. A transaction with
 * events of several packages locks the lanes of all of them first (delivery_lock_lanes). Verdict
 * (lane_store.c): lanes in the order of their keys, then endpoints in the order of theirs, and
 * never the number. Who changes an endpoint (endpoint_store.c): the number, then the endpoint. Both
 * lock a lane before they look at or add to what is pending in it, so a lane is removed only when
 * nothing is pending, and is put back by whoever comes next. */
#include "store/event_store.h"

#include "base/ensure.h"
#include "store/rows.h"

#define TAKE "UPDATE account_sequence SET last_event = last_event + 1 WHERE account = $1"
static const char TAKE_NUMBER_SQLITE[] = TAKE;
static const char READ_NUMBER_SQLITE[] =
	"SELECT last_event, filtered FROM account_sequence WHERE account = $1";
static const char TAKE_NUMBER_POSTGRESQL[] = TAKE " RETURNING last_event, filtered";

/* SQLite makes a table for what RETURNING gives and drops it again, for each event; its one writer
 * can look afterwards as well. */
static struct rows *number_query(struct db *db, const char *account, struct error *err)
{
	if (db_is_postgresql(db))
		return db_query(db, TAKE_NUMBER_POSTGRESQL, ARGS(arg_text(account)), err);
	return db_run(db, TAKE_NUMBER_SQLITE, ARGS(arg_text(account)), NULL, err)
		       ? db_query(db, READ_NUMBER_SQLITE, ARGS(arg_text(account)), err)
		       : NULL;
}

static bool number_take(struct db *db, const char *account, int64_t *ret_sequence,
			bool *ret_filters, struct error *err)
{
	scoped(rows) struct rows *rows = number_query(db, account, err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_ACCOUNT_NOT_FOUND, NULL);
	*ret_sequence = rows_int(rows, "last_event");
	*ret_filters = rows_int(rows, "filtered") > 0;
	return true;
}

static const char INSERT_EVENT[] =
	"INSERT INTO event (account, sequence, id, type, package, session_user_id, message, "
	"document, extra, created_us, hops) "
	"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

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
			   arg_time(event->created), arg_int(event->hops)),
		      NULL, err);
}

/* Not `package IN (…)`: SQLite makes a table of such a list, for each event. */
#define SUBSCRIBED(columns, whose, filter) \
	"SELECT " columns " FROM subscription " \
	"WHERE account = $1 AND event_type = $2 AND package = " whose " AND filter " filter
#define SUBSCRIBERS(columns, filter) \
	SUBSCRIBED(columns, "''", filter) \
	" UNION ALL " SUBSCRIBED(columns, "NULLIF(CAST($3 AS TEXT), '')", filter)

/* 0: DELIVERY_PENDING. Unordered, each delivery is a lane of its own, named after the event. */
#define INSERT_DELIVERY \
	"INSERT INTO delivery (account, sequence, endpoint, lane, state, attempts, finished_us) "
#define DELIVERY_VALUES \
	"account, CAST($4 AS BIGINT), endpoint, " \
	"CASE WHEN ordered = 1 THEN CAST($5 AS TEXT) ELSE CAST($6 AS TEXT) END, 0, 0, 0"
static const char ADD_DELIVERIES[] = INSERT_DELIVERY SUBSCRIBERS(DELIVERY_VALUES, "= ''");
static const char SELECT_FILTERS[] = SUBSCRIBERS("endpoint, ordered, filter", "<> ''");
static const char ADD_DELIVERY[] = INSERT_DELIVERY "VALUES ($1, $2, $3, $4, 0, 0, 0)";

/* "C": the order of strcmp, in which verdicts are recorded too, whatever the database's own
 * collation. */
static const char LOCK_LANES_POSTGRESQL[] =
	"SELECT endpoint FROM lane WHERE account = $1 AND lane = $2 "
	"ORDER BY endpoint COLLATE \"C\" FOR UPDATE";

/* The lanes of the deliveries just written, and not of the subscriptions: those may have changed
 * since. A lane's generation starts at a time, so that it never repeats one of an earlier row with
 * the same key. 0: LANE_FRESH. */
static const char ADD_LANES[] =
	"INSERT INTO lane (account, lane, endpoint, due_us, owner, generation, state) "
	"SELECT account, lane, endpoint, CAST($1 AS BIGINT), '', CAST($1 AS BIGINT), 0 "
	"FROM delivery WHERE account = $2 AND sequence = $3 "
	"ON CONFLICT (account, lane, endpoint) DO NOTHING";

/* An event on its way to those who subscribe to it. */
struct fan_out {
	const struct event *event;
	int64_t sequence;
	const char *package, *lane;
};

/* Read whole before anything is written: a connection runs one statement at a time. */
struct filtered {
	struct filtered *next;
	const char *endpoint, *filter;
	bool ordered;
};

static bool filters_read(struct db *db, struct arena *arena, const struct fan_out *fan_out,
			 struct filtered **ret_filtered, struct error *err)
{
	struct filtered *first = NULL;

	scoped(rows) struct rows *rows = db_query(db, SELECT_FILTERS,
						  ARGS(arg_text(fan_out->event->account),
						       arg_text(fan_out->event->type),
						       arg_text(fan_out->package)),
						  err);
	if (!rows)
		return false;
	while (rows_next(rows, err)) {
		struct filtered *filtered = arena_alloc(arena, sizeof(*filtered));
		*filtered = (struct filtered){first, rows_text(rows, "endpoint", arena),
					      rows_text(rows, "filter", arena),
					      rows_bool(rows, "ordered")};
		first = filtered;
	}
	*ret_filtered = first;
	return err->code == ERROR_NONE;
}

static bool filtered_add(struct db *db, const struct fan_out *fan_out,
			 const struct event_matcher *matcher, int64_t *deliveries,
			 struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	struct filtered *filtered;

	if (!filters_read(db, arena, fan_out, &filtered, err))
		return false;
	for (; filtered; filtered = filtered->next) {
		if (!matcher->matches(filtered->filter, matcher->arg))
			continue;
		const char *lane = filtered->ordered ? fan_out->lane : fan_out->event->id;
		if (!db_run(db, ADD_DELIVERY,
			    ARGS(arg_text(fan_out->event->account), arg_int(fan_out->sequence),
				 arg_text(filtered->endpoint), arg_text(lane)),
			    NULL, err))
			return false;
		++*deliveries;
	}
	return true;
}

static bool lanes_add(struct db *db, const struct fan_out *fan_out, struct error *err)
{
	const struct arg account = arg_text(fan_out->event->account);

	if (db_is_postgresql(db) &&
	    !db_run(db, LOCK_LANES_POSTGRESQL, ARGS(account, arg_text(fan_out->lane)), NULL, err))
		return false;
	return db_run(db, ADD_LANES,
		      ARGS(arg_time(fan_out->event->created), account, arg_int(fan_out->sequence)),
		      NULL, err);
}

bool event_append(struct db *db, const struct event *event, const struct event_matcher *matcher,
		  int64_t *ret_sequence, int64_t *ret_deliveries, struct error *err)
{
	struct fan_out fan_out = {.event = event, .package = or_empty(event->package)};
	int64_t deliveries = 0;
	bool filters = false;

	fan_out.lane = *fan_out.package ? fan_out.package : event->id;
	if (!number_take(db, event->account, &fan_out.sequence, &filters, err) ||
	    !event_insert(db, event, fan_out.sequence, err) ||
	    !db_run(db, ADD_DELIVERIES,
		    ARGS(arg_text(event->account), arg_text(event->type), arg_text(fan_out.package),
			 arg_int(fan_out.sequence), arg_text(fan_out.lane), arg_text(event->id)),
		    &deliveries, err) ||
	    (filters && !filtered_add(db, &fan_out, matcher, &deliveries, err)) ||
	    (deliveries > 0 && !lanes_add(db, &fan_out, err)))
		return error_wrap(err, "appending an event");
	*ret_sequence = fan_out.sequence;
	if (ret_deliveries)
		*ret_deliveries = deliveries;
	return true;
}

static const char SELECT_EVENT[] = "SELECT " EVENT_COLUMNS
				   " FROM event WHERE event.account = $1 AND event.id = $2";

bool event_find(struct db *db, struct arena *arena, const char *account, const char *id,
		struct event *ret_event, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_EVENT,
						  ARGS(arg_text(account), arg_text(id)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_EVENT_NOT_FOUND, NULL);
	event_from_row(rows, arena, ret_event);
	return true;
}

static const char FORGET[] =
	"UPDATE event SET session_user_id = '', message = NULL, document = NULL, extra = NULL, "
	"expunged_us = $3, payload_digest = $4 WHERE account = $1 AND sequence = $2";
static const char FORGET_REPLIES[] =
	"UPDATE attempt SET reply_start = '' WHERE account = $1 AND sequence = $2";

bool event_forget(struct db *db, const struct event *event, struct bytes digest,
		  struct wall_time now, struct error *err)
{
	const struct arg account = arg_text(event->account), number = arg_int(event->sequence);

	return db_run(db, FORGET, ARGS(account, number, arg_time(now), arg_bytes(digest)), NULL,
		      err) &&
	       db_run(db, FORGET_REPLIES, ARGS(account, number), NULL, err);
}

static const char LAST_NUMBER[] =
	"SELECT last_event AS total FROM account_sequence WHERE account = $1";

bool event_last(struct db *db, const char *account, int64_t *ret_sequence, struct error *err)
{
	return query_total(db, LAST_NUMBER, ARGS(arg_text(account)), ret_sequence, err);
}

/* Each end by itself: asked for both at once, SQLite reads all that lies between. */
#define END_OF(end) "COALESCE((SELECT " end "(sequence) FROM event WHERE account = $1), 0)"
static const char SPAN[] = "SELECT " END_OF("MIN") " AS low, " END_OF("MAX") " AS high";
static const char AT[] = "SELECT created_us FROM event WHERE account = $1 "
			 "AND sequence >= $2 ORDER BY sequence LIMIT 1";

static bool span_read(struct db *db, const char *account, int64_t *ret_low, int64_t *ret_high,
		      struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SPAN, ARGS(arg_text(account)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	*ret_low = rows_int(rows, "low");
	*ret_high = rows_int(rows, "high");
	return true;
}

bool event_time(struct db *db, const char *account, int64_t sequence, struct wall_time *ret_created,
		struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, AT,
						  ARGS(arg_text(account), arg_int(sequence)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	*ret_created = found ? rows_time(rows, "created_us") : wall_from_us(0);
	return true;
}

/* By halving: numbers grow with time, and no index on the time is needed. */
bool event_boundary(struct db *db, const char *account, struct wall_time time,
		    int64_t *ret_boundary, struct error *err)
{
	int64_t low, high;

	if (!span_read(db, account, &low, &high, err))
		return false;
	low--; /* older; what is beyond high is not */
	while (low < high) {
		int64_t middle = low + (high - low + 1) / 2;
		struct wall_time created;
		if (!event_time(db, account, middle, &created, err))
			return false;
		if (created.us && created.us < time.us)
			low = middle;
		else
			high = middle - 1;
	}
	*ret_boundary = low > 0 ? low : 0;
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
