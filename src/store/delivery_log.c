/* delivery_log.c – the log of deliveries and their results: a part of delivery_store.h. */
#include "store/delivery_store.h"

#include <string.h>

#include "base/ensure.h"
#include "store/delivery_search.h"
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
	struct arg args[SEARCH_ARGS_MAX];

	search_bind(arena, filter, span, args);
	args[SEARCH_ARGS] = arg_int(filter->limit);
	args[SEARCH_ARGS + 1] = arg_int(filter->offset);
	if (!query_total(db, search->count, args, SEARCH_ARGS, &page->total, err))
		return false;
	scoped(rows) struct rows *rows = db_query(db, search->list, args, SEARCH_ARGS + 2, err);
	return rows && page_read(rows, arena, page->list, &page->count, err);
}

/* Until when a search that was cut has not looked. */
static bool looked_back_tell(struct db *db, const struct delivery_filter *filter, bool cut,
			     struct span span, struct wall_time *ret_to, struct error *err)
{
	*ret_to = wall_from_us(0);
	return !cut || event_time(db, filter->account, span.low, ret_to, err);
}

bool delivery_search(struct db *db, struct arena *arena, const struct delivery_filter *filter,
		     struct delivery_page *ret_page, struct error *err)
{
	ensure(filter->limit >= 0 && filter->offset >= 0);
	const struct search *search = search_choose(filter);
	struct delivery_page page = {
		.list = arena_alloc(arena, (size_t)filter->limit * sizeof(*page.list))};
	struct span span;
	bool cut;

	if (!search_span(db, search, filter, &span, &cut, err) ||
	    !page_find(db, arena, search, filter, span, &page, err) ||
	    !looked_back_tell(db, filter, cut, span, &page.looked_back_to, err))
		return false;
	*ret_page = page;
	return true;
}

/* ---- lines ---- */

static const char *text_or_empty(struct rows *rows, const char *column, struct arena *arena)
{
	const char *text = rows_text(rows, column, arena);
	return text ? text : "";
}

static struct attempt *last_from_row(struct rows *rows, struct arena *arena)
{
	struct attempt *attempt = arena_alloc(arena, sizeof(*attempt));

	*attempt = (struct attempt){
		.number = rows_int(rows, "number"),
		.started = rows_time(rows, "started_us"),
		.took = duration_us(rows_int(rows, "took_us")),
		.http_status = rows_int(rows, "http_status"),
		.error_class = rows_text(rows, "error_class", arena),
		.phase = rows_text(rows, "phase", arena),
	};
	return attempt;
}

static void line_from_row(struct rows *rows, struct arena *arena, struct delivery *ret_line)
{
	bool was_tried = !rows_is_null(rows, "number");

	*ret_line = (struct delivery){
		.event = {.sequence = rows_int(rows, "sequence"),
			  .id = rows_text(rows, "event_id", arena),
			  .type = rows_text(rows, "event_type", arena),
			  .package = rows_text(rows, "package", arena),
			  .created = rows_time(rows, "event_created_us")},
		.endpoint = rows_text(rows, "endpoint", arena),
		.endpoint_url = text_or_empty(rows, "url", arena),
		.state = (enum delivery_state)rows_int(rows, "state"),
		.attempts = rows_int(rows, "attempts"),
		.finished = rows_time(rows, "finished_us"),
		.failure = rows_text(rows, "failure", arena),
		.attempt_list = was_tried ? last_from_row(rows, arena) : NULL,
		.attempt_count = was_tried,
	};
}

bool delivery_lines(struct db *db, struct arena *arena, const struct delivery_filter *filter,
		    struct delivery_page *ret_page, struct error *err)
{
	const struct search *search = search_choose(filter);
	struct delivery_page page = {
		.list = arena_alloc(arena, (size_t)filter->limit * sizeof(*page.list))};
	struct arg args[SEARCH_ARGS_MAX];
	struct span span;
	bool cut;

	if (!search_span(db, search, filter, &span, &cut, err) ||
	    !looked_back_tell(db, filter, cut, span, &page.looked_back_to, err))
		return false;
	search_bind(arena, filter, span, args);
	args[SEARCH_ARGS] = arg_int(filter->limit);
	if (!query_total(db, search->count, args, SEARCH_ARGS, &page.total, err))
		return false;
	scoped(rows) struct rows *rows = db_query(db, search->lines, args, SEARCH_ARGS + 1, err);
	while (rows && rows_next(rows, err))
		line_from_row(rows, arena, &page.list[page.count++]);
	*ret_page = page;
	return err->code == ERROR_NONE;
}

/* ---- groups of failures ---- */

static void group_from_row(struct rows *rows, struct arena *arena, struct failure_group *ret_group)
{
	*ret_group = (struct failure_group){
		.endpoint = rows_text(rows, "endpoint", arena),
		.endpoint_url = text_or_empty(rows, "url", arena),
		.error_class = rows_text(rows, "error_class", arena),
		.phase = rows_text(rows, "phase", arena),
		.http_status = rows_int(rows, "http_status"),
		.count = rows_int(rows, "total"),
		.pending = rows_int(rows, "pending"),
		.first = rows_time(rows, "first_us"),
		.last = rows_time(rows, "last_us"),
		.event_id = text_or_empty(rows, "event_id", arena),
		.reply_start = text_or_empty(rows, "reply_start", arena),
		.started = rows_time(rows, "started_us"),
		.took = duration_us(rows_int(rows, "took_us")),
	};
}

bool delivery_failures(struct db *db, struct arena *arena, const struct delivery_filter *filter,
		       struct failure_groups *ret_groups, struct error *err)
{
	const struct search *search = search_choose(filter);
	struct failure_groups groups = {
		.list = arena_alloc(arena, FAILURE_GROUPS_MAX * sizeof(*groups.list))};
	struct arg args[SEARCH_ARGS_MAX];
	struct span span;
	bool cut;

	if (!search_span(db, search, filter, &span, &cut, err) ||
	    !looked_back_tell(db, filter, cut, span, &groups.looked_back_to, err))
		return false;
	search_bind(arena, filter, span, args);
	args[SEARCH_ARGS] = arg_int(FAILURE_GROUPS_MAX);
	scoped(rows) struct rows *rows = db_query(db, search->groups, args, SEARCH_ARGS + 1, err);
	while (rows && rows_next(rows, err))
		group_from_row(rows, arena, &groups.list[groups.count++]);
	*ret_groups = groups;
	return err->code == ERROR_NONE;
}

/* ---- walks ---- */

bool delivery_count(struct db *db, struct arena *arena, const struct delivery_filter *filter,
		    int64_t *ret_total, int64_t *ret_first, int64_t *ret_last, bool *ret_complete,
		    struct error *err)
{
	const struct search *search = search_choose(filter);
	struct arg args[SEARCH_ARGS_MAX];
	struct span span;
	int64_t last;
	bool cut;

	if (!search_span(db, search, filter, &span, &cut, err) ||
	    !event_last(db, filter->account, &last, err))
		return false;
	if (span.high > last)
		span.high = last;
	search_bind(arena, filter, span, args);
	if (!query_total(db, search->count, args, SEARCH_ARGS, ret_total, err))
		return false;
	*ret_first = span.low;
	*ret_last = span.high;
	*ret_complete = !cut;
	return true;
}

bool delivery_walk(struct db *db, struct arena *arena, const struct delivery_filter *filter,
		   const char *after, struct delivery_step **ret_steps, size_t *ret_count,
		   int64_t *ret_low, const char **ret_after, struct error *err)
{
	const struct search *search = search_choose(filter);
	struct delivery_step *steps = arena_alloc(arena, (size_t)filter->limit * sizeof(*steps));
	struct span span = {filter->low, filter->high};
	struct arg args[SEARCH_ARGS_MAX];
	size_t count = 0;

	if (!search_ceiling(db, search, filter, span, DELIVERY_WALK_MAX, &span.high, err))
		return false;
	search_bind(arena, filter, span, args);
	args[SEARCH_ARGS] = arg_int(filter->limit);
	args[SEARCH_ARGS + 1] = arg_text(after);
	scoped(rows) struct rows *rows = db_query(db, search->walk, args, SEARCH_ARGS + 2, err);
	while (rows && rows_next(rows, err)) {
		struct delivery_step *step = &steps[count++];
		event_from_row(rows, arena, &step->event);
		step->endpoint = rows_text(rows, "endpoint", arena);
		step->state = (enum delivery_state)rows_int(rows, "state");
	}
	bool is_full = (int64_t)count == filter->limit && count > 0;
	*ret_low = is_full ? steps[count - 1].event.sequence : span.high + 1;
	*ret_after = is_full ? steps[count - 1].endpoint : "";
	*ret_steps = steps;
	*ret_count = count;
	return err->code == ERROR_NONE;
}
