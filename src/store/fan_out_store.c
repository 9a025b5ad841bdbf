/* fan_out_store.c – SQL of fan-outs. Who locks what: event_store.c. */
#include "store/fan_out_store.h"

#include <string.h>

#include "base/ensure.h"
#include "store/db_driver.h"
#include "store/rows.h"

/* PostgreSQL: a node that is at an account's fan-out holds (this, hashtext(account)). */
#define FAN_OUT_LOCK "1735550055"
/* Packages that are forgotten in one transaction when a fan-out has ended. */
#define FORGET_MAX 200

/* An event's lane in an endpoint that wants order; in others it is the event's id. */
static const char *lane_of(const struct event *event)
{
	return *event->package ? event->package : event->id;
}

/* ---- at once ---- */

/* Not `package IN (…)`: SQLite makes a table of such a list, for each event. */
#define SUBSCRIBED(columns, whose, filter) \
	"SELECT " columns " FROM subscription " \
	"WHERE account = $1 AND event_type = $2 AND package = " whose " AND filter " filter
#define SUBSCRIBERS(columns, filter) \
	SUBSCRIBED(columns, "''", filter) \
	" UNION ALL " SUBSCRIBED(columns, "NULLIF(CAST($3 AS TEXT), '')", filter)

/* 0: DELIVERY_PENDING. Unordered, each delivery is a lane of its own, named after the event. */
#define INSERT_DELIVERY \
	"INSERT INTO delivery (account, sequence, endpoint, lane, state, attempts, finished_us, " \
	"queued_us) "
#define DELIVERY_VALUES \
	"account, CAST($4 AS BIGINT), endpoint, " \
	"CASE WHEN ordered = 1 THEN CAST($5 AS TEXT) ELSE CAST($6 AS TEXT) END, 0, 0, 0, " \
	"CAST($8 AS BIGINT)"
static const char ADD_DELIVERIES[] = INSERT_DELIVERY SUBSCRIBERS(DELIVERY_VALUES,
								 "= ''") " LIMIT $7";
static const char SELECT_FILTERS[] = SUBSCRIBERS("endpoint, ordered, filter", "<> ''") " LIMIT $4";
/* One may be there: a replay has made it. */
static const char ADD_DELIVERY[] = INSERT_DELIVERY
	"VALUES ($1, $2, $3, $4, 0, 0, 0, $5) ON CONFLICT (account, sequence, endpoint) DO NOTHING";

/* "C": the order of strcmp, in which verdicts are recorded too, whatever the database's own
 * collation. */
static const char LOCK_LANES[] = "SELECT endpoint FROM lane WHERE account = $1 AND lane = $2 "
				 "ORDER BY endpoint COLLATE \"C\" FOR UPDATE";

/* The lanes of the deliveries just written, and not of the subscriptions: those may have changed
 * since. A lane's generation starts at a time, so that it never repeats one of an earlier row with
 * the same key. 0: LANE_FRESH. */
#define ADD_LANES_OF(deliveries) \
	"INSERT INTO lane (account, lane, endpoint, due_us, owner, generation, state) " \
	"SELECT account, lane, endpoint, CAST($1 AS BIGINT), '', CAST($1 AS BIGINT), 0 " \
	"FROM delivery WHERE account = $2 AND sequence = $3 " deliveries \
	"ON CONFLICT (account, lane, endpoint) DO NOTHING"
static const char ADD_LANES[] = ADD_LANES_OF("");
static const char ADD_LANES_OF_CHUNK[] = ADD_LANES_OF(
	"AND endpoint > $4 AND endpoint <= $5 AND state = 0 ");

/* A subscription with its filter; "": none. Read whole before anything is written: a connection
 * runs one statement at a time. */
struct subscriber {
	const char *endpoint, *filter;
	bool ordered;
};

static bool subscribers_read(struct rows *rows, struct arena *arena, size_t limit,
			     struct subscriber **ret_list, size_t *ret_count, struct error *err)
{
	struct subscriber *list = arena_alloc(arena, limit * sizeof(*list));
	size_t count = 0;

	if (!rows)
		return false;
	while (rows_next(rows, err)) {
		ensure(count < limit);
		list[count++] = (struct subscriber){rows_text(rows, "endpoint", arena),
						    rows_text(rows, "filter", arena),
						    rows_bool(rows, "ordered")};
	}
	*ret_list = list;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

/* Those of them that have a filter, and whose filter lets the event through. */
static bool filtered_add(struct db *db, const struct event *event,
			 const struct event_matcher *matcher, const struct subscriber *list,
			 size_t count, struct wall_time queued, int64_t *deliveries,
			 struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		const char *lane = list[i].ordered ? lane_of(event) : event->id;
		int64_t added;
		if (!*list[i].filter || !matcher->matches(list[i].filter, matcher))
			continue;
		if (!db_run(db, ADD_DELIVERY,
			    ARGS(arg_text(event->account), arg_int(event->sequence),
				 arg_text(list[i].endpoint), arg_text(lane), arg_time(queued)),
			    &added, err))
			return false;
		*deliveries += added;
	}
	return true;
}

/* *ret_all false: they are more than `room`, and none is made. */
static bool filtered_at_once(struct db *db, const struct fan_out *fan_out, int64_t room,
			     int64_t *deliveries, bool *ret_all, struct error *err)
{
	const struct event *event = &fan_out->event;
	scoped(arena) struct arena *arena = arena_new();
	size_t limit = (size_t)room + 1, count;
	struct subscriber *list;
	{
		scoped(rows) struct rows *rows = db_query(
			db, SELECT_FILTERS,
			ARGS(arg_text(event->account), arg_text(event->type),
			     arg_text(event->package), arg_int((int64_t)limit)),
			err);
		if (!subscribers_read(rows, arena, limit, &list, &count, err))
			return false;
	}
	*ret_all = count < limit;
	return !*ret_all || filtered_add(db, event, fan_out->matcher, list, count, event->queued,
					 deliveries, err);
}

static bool lanes_add(struct db *db, const struct event *event, struct error *err)
{
	const struct arg account = arg_text(event->account);

	return db_lock(db, LOCK_LANES, ARGS(account, arg_text(lane_of(event))), err) &&
	       db_run(db, ADD_LANES,
		      ARGS(arg_time(event->queued), account, arg_int(event->sequence)), NULL, err);
}

bool fan_out_at_once(struct db *db, const struct fan_out *fan_out, int64_t room,
		     int64_t *ret_deliveries, bool *ret_all, struct error *err)
{
	const struct event *event = &fan_out->event;
	int64_t deliveries;

	if (!db_run(db, ADD_DELIVERIES,
		    ARGS(arg_text(event->account), arg_text(event->type), arg_text(event->package),
			 arg_int(event->sequence), arg_text(lane_of(event)), arg_text(event->id),
			 arg_int(room), arg_time(event->queued)),
		    &deliveries, err))
		return false;
	*ret_all = deliveries < room;
	if (*ret_all && fan_out->has_filters &&
	    !filtered_at_once(db, fan_out, room - deliveries, &deliveries, ret_all, err))
		return false;
	*ret_deliveries = deliveries;
	return deliveries == 0 || lanes_add(db, event, err);
}

/* ---- in pieces ---- */

#define COLUMNS "endpoint, ordered, filter"
/* By the key of their table, so that its index gives them in order. */
#define HEARING_IN(table, whose, when) \
	"SELECT " COLUMNS " FROM " table " WHERE account = $1 AND event_type = $2 " \
	"AND package = " whose " AND endpoint > $4 AND since < $5 " when
#define HEARING_FOR(whose) \
	HEARING_IN("subscription", whose, "") \
	" UNION ALL " HEARING_IN("past_subscription", whose, "AND through >= $5")
/* Who subscribed when the event was raised. */
#define HEARING HEARING_FOR("''") " UNION ALL " HEARING_FOR("NULLIF(CAST($3 AS TEXT), '')")
static const char LIST_CHUNK[] = "SELECT " COLUMNS " FROM (" HEARING
				 ") AS hearing ORDER BY endpoint LIMIT $6";
static const char ADD_CHUNK[] = INSERT_DELIVERY
	"SELECT CAST($1 AS TEXT), CAST($5 AS BIGINT), endpoint, "
	"CASE WHEN ordered = 1 THEN CAST($7 AS TEXT) ELSE CAST($8 AS TEXT) END, 0, 0, 0, "
	"CAST($9 AS BIGINT) "
	"FROM (" HEARING ") AS hearing WHERE endpoint <= $6 AND filter = '' "
	"ON CONFLICT (account, sequence, endpoint) DO NOTHING";

static bool chunk_list(struct db *db, struct arena *arena, const struct event *event,
		       const char *after, struct subscriber **ret_list, size_t *ret_count,
		       struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, LIST_CHUNK,
		ARGS(arg_text(event->account), arg_text(event->type), arg_text(event->package),
		     arg_text(after), arg_int(event->sequence), arg_int(FAN_OUT_CHUNK)),
		err);

	return subscribers_read(rows, arena, FAN_OUT_CHUNK, ret_list, ret_count, err);
}

static bool chunk_add(struct db *db, const struct fan_out *fan_out, const char *after,
		      const char *through, const struct subscriber *list, size_t count,
		      struct wall_time now, int64_t *ret_added, struct error *err)
{
	const struct event *event = &fan_out->event;

	return db_run(db, ADD_CHUNK,
		      ARGS(arg_text(event->account), arg_text(event->type),
			   arg_text(event->package), arg_text(after), arg_int(event->sequence),
			   arg_text(through), arg_text(lane_of(event)), arg_text(event->id),
			   arg_time(now)),
		      ret_added, err) &&
	       filtered_add(db, event, fan_out->matcher, list, count, now, ret_added, err);
}

bool fan_out_chunk(struct db *db, struct arena *arena, const struct fan_out *fan_out,
		   const char *after, struct wall_time now, const char **ret_after,
		   int64_t *deliveries, struct error *err)
{
	const struct event *event = &fan_out->event;
	struct subscriber *list;
	int64_t added = 0;
	size_t count;

	if (!chunk_list(db, arena, event, after, &list, &count, err))
		return false;
	const char *through = count > 0 ? list[count - 1].endpoint : after;
	if (count > 0 && !chunk_add(db, fan_out, after, through, list, count, now, &added, err))
		return false;
	if (added > 0 && !db_run(db, ADD_LANES_OF_CHUNK,
				 ARGS(arg_time(now), arg_text(event->account),
				      arg_int(event->sequence), arg_text(after), arg_text(through)),
				 NULL, err))
		return false;
	*deliveries += added;
	*ret_after = count < FAN_OUT_CHUNK ? NULL : through;
	return true;
}

bool fan_out_whole(struct db *db, const struct fan_out *fan_out, int64_t *deliveries,
		   struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *after = "";

	while (after) {
		if (!fan_out_chunk(db, arena, fan_out, after, fan_out->event.queued, &after,
				   deliveries, err))
			return false;
	}
	return true;
}

/* ---- the cursor ---- */

static const char OPEN[] = "UPDATE account_sequence SET fan_next = $2, fan_after = '' "
			   "WHERE account = $1 AND fan_next = 0";
static const char FIND_OPEN[] = "SELECT account FROM account_sequence "
				"WHERE fan_next > 0 AND account > $1 ORDER BY account LIMIT 1";
static const struct sql_pair try_lock = {
	.sqlite = NULL, /* the writer is alone */
	.postgresql = "SELECT CAST(pg_try_advisory_xact_lock(" FAN_OUT_LOCK
		      ", hashtext($1)) AS INTEGER) AS total",
};
#define READ_CURSOR \
	"SELECT fan_next, fan_after, last_event FROM account_sequence " \
	"WHERE account = $1 AND fan_next > 0"
static const struct sql_pair read_cursor = SQL_FOR_UPDATE(READ_CURSOR);
static const char MOVE[] = "UPDATE account_sequence SET fan_next = $2, fan_after = $3 "
			   "WHERE account = $1";

bool fan_out_open(struct db *db, const struct fan_out *fan_out, struct error *err)
{
	return db_run(db, OPEN,
		      ARGS(arg_text(fan_out->event.account), arg_int(fan_out->event.sequence)),
		      NULL, err);
}

static bool open_find(struct db *db, struct arena *arena, const char *account,
		      const char **ret_account, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, FIND_OPEN, ARGS(arg_text(account)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	*ret_account = found ? rows_text(rows, "account", arena) : NULL;
	return true;
}

bool fan_out_find(struct db *db, struct arena *arena, const char *account, const char **ret_account,
		  struct error *err)
{
	return open_find(db, arena, account, ret_account, err) &&
	       (*ret_account || !*account || open_find(db, arena, "", ret_account, err));
}

static bool is_ours(struct db *db, const char *account, bool *ret_ours, struct error *err)
{
	const char *lock = db_choose(db, &try_lock);
	int64_t got = 1;

	if (lock && !query_total(db, lock, ARGS(arg_text(account)), &got, err))
		return false;
	*ret_ours = got != 0;
	return true;
}

bool fan_out_take(struct db *db, struct arena *arena, const char *account,
		  struct fan_out_cursor *ret_cursor, bool *ret_found, struct error *err)
{
	if (!is_ours(db, account, ret_found, err))
		return false;
	if (!*ret_found)
		return true;
	scoped(rows) struct rows *rows = db_query(db, db_choose(db, &read_cursor),
						  ARGS(arg_text(account)), err);
	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		*ret_cursor = (struct fan_out_cursor){
			.account = account,
			.next = rows_int(rows, "fan_next"),
			.after = rows_text(rows, "fan_after", arena),
			.last = rows_int(rows, "last_event"),
		};
	return true;
}

/* No event needs them any more. */
static const char FORGET_SUBSCRIPTIONS[] = "DELETE FROM past_subscription WHERE account = $1";
static const char FORGET_PACKAGES[] =
	"DELETE FROM fan_out_package WHERE account = $1 AND (package, sequence) IN "
	"(SELECT package, sequence FROM fan_out_package AS old WHERE old.account = $1 LIMIT $2)";

static bool kept_forget(struct db *db, const char *account, bool *ret_all, struct error *err)
{
	int64_t forgotten;

	if (!db_run(db, FORGET_PACKAGES, ARGS(arg_text(account), arg_int(FORGET_MAX)), &forgotten,
		    err))
		return false;
	*ret_all = forgotten < FORGET_MAX;
	return !*ret_all || db_run(db, FORGET_SUBSCRIPTIONS, ARGS(arg_text(account)), NULL, err);
}

bool fan_out_save(struct db *db, const struct fan_out_cursor *cursor, struct error *err)
{
	const struct arg account = arg_text(cursor->account);
	bool closes = false;

	if (cursor->next > cursor->last && !kept_forget(db, cursor->account, &closes, err))
		return false;
	return db_run(db, MOVE,
		      ARGS(account, arg_int(closes ? 0 : cursor->next), arg_text(cursor->after)),
		      NULL, err);
}

static const char FIRST[] = "SELECT COALESCE(MAX(fan_next), 0) AS total FROM account_sequence "
			    "WHERE account = $1";

bool fan_out_first(struct db *db, const char *account, int64_t *ret_first, struct error *err)
{
	int64_t next;

	if (!query_total(db, FIRST, ARGS(arg_text(account)), &next, err))
		return false;
	*ret_first = next > 0 ? next : INT64_MAX;
	return true;
}

static const char OWED[] =
	"SELECT COALESCE(MAX((last_event - fan_next) * (SELECT COUNT(*) FROM subscription "
	"WHERE subscription.account = $1 AND event_type = $2 AND package IN ('', $3))), 0) AS total "
	"FROM account_sequence WHERE account = $1 AND fan_next > 0";

bool fan_out_owed(struct db *db, const char *account, const char *type, const char *package,
		  int64_t *ret_owed, struct error *err)
{
	return query_total(db, OWED, ARGS(arg_text(account), arg_text(type), arg_text(package)),
			   ret_owed, err);
}

/* ---- what was then ---- */

static const char KEEP_SUBSCRIPTIONS[] =
	"INSERT INTO past_subscription (account, event_type, package, endpoint, ordered, filter, "
	"since, through) SELECT subscription.account, event_type, package, endpoint, ordered, "
	"filter, since, last_event FROM subscription JOIN account_sequence "
	"ON account_sequence.account = subscription.account AND fan_next > 0 "
	"AND since < last_event WHERE subscription.account = $1 AND endpoint = $2 "
	"ON CONFLICT DO NOTHING";

bool subscription_keep(struct db *db, const char *account, const char *endpoint, struct error *err)
{
	return db_run(db, KEEP_SUBSCRIPTIONS, ARGS(arg_text(account), arg_text(endpoint)), NULL,
		      err);
}

static const char READ_PACKAGE[] =
	"SELECT sender, body FROM fan_out_package WHERE account = $1 AND package = $2 "
	"AND sequence <= $3 ORDER BY sequence DESC LIMIT 1";
static const char INSERT_PACKAGE[] =
	"INSERT INTO fan_out_package (account, package, sequence, sender, body) "
	"VALUES ($1, $2, $3, $4, $5)";

bool fan_out_recall(struct db *db, struct arena *arena, const struct event *event,
		    struct event_matcher *matcher, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, READ_PACKAGE,
		ARGS(arg_text(event->account), arg_text(event->package), arg_int(event->sequence)),
		err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	matcher->sender = found ? rows_text(rows, "sender", arena) : NULL;
	matcher->package = found ? rows_text(rows, "body", arena) : NULL;
	return true;
}

static bool texts_are_alike(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* A package is written down when it has changed since, not for each of its events: a producer's
 * request may bring hundreds for one large package. */
bool fan_out_keep(struct db *db, const struct fan_out *fan_out, struct error *err)
{
	const struct event *event = &fan_out->event;
	struct event_matcher then = {NULL, NULL, NULL};

	if (!fan_out->has_filters || !fan_out->matcher)
		return true;
	scoped(arena) struct arena *arena = arena_new();
	if (!fan_out_recall(db, arena, event, &then, err))
		return false;
	if (texts_are_alike(then.sender, fan_out->matcher->sender) &&
	    texts_are_alike(then.package, fan_out->matcher->package))
		return true;
	return db_run(db, INSERT_PACKAGE,
		      ARGS(arg_text(event->account), arg_text(event->package),
			   arg_int(event->sequence), arg_text(fan_out->matcher->sender),
			   arg_text(fan_out->matcher->package)),
		      NULL, err);
}
