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

bool delivery_state_find(const char *name, int *ret_state)
{
	for (int state = 0; state < DELIVERY_STATE_COUNT; state++) {
		if (strcmp(name, delivery_state_name((enum delivery_state)state)) == 0) {
			*ret_state = state;
			return true;
		}
	}
	return false;
}

/* With the package, the event or the endpoint certain to be compared, the indexes event_package,
 * event_id and delivery_of_endpoint serve the search. CROSS JOIN: SQLite reads the tables in this
 * order, and need not sort. */
#define OF_ANY \
	"FROM event CROSS JOIN delivery WHERE event.account = $1 AND CAST($2 AS TEXT) IS NULL " \
	"AND CAST($4 AS TEXT) IS NULL AND (CAST($5 AS TEXT) IS NULL OR delivery.endpoint = $5)"
#define OF_PACKAGE \
	"FROM event CROSS JOIN delivery WHERE event.account = $1 AND event.package = $2 " \
	"AND (CAST($4 AS TEXT) IS NULL OR event.id = $4) " \
	"AND (CAST($5 AS TEXT) IS NULL OR delivery.endpoint = $5)"
#define OF_EVENT \
	"FROM event CROSS JOIN delivery WHERE event.account = $1 AND event.id = $4 " \
	"AND (CAST($2 AS TEXT) IS NULL OR event.package = $2) " \
	"AND (CAST($5 AS TEXT) IS NULL OR delivery.endpoint = $5)"
#define OF_ENDPOINT \
	"FROM delivery CROSS JOIN event WHERE delivery.endpoint = $5 AND event.account = $1 " \
	"AND CAST($2 AS TEXT) IS NULL AND CAST($4 AS TEXT) IS NULL"
#define AND_MATCHING \
	" AND delivery.account = $1 AND delivery.sequence = event.sequence " \
	"AND (CAST($3 AS TEXT) IS NULL OR event.type = $3) " \
	"AND (CAST($6 AS BIGINT) < 0 OR delivery.state = $6) " \
	"AND ((CAST($7 AS TEXT) IS NULL AND CAST($8 AS BIGINT) < 0) OR EXISTS (" \
	"SELECT 1 FROM attempt AS tried WHERE tried.account = $1 " \
	"AND tried.sequence = delivery.sequence AND tried.endpoint = delivery.endpoint " \
	"AND (CAST($7 AS TEXT) IS NULL OR tried.error_class = $7) " \
	"AND (CAST($8 AS BIGINT) < 0 OR tried.http_status = $8))) " \
	"AND event.created_us >= CAST($9 AS BIGINT) " \
	"AND (CAST($10 AS BIGINT) = 0 OR event.created_us < $10)"
#define COUNT(from) "SELECT COUNT(*) AS total " from AND_MATCHING

/* When the delivery at the head of a lane that waits is tried again. */
#define NEXT_ATTEMPT \
	"(SELECT lane.due_us FROM lane WHERE page.state = 0 AND lane.account = page.account " \
	"AND lane.lane = page.lane AND lane.endpoint = page.endpoint AND lane.state = 1 " \
	"AND page.sequence = (SELECT MIN(head.sequence) FROM delivery AS head " \
	"WHERE head.account = page.account AND head.lane = page.lane " \
	"AND head.endpoint = page.endpoint AND head.state = 0))"

/* One row for each attempt, or one for a delivery without any. */
#define LIST(from) \
	"WITH page AS MATERIALIZED (SELECT " EVENT_COLUMNS ", delivery.endpoint AS endpoint, " \
	"delivery.lane AS lane, delivery.state AS state, delivery.attempts AS attempts, " \
	"delivery.queued_us AS queued_us, delivery.finished_us AS finished_us " from AND_MATCHING \
	" ORDER BY delivery.sequence DESC, delivery.endpoint DESC LIMIT $11 OFFSET $12) " \
	"SELECT page.*, endpoint.url AS url, " NEXT_ATTEMPT " AS next_attempt_us, " \
	"attempt.number AS number, attempt.started_us AS started_us, " \
	"attempt.took_us AS took_us, attempt.address AS address, " \
	"attempt.http_status AS http_status, attempt.error_class AS error_class, " \
	"attempt.phase AS phase, attempt.reply_start AS reply_start, " \
	"attempt.request_head AS request_head, attempt.tls AS tls, attempt.name_us AS name_us, " \
	"attempt.connect_us AS connect_us, attempt.tls_us AS tls_us, " \
	"attempt.first_byte_us AS first_byte_us " \
	"FROM page LEFT JOIN endpoint " \
	"ON endpoint.account = page.account AND endpoint.id = page.endpoint " \
	"LEFT JOIN attempt ON attempt.account = page.account " \
	"AND attempt.sequence = page.sequence AND attempt.endpoint = page.endpoint " \
	"ORDER BY page.sequence DESC, page.endpoint DESC, attempt.number"

enum {
	COUNT_ARGS = 10,
	LIST_ARGS = 12,
};

static const struct search {
	const char *count, *list;
} searches[] = {
	{COUNT(OF_ANY), LIST(OF_ANY)},
	{COUNT(OF_PACKAGE), LIST(OF_PACKAGE)},
	{COUNT(OF_EVENT), LIST(OF_EVENT)},
	{COUNT(OF_ENDPOINT), LIST(OF_ENDPOINT)},
};

static const struct search *search_choose(const struct delivery_filter *filter)
{
	if (filter->event_id)
		return &searches[2];
	if (filter->package)
		return &searches[1];
	return &searches[filter->endpoint ? 3 : 0];
}

/* Without a word about event or attempt there is no need to look at them. */
static const char COUNT_OF_ANY_EVENT[] =
	"SELECT COUNT(*) AS total FROM delivery WHERE account = $1 "
	"AND (CAST($2 AS TEXT) IS NULL OR endpoint = $2) "
	"AND (CAST($3 AS BIGINT) < 0 OR state = $3)";

static bool filter_count(struct db *db, const struct delivery_filter *filter,
			 const struct arg *args, int64_t *ret_total, struct error *err)
{
	if (!filter->package && !filter->type && !filter->event_id && !filter->error_class &&
	    filter->http_status < 0 && !filter->since.us && !filter->until.us)
		return query_total(db, COUNT_OF_ANY_EVENT,
				   ARGS(arg_text(filter->account), arg_text(filter->endpoint),
					arg_int(filter->state)),
				   ret_total, err);
	return query_total(db, search_choose(filter)->count, args, COUNT_ARGS, ret_total, err);
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
		.queued = rows_time(rows, "queued_us"),
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
		.phase = rows_text(rows, "phase", arena),
		.reply_start = rows_text(rows, "reply_start", arena),
		.request_head = rows_text(rows, "request_head", arena),
		.tls = rows_text(rows, "tls", arena),
		.name = duration_us(rows_int(rows, "name_us")),
		.connect = duration_us(rows_int(rows, "connect_us")),
		.tls_done = duration_us(rows_int(rows, "tls_us")),
		.first_byte = duration_us(rows_int(rows, "first_byte_us")),
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
		arg_text(filter->account),     arg_text(filter->package),
		arg_text(filter->type),	       arg_text(filter->event_id),
		arg_text(filter->endpoint),    arg_int(filter->state),
		arg_text(filter->error_class), arg_int(filter->http_status),
		arg_time(filter->since),       arg_time(filter->until),
		arg_int(filter->limit),	       arg_int(filter->offset),
	};
	struct delivery *deliveries = arena_alloc(arena,
						  (size_t)filter->limit * sizeof(*deliveries));
	size_t count;
	int64_t total;

	if (!filter_count(db, filter, args, &total, err))
		return false;
	scoped(rows) struct rows *rows = db_query(db, search_choose(filter)->list, args, LIST_ARGS,
						  err);
	if (!rows || !page_read(rows, arena, deliveries, &count, err))
		return false;
	*ret_deliveries = deliveries;
	*ret_count = count;
	*ret_total = total;
	return true;
}
