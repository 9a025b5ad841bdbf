/* event_store.c – the event log. Its events go to endpoints by fan_out_store.c.
 *
 * Who locks what on PostgreSQL (SQLite has one writer). Fan-out: the account's number, which makes
 * the account's fan-outs serial, then the lanes of the event's package in the order of their keys,
 * all of them and not only those that this event goes to: a later event of the same transaction
 * finds its lanes locked already, and cannot come across a verdict's order. A transaction with
 * events of several packages locks the lanes of all of them first (delivery_lock_lanes). Verdict
 * (lane_store.c): lanes in the order of their keys, then endpoints in the order of theirs, and
 * never the number. Who changes an endpoint (endpoint_store.c): the number, then the endpoint. Both
 * lock a lane before they look at or add to what is pending in it, so a lane is removed only when
 * nothing is pending, and is restored by the next one. */
#include "store/event_store.h"

#include "base/ensure.h"
#include "store/fan_out_store.h"
#include "store/rows.h"

/* SQLite makes a table for what RETURNING gives and drops it again, for each event. So its number
 * is taken by a statement before the one that reads it: its one writer is alone between the two. */
static const struct sql_pair take_number = {
	.sqlite = "UPDATE account_sequence SET last_event = last_event + 1 WHERE account = $1",
	.postgresql = NULL,
};
static const struct sql_pair read_number = {
	.sqlite = "SELECT last_event, filtered, fan_next, uncounted FROM account_sequence "
		  "WHERE account = $1",
	.postgresql = "UPDATE account_sequence SET last_event = last_event + 1 WHERE account = $1 "
		      "RETURNING last_event, filtered, fan_next, uncounted",
};

static struct rows *number_query(struct db *db, const char *account, struct error *err)
{
	const char *before = db_choose(db, &take_number);

	return !before || db_run(db, before, ARGS(arg_text(account)), NULL, err)
		       ? db_query(db, db_choose(db, &read_number), ARGS(arg_text(account)), err)
		       : NULL;
}

/* There is an event that is in no statistics yet: tally_store.h. Once for many events: it is in an
 * index. */
static const char MARK_UNCOUNTED[] = "UPDATE account_sequence SET uncounted = 1 WHERE account = $1";

struct number {
	int64_t sequence;
	int64_t fan_next; /* 0: all earlier events have their deliveries */
	bool filters;
	bool is_marked; /* as uncounted */
};

static bool number_take(struct db *db, const char *account, struct number *ret_number,
			struct error *err)
{
	scoped(rows) struct rows *rows = number_query(db, account, err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_ACCOUNT_NOT_FOUND, NULL);
	*ret_number = (struct number){.sequence = rows_int(rows, "last_event"),
				      .fan_next = rows_int(rows, "fan_next"),
				      .filters = rows_int(rows, "filtered") > 0,
				      .is_marked = rows_bool(rows, "uncounted")};
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

/* A node of version 0.3 knows nothing of fan-outs and would overtake one: beside such a node all
 * deliveries are made here. */
static bool rest_make(struct db *db, const struct fan_out *fan_out, struct event_place *place,
		      struct error *err)
{
	bool older;

	if (!nodes_are_older(db, &older, err))
		return false;
	if (older)
		return fan_out_whole(db, fan_out, &place->deliveries, err);
	place->opens_fan_out = true;
	return fan_out_open(db, fan_out, err) && fan_out_keep(db, fan_out, err);
}

static bool deliveries_make(struct db *db, const struct fan_out *fan_out, int64_t *room,
			    struct event_place *place, struct error *err)
{
	bool all;

	if (!fan_out_at_once(db, fan_out, *room, &place->deliveries, &all, err) ||
	    (!all && !rest_make(db, fan_out, place, err)))
		return false;
	*room = *room > place->deliveries ? *room - place->deliveries : 0;
	return true;
}

bool event_append(struct db *db, const struct event *event, const struct event_matcher *matcher,
		  int64_t *room, struct event_place *ret_place, struct error *err)
{
	struct number number = {0};

	if (!number_take(db, event->account, &number, err) ||
	    (!number.is_marked &&
	     !db_run(db, MARK_UNCOUNTED, ARGS(arg_text(event->account)), NULL, err)) ||
	    !event_insert(db, event, number.sequence, err))
		return error_wrap(err, "appending an event");
	struct fan_out fan_out = {*event, matcher, number.filters};
	fan_out.event.sequence = number.sequence;
	fan_out.event.package = or_empty(event->package);
	if (!event->queued.us)
		fan_out.event.queued = event->created;
	struct event_place place = {.sequence = number.sequence};
	if (number.fan_next > 0)
		place.behind = number.sequence - number.fan_next;
	/* Behind earlier events that wait for their deliveries, it waits too. */
	if (!(number.fan_next > 0 ? fan_out_keep(db, &fan_out, err)
				  : deliveries_make(db, &fan_out, room, &place, err)))
		return error_wrap(err, "appending an event");
	*ret_place = place;
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
	"UPDATE attempt SET reply_start = '', reply_head = '' WHERE account = $1 AND sequence = $2";

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

static const char LAST_OF_TYPE[] = "SELECT " EVENT_COLUMNS " FROM event "
				   "WHERE event.account = $1 AND event.type = $2 "
				   "ORDER BY event.sequence DESC LIMIT 1";

bool event_last_of_type(struct db *db, struct arena *arena, const char *account, const char *type,
			struct event *ret_event, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, LAST_OF_TYPE,
						  ARGS(arg_text(account), arg_text(type)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		event_from_row(rows, arena, ret_event);
	return true;
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

static const char LIST_OF_PACKAGE[] = "SELECT " EVENT_COLUMNS " FROM event "
				      "WHERE event.account = $1 AND event.package = $4 "
				      "AND event.sequence > $2 ORDER BY event.sequence LIMIT $3";
static const char LIST_EVENTS[] = "SELECT " EVENT_COLUMNS " FROM event "
				  "WHERE event.account = $1 AND event.sequence > $2 "
				  "ORDER BY event.sequence LIMIT $3";

bool event_list(struct db *db, struct arena *arena, const char *account, int64_t after,
		int64_t limit, struct event **ret_events, size_t *ret_count, struct error *err)
{
	return event_list_of(db, arena, account, NULL, after, limit, ret_events, ret_count, err);
}

bool event_list_of(struct db *db, struct arena *arena, const char *account, const char *package,
		   int64_t after, int64_t limit, struct event **ret_events, size_t *ret_count,
		   struct error *err)
{
	ensure(limit >= 0);
	struct event *events = arena_alloc(arena, (size_t)limit * sizeof(*events));
	size_t count = 0;

	const struct arg args[] = {arg_text(account), arg_int(after), arg_int(limit),
				   arg_text(package)};
	scoped(rows) struct rows *rows = db_query(db, package ? LIST_OF_PACKAGE : LIST_EVENTS, args,
						  package ? 4 : 3, err);
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
