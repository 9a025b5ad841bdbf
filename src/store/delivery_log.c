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

/* Where a search looks: along one index, from its newest entry back. What is certain there stands
 * beside it; all conditions are asked again in MATCHING. CROSS JOIN: SQLite reads the tables in
 * this order, and need not sort. A plus: it is not to look for these numbers in another index than
 * that. */
#define IN_SPAN(table) " AND " table ".sequence >= $11 AND " table ".sequence <= $12"
#define BY_DELIVERY(certain) \
	"FROM delivery CROSS JOIN event WHERE delivery.account = $1 AND event.account = $1 " \
	"AND event.sequence = +delivery.sequence" certain
#define BY_EVENT(certain) \
	"FROM event CROSS JOIN delivery WHERE event.account = $1 AND delivery.account = $1 " \
	"AND delivery.sequence = +event.sequence" certain
#define BY_ATTEMPT(certain) \
	"FROM attempt AS tried CROSS JOIN delivery CROSS JOIN event WHERE tried.account = $1 " \
	"AND delivery.account = $1 AND delivery.sequence = +tried.sequence " \
	"AND delivery.endpoint = tried.endpoint " \
	"AND event.account = $1 AND event.sequence = +tried.sequence" certain

#define OF_ENDPOINT " AND delivery.endpoint = $5"
#define OF_FAILED " AND delivery.state = 2"
#define OF_PACKAGE " AND event.package = $2"
#define OF_EVENT " AND event.id = $4"
/* As in the index attempt_failed. An attempt that ended in an error has no HTTP status. The last of
 * several is enough. */
#define WITH_OUTCOME(attempt) \
	" AND " attempt ".error_class = COALESCE(CAST($7 AS TEXT), '') " \
	"AND " attempt ".http_status = CASE WHEN $8 < 0 THEN 0 ELSE $8 END " \
	"AND " attempt ".http_status NOT BETWEEN 200 AND 299"
#define OF_OUTCOME \
	WITH_OUTCOME("tried") \
	" AND NOT EXISTS (SELECT 1 FROM attempt AS later " \
	"WHERE later.account = $1 AND later.sequence = tried.sequence " \
	"AND later.endpoint = tried.endpoint AND later.number > tried.number" WITH_OUTCOME( \
		"later") ")"

#define MATCHING \
	" AND +delivery.sequence >= $11 AND +delivery.sequence <= $12 " \
	"AND (CAST($2 AS TEXT) IS NULL OR event.package = $2) " \
	"AND (CAST($3 AS TEXT) IS NULL OR event.type = $3) " \
	"AND (CAST($4 AS TEXT) IS NULL OR event.id = $4) " \
	"AND (CAST($5 AS TEXT) IS NULL OR delivery.endpoint = $5) " \
	"AND (CAST($6 AS BIGINT) < 0 OR delivery.state = $6) " \
	"AND ((CAST($7 AS TEXT) IS NULL AND CAST($8 AS BIGINT) < 0) OR EXISTS (" \
	"SELECT 1 FROM attempt AS made WHERE made.account = $1 " \
	"AND made.sequence = delivery.sequence AND made.endpoint = delivery.endpoint " \
	"AND (CAST($7 AS TEXT) IS NULL OR made.error_class = $7) " \
	"AND (CAST($8 AS BIGINT) < 0 OR made.http_status = $8))) " \
	"AND event.created_us >= CAST($9 AS BIGINT) " \
	"AND (CAST($10 AS BIGINT) = 0 OR event.created_us < $10)"

#define COUNT(from) "SELECT COUNT(*) AS total " from MATCHING

/* The first of its lane that is pending. The index delivery_pending has it first. */
#define HEAD \
	"CASE WHEN page.state = 0 THEN (SELECT MIN(first.sequence) FROM delivery AS first " \
	"WHERE first.account = page.account AND first.lane = page.lane " \
	"AND first.endpoint = page.endpoint AND first.state = 0) END"

/* One row for each attempt, or one for a delivery without any. */
#define LIST(from, order) \
	"WITH page AS MATERIALIZED (SELECT " EVENT_COLUMNS ", delivery.endpoint AS endpoint, " \
	"delivery.lane AS lane, delivery.state AS state, delivery.attempts AS attempts, " \
	"delivery.queued_us AS queued_us, delivery.finished_us AS finished_us, " \
	"delivery.failure AS failure " from MATCHING " ORDER BY " order " LIMIT $13 OFFSET $14), " \
	"placed AS MATERIALIZED (SELECT page.*, " HEAD " AS head_sequence FROM page) " \
	"SELECT placed.*, endpoint.url AS url, endpoint.state AS endpoint_state, " \
	"lane.state AS lane_state, lane.due_us AS due_us, head.id AS head_id, " \
	"attempt.number AS number, attempt.started_us AS started_us, " \
	"attempt.took_us AS took_us, attempt.address AS address, " \
	"attempt.http_status AS http_status, attempt.error_class AS error_class, " \
	"attempt.phase AS phase, attempt.reply_start AS reply_start, " \
	"attempt.request_head AS request_head, attempt.tls AS tls, attempt.name_us AS name_us, " \
	"attempt.connect_us AS connect_us, attempt.tls_us AS tls_us, " \
	"attempt.first_byte_us AS first_byte_us, attempt.reply_head AS reply_head, " \
	"attempt.sent_us AS sent_us " \
	"FROM placed LEFT JOIN endpoint " \
	"ON endpoint.account = placed.account AND endpoint.id = placed.endpoint " \
	"LEFT JOIN lane ON lane.account = placed.account AND lane.lane = placed.lane " \
	"AND lane.endpoint = placed.endpoint " \
	"LEFT JOIN event AS head ON head.account = placed.account " \
	"AND head.sequence = placed.head_sequence " \
	"LEFT JOIN attempt ON attempt.account = placed.account " \
	"AND attempt.sequence = placed.sequence AND attempt.endpoint = placed.endpoint " \
	"ORDER BY placed.sequence DESC, placed.endpoint DESC, attempt.number"

enum {
	COUNT_ARGS = 12,
	LIST_ARGS = 14,
};

/* The number down to which may be looked, when there is more than that; no row when there is not.
 */
#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)
#define FLOOR(table, certain) \
	"SELECT sequence FROM " table \
	" WHERE account = $1 AND sequence >= $2 AND sequence <= $3 " certain \
	" ORDER BY sequence DESC LIMIT 1 OFFSET " TEXT(DELIVERY_SEARCH_MAX)

#define SEARCH(from, sequence_of, endpoint_of) \
	COUNT(from), LIST(from, sequence_of ".sequence DESC, " endpoint_of ".endpoint DESC")

static const struct search {
	const char *count, *list;
	const char *floor;
	size_t floor_args; /* of account, the two numbers, a text and the HTTP status */
} of_event = {SEARCH(BY_EVENT(OF_EVENT), "+event", "delivery"), NULL, 0},
  of_package = {SEARCH(BY_EVENT(OF_PACKAGE IN_SPAN("event")), "+event", "delivery"),
		FLOOR("event", "AND package = $4"), 4},
  of_outcome = {SEARCH(BY_ATTEMPT(OF_OUTCOME IN_SPAN("tried")), "tried", "tried"),
		FLOOR("attempt", "AND error_class = $4 AND http_status = $5 "
				 "AND http_status NOT BETWEEN 200 AND 299"),
		5},
  of_failed = {SEARCH(BY_DELIVERY(OF_FAILED IN_SPAN("delivery")), "delivery", "delivery"),
	       FLOOR("delivery", "AND state = 2"), 3},
  of_endpoint = {SEARCH(BY_DELIVERY(OF_ENDPOINT IN_SPAN("delivery")), "delivery", "delivery"),
		 FLOOR("delivery", "AND endpoint = $4"), 4},
  of_any = {SEARCH(BY_DELIVERY(IN_SPAN("delivery")), "delivery", "delivery"), FLOOR("delivery", ""),
	    3};

/* The rarest of what is asked for: what goes wrong is rare, and has indexes in which nothing else
 * is. */
static const struct search *search_choose(const struct delivery_filter *filter,
					  const char **ret_text)
{
	bool is_wrong = filter->error_class ||
			(filter->http_status > 0 &&
			 (filter->http_status < 200 || filter->http_status > 299));

	*ret_text = NULL;
	if (filter->event_id)
		return &of_event;
	if ((*ret_text = filter->package))
		return &of_package;
	if (is_wrong) {
		*ret_text = filter->error_class ? filter->error_class : "";
		return &of_outcome;
	}
	if (filter->state == DELIVERY_FAILED)
		return &of_failed;
	return (*ret_text = filter->endpoint) ? &of_endpoint : &of_any;
}

/* Numbers between which a search looks. */
struct span {
	int64_t low, high;
};

/* Events are numbered in the order in which they are stored, and bear the time at which they were
 * asked for. */
#define DISORDER_S 600

static bool span_of_time(struct db *db, const struct delivery_filter *filter, struct span *ret_span,
			 struct error *err)
{
	*ret_span = (struct span){0, INT64_MAX};
	return (!filter->since.us ||
		event_boundary(db, filter->account,
			       wall_add(filter->since, duration_s(-DISORDER_S)), &ret_span->low,
			       err)) &&
	       (!filter->until.us ||
		event_boundary(db, filter->account, wall_add(filter->until, duration_s(DISORDER_S)),
			       &ret_span->high, err));
}

static bool floor_find(struct db *db, const struct search *search, const char *text,
		       const struct delivery_filter *filter, struct span *span, bool *ret_cut,
		       struct error *err)
{
	const struct arg args[] = {
		arg_text(filter->account),
		arg_int(span->low),
		arg_int(span->high),
		arg_text(text),
		arg_int(filter->http_status < 0 ? 0 : filter->http_status),
	};

	*ret_cut = false;
	if (!search->floor)
		return true;
	scoped(rows) struct rows *rows = db_query(db, search->floor, args, search->floor_args, err);
	if (!rows || !rows_first(rows, ret_cut, err))
		return false;
	if (*ret_cut)
		span->low = rows_int(rows, "sequence");
	return true;
}

/* A lane that has no row, and so no state, is being made or removed. */
static struct delivery_place place_from_row(struct rows *rows, struct arena *arena)
{
	const char *head = rows_text(rows, "head_id", arena);

	return (struct delivery_place){
		.lane = (enum lane_state)rows_int(rows, "lane_state"),
		.due = rows_time(rows, "due_us"),
		.head_id = head ? head : "",
		.head_sequence = rows_int(rows, "head_sequence"),
		.endpoint = rows_is_null(rows, "endpoint_state")
				    ? ENDPOINT_DELETED
				    : (enum endpoint_state)rows_int(rows, "endpoint_state"),
	};
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
		.finished = rows_time(rows, "finished_us"),
		.failure = rows_text(rows, "failure", arena),
		.place = place_from_row(rows, arena),
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
		.reply_head = rows_text(rows, "reply_head", arena),
		.tls = rows_text(rows, "tls", arena),
		.name = duration_us(rows_int(rows, "name_us")),
		.connect = duration_us(rows_int(rows, "connect_us")),
		.tls_done = duration_us(rows_int(rows, "tls_us")),
		.sent = duration_us(rows_int(rows, "sent_us")),
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

static bool page_find(struct db *db, struct arena *arena, const struct search *search,
		      const struct delivery_filter *filter, struct span span,
		      struct delivery_page *page, struct error *err)
{
	const struct arg args[LIST_ARGS] = {
		arg_text(filter->account),
		arg_text(filter->package),
		arg_text(filter->type),
		arg_text(filter->event_id),
		arg_text(filter->endpoint),
		arg_int(filter->state),
		arg_text(filter->error_class),
		arg_int(filter->http_status),
		arg_time(filter->since),
		arg_time(filter->until),
		arg_int(span.low),
		arg_int(span.high),
		arg_int(filter->limit),
		arg_int(filter->offset),
	};

	if (!query_total(db, search->count, args, COUNT_ARGS, &page->total, err))
		return false;
	scoped(rows) struct rows *rows = db_query(db, search->list, args, LIST_ARGS, err);
	return rows && page_read(rows, arena, page->list, &page->count, err);
}

bool delivery_search(struct db *db, struct arena *arena, const struct delivery_filter *filter,
		     struct delivery_page *ret_page, struct error *err)
{
	ensure(filter->limit >= 0 && filter->offset >= 0);
	const char *text;
	const struct search *search = search_choose(filter, &text);
	struct delivery_page page = {
		.list = arena_alloc(arena, (size_t)filter->limit * sizeof(*page.list))};
	struct span span;
	bool cut;

	if (!span_of_time(db, filter, &span, err) ||
	    !floor_find(db, search, text, filter, &span, &cut, err) ||
	    !page_find(db, arena, search, filter, span, &page, err) ||
	    (cut && !event_time(db, filter->account, span.low, &page.looked_back_to, err)))
		return false;
	*ret_page = page;
	return true;
}
