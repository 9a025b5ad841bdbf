/* delivery_log.c – the record of delivery_store.h: what was sent where, and what came of it. */
#include "store/delivery_store.h"

#include <string.h>

#include "base/ensure.h"
#include "store/rows.h"

const char *delivery_state_name(enum delivery_state state)
{
	static const char *const names[] = {
		[DELIVERY_PENDING] = "PENDING",
		[DELIVERY_DELIVERED] = "DELIVERED",
		[DELIVERY_FAILED] = "FAILED",
	};

	ensure(state < DELIVERY_STATE_COUNT);
	return names[state];
}

/* With the package certain to be compared, the index event_package serves the search.
 * CROSS JOIN: SQLite reads the tables in this order, newest event first, and need not sort. */
#define OF_PACKAGE "event.package = $2"
#define OF_ANY_PACKAGE "CAST($2 AS TEXT) IS NULL"
#define MATCHING(package) \
	"FROM event CROSS JOIN delivery WHERE event.account = $1 AND " package " " \
	"AND (CAST($3 AS TEXT) IS NULL OR event.type = $3) " \
	"AND (CAST($4 AS TEXT) IS NULL OR event.id = $4) " \
	"AND delivery.account = $1 AND delivery.sequence = event.sequence " \
	"AND (CAST($5 AS BIGINT) < 0 OR delivery.state = $5)"
#define COUNT(package) "SELECT COUNT(*) AS total " MATCHING(package)

/* When the delivery at the head of a lane that waits is tried again. */
#define NEXT_ATTEMPT \
	"(SELECT lane.due_us FROM lane WHERE page.state = 0 AND lane.account = page.account " \
	"AND lane.lane = page.lane AND lane.endpoint = page.endpoint AND lane.owner = '' " \
	"AND page.sequence = (SELECT MIN(head.sequence) FROM delivery AS head " \
	"WHERE head.account = page.account AND head.lane = page.lane " \
	"AND head.endpoint = page.endpoint AND head.state = 0))"

/* One row for each attempt, or one for a delivery without any. */
#define LIST(package) \
	"WITH page AS MATERIALIZED (SELECT " EVENT_COLUMNS ", delivery.endpoint AS endpoint, " \
	"delivery.lane AS lane, delivery.state AS state, delivery.attempts AS attempts, " \
	"delivery.finished_us AS finished_us " MATCHING( \
		package) " ORDER BY event.sequence DESC, delivery.endpoint DESC LIMIT $6 OFFSET " \
			 "$7) " \
			 "SELECT page.*, endpoint.url AS url, " NEXT_ATTEMPT \
			 " AS next_attempt_us, " \
			 "attempt.number AS number, attempt.started_us AS started_us, " \
			 "attempt.took_us AS took_us, attempt.address AS address, " \
			 "attempt.http_status AS http_status, attempt.error_class AS " \
			 "error_class, " \
			 "attempt.reply_start AS reply_start " \
			 "FROM page LEFT JOIN endpoint " \
			 "ON endpoint.account = page.account AND endpoint.id = page.endpoint " \
			 "LEFT JOIN attempt ON attempt.account = page.account " \
			 "AND attempt.sequence = page.sequence AND attempt.endpoint = " \
			 "page.endpoint " \
			 "ORDER BY page.sequence DESC, page.endpoint DESC, attempt.number"

static const char LIST_OF_PACKAGE[] = LIST(OF_PACKAGE);
static const char LIST_OF_ANY_PACKAGE[] = LIST(OF_ANY_PACKAGE);
/* Without a word about the event there is no need to look at it. */
static const char COUNT_OF_ANY_EVENT[] =
	"SELECT COUNT(*) AS total FROM delivery WHERE account = $1 "
	"AND (CAST($2 AS BIGINT) < 0 OR state = $2)";
static const char COUNT_OF_PACKAGE[] = COUNT(OF_PACKAGE);
static const char COUNT_OF_ANY_PACKAGE[] = COUNT(OF_ANY_PACKAGE);

enum {
	COUNT_ARGS = 5,
	LIST_ARGS = 7,
};

static bool filter_count(struct db *db, const struct delivery_filter *filter,
			 const struct arg *args, int64_t *ret_total, struct error *err)
{
	if (!filter->package && !filter->type && !filter->event_id)
		return query_total(db, COUNT_OF_ANY_EVENT,
				   ARGS(arg_text(filter->account), arg_int(filter->state)),
				   ret_total, err);
	return query_total(db, filter->package ? COUNT_OF_PACKAGE : COUNT_OF_ANY_PACKAGE, args,
			   COUNT_ARGS, ret_total, err);
}

/* *ret_attempts: the room behind its attempt_list. */
static void delivery_from_row(struct rows *rows, struct arena *arena, struct delivery *ret_delivery,
			      struct attempt **ret_attempts)
{
	const char *url = rows_text(rows, "url", arena);
	int64_t attempts = rows_int(rows, "attempts");
	/* As many as there are rows of them: attempt_record counts what it writes. */
	struct attempt *room = arena_alloc(arena, (size_t)attempts * sizeof(*room));

	*ret_delivery = (struct delivery){
		.endpoint = rows_text(rows, "endpoint", arena),
		.endpoint_url = url ? url : "",
		.state = (enum delivery_state)rows_int(rows, "state"),
		.attempts = attempts,
		.next_attempt = rows_time(rows, "next_attempt_us"),
		.finished = rows_time(rows, "finished_us"),
		.attempt_list = room,
	};
	event_from_row(rows, arena, &ret_delivery->event);
	*ret_attempts = room;
}

static void attempt_from_row(struct rows *rows, struct arena *arena,
			     const struct delivery *delivery, struct attempt *ret_attempt)
{
	*ret_attempt = (struct attempt){
		.account = delivery->event.account,
		.endpoint = delivery->endpoint,
		.sequence = delivery->event.sequence,
		.number = rows_int(rows, "number"),
		.started = rows_time(rows, "started_us"),
		.took = duration_us(rows_int(rows, "took_us")),
		.address = rows_text(rows, "address", arena),
		.http_status = rows_int(rows, "http_status"),
		.error_class = rows_text(rows, "error_class", arena),
		.reply_start = rows_text(rows, "reply_start", arena),
	};
}

/* The rows of a page, in its order: a delivery begins where event or endpoint change. */
static bool page_read(struct rows *rows, struct arena *arena, struct delivery *ret_deliveries,
		      size_t *ret_count, struct error *err)
{
	struct delivery *delivery = NULL;
	struct attempt *attempts = NULL;
	size_t count = 0;

	while (rows_next(rows, err)) {
		if (!delivery || delivery->event.sequence != rows_int(rows, "sequence") ||
		    strcmp(delivery->endpoint, rows_text(rows, "endpoint", arena)) != 0) {
			delivery = &ret_deliveries[count++];
			delivery_from_row(rows, arena, delivery, &attempts);
		}
		if (!rows_is_null(rows, "number")) {
			ensure((int64_t)delivery->attempt_count < delivery->attempts);
			attempt_from_row(rows, arena, delivery,
					 &attempts[delivery->attempt_count++]);
		}
	}
	*ret_count = count;
	return err->code == ERROR_NONE;
}

bool delivery_list(struct db *db, struct arena *arena, const struct delivery_filter *filter,
		   struct delivery **ret_deliveries, size_t *ret_count, int64_t *ret_total,
		   struct error *err)
{
	ensure(filter->limit >= 0 && filter->offset >= 0);
	const struct arg args[LIST_ARGS] = {
		arg_text(filter->account),  arg_text(filter->package), arg_text(filter->type),
		arg_text(filter->event_id), arg_int(filter->state),    arg_int(filter->limit),
		arg_int(filter->offset),
	};
	struct delivery *deliveries = arena_alloc(arena,
						  (size_t)filter->limit * sizeof(*deliveries));
	size_t count;
	int64_t total;

	if (!filter_count(db, filter, args, &total, err))
		return false;
	scoped(rows) struct rows *rows = db_query(
		db, filter->package ? LIST_OF_PACKAGE : LIST_OF_ANY_PACKAGE, args, LIST_ARGS, err);
	if (!rows || !page_read(rows, arena, deliveries, &count, err))
		return false;
	*ret_deliveries = deliveries;
	*ret_count = count;
	*ret_total = total;
	return true;
}
