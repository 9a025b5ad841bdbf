/* bulk.c – see bulk.h. */
#include "notify/bulk.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/macros.h"
#include "notify/delivery_query.h"
#include "notify/endpoint_options.h"
#include "notify/replay.h"
#include "store/delivery_store.h"

#define PART_MAX 200 /* deliveries of one transaction */

/* What becomes of one delivery; *ret_done false: it is skipped. */
struct part {
	struct txn *txn;
	struct arena *arena;
	const char *account;
	struct wall_time now, store_time; /* queue time, store time */
};
typedef bool act(const struct part *part, const struct delivery_step *step,
		 const struct endpoint *endpoint, bool *ret_done, struct error *err);

static bool retry(const struct part *part, const struct delivery_step *step,
		  const struct endpoint *endpoint, bool *ret_done, struct error *err)
{
	if (!endpoint || endpoint->state >= ENDPOINT_PAUSED)
		return true;
	return delivery_urge(txn_db(part->txn), part->account, step->event.sequence, step->endpoint,
			     part->now, ret_done, err);
}

static bool cancel(const struct part *part, const struct delivery_step *step,
		   const struct endpoint *endpoint, bool *ret_done, struct error *err)
{
	int64_t cancelled;

	if (!deliveries_cancel(txn_db(part->txn), part->account, step->event.sequence,
			       step->endpoint, DELIVERY_CANCELLED, part->store_time, &cancelled,
			       err))
		return false;
	*ret_done = cancelled > 0;
	return true;
}

static bool resend(const struct part *part, const struct delivery_step *step,
		   const struct endpoint *endpoint, bool *ret_done, struct error *err)
{
	struct endpoint_options options;
	size_t queued;

	if (!endpoint || endpoint->state >= ENDPOINT_DISABLED || step->event.expunged.us)
		return true;
	endpoint_options_load(part->arena, endpoint->options, &options);
	if (!deliveries_queue(txn_db(part->txn), &step->event, 1, step->endpoint, options.ordered,
			      part->now, &queued, err))
		return false;
	*ret_done = queued > 0;
	return true;
}

static const struct action {
	const char *name;
	act *act;
	int state; /* in which deliveries must be: of a filter */
} actions[] = {
	{"RETRY", retry, DELIVERY_PENDING},
	{"CANCEL", cancel, DELIVERY_PENDING},
	{"RESEND", resend, DELIVERY_OVER},
};

static const struct action *action_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++) {
		if (strcmp(actions[i].name, name) == 0)
			return &actions[i];
	}
	return NULL;
}

/* A filter that asks for no state gets the action's. */
static bool state_narrow(const struct action *action, struct delivery_filter *filter,
			 struct error *err)
{
	bool wants_pending = action->state == DELIVERY_PENDING;

	if (filter->state == -1)
		filter->state = action->state;
	return (filter->state == DELIVERY_PENDING) == wants_pending ||
	       error_set(err, ERROR_INVALID_FIELD, "filter.state: %s takes deliveries that are %s",
			 action->name, wants_pending ? "PENDING" : "DELIVERED or FAILED");
}

static bool filter_read(struct arena *arena, const struct action *action, const json_t *query,
			struct delivery_filter *ret_filter, struct error *err)
{
	return delivery_query_decode(arena, query, ret_filter, err) &&
	       state_narrow(action, ret_filter, err);
}

/* ---- the request ---- */

static bool request_read(const struct context *context, const json_t *body,
			 const struct action **ret_action, json_t **ret_query,
			 struct delivery_filter *ret_filter, struct error *err)
{
	static const char *const known[] = {"action", "filter", "rate", "dryRun"};
	const char *name;

	if (!json_members_check(body, NULL, known, ARRAY_SIZE(known), err) ||
	    !json_need_text(body, "action", NULL, &name, err) ||
	    !json_get_object(body, "filter", NULL, ret_query, err))
		return false;
	const struct action *action = action_find(name);
	if (!action) {
		(void)error_set(err, ERROR_INVALID_FIELD,
				"action: must be RETRY, CANCEL or RESEND");
		return false;
	}
	*ret_action = action;
	if (!*ret_query)
		return error_set(err, ERROR_INVALID_FIELD,
				 "filter: required; {} for all deliveries");
	if (!filter_read(context->arena, *ret_action, *ret_query, ret_filter, err))
		return false;
	ret_filter->account = context->account;
	return true;
}

/* What the row keeps: the search as it was asked for, and the number before the first. */
static const char *filter_text(struct arena *arena, json_t *query, int64_t first)
{
	scoped(json_t) json_t *json = json_pack("{s:O, s:I}", "deliveries", query, "afterSequence",
						(json_int_t)(first > 0 ? first - 1 : 0));
	ensure(json);
	return json_encode_in(arena, json);
}

static bool begin(const struct context *context, const struct replay *replay, struct error *err)
{
	struct replay other;
	bool found;

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !delivery_lock(txn_db(txn), context->account, err) ||
	    !replay_find_bulk(txn_db(txn), context->arena, context->account, &other, &found, err))
		return false;
	if (found)
		return error_set(err, ERROR_WRONG_STATE,
				 "%s, a bulk action of this account, is still running: cancel it "
				 "or wait for its end",
				 other.id);
	return replay_begin(context, &txn, replay, err);
}

json_t *bulk_create(const struct context *context, const json_t *body, struct error *err)
{
	struct db *db = session_db(context->session);
	struct delivery_filter filter;
	const struct action *action;
	int64_t rate, matching, first, last;
	bool complete, dry_run = false;
	json_t *query;

	if (!request_read(context, body, &action, &query, &filter, err) ||
	    !replay_rate_read(body, &rate, err) ||
	    !json_get_bool(body, "dryRun", NULL, &dry_run, err) ||
	    !delivery_count(db, context->arena, &filter, &matching, &first, &last, &complete, err))
		return NULL;
	if (dry_run)
		return json_pack("{s:b, s:s, s:I, s:b}", "dryRun", 1, "action", action->name,
				 "matching", (json_int_t)matching, "complete", complete);
	const struct replay replay = {
		.account = context->account,
		.id = replay_id_new(context->arena),
		.action = action->name,
		.endpoint = "",
		.filter = filter_text(context->arena, query, first),
		.rate = rate,
		.state = "RUNNING",
		.cursor = first > 0 ? first - 1 : 0,
		.cursor_endpoint = "",
		.last = last,
		.matching = matching,
		.created_by = context->actor->user,
		.created = context->now,
		.updated = context->now,
		.next = context->queue_now,
	};
	return begin(context, &replay, err) ? replay_to_json(&replay) : NULL;
}

/* ---- a part ---- */

/* Endpoints that a part has met. */
struct endpoints {
	struct endpoint list[PART_MAX];
	const char *ids[PART_MAX];
	bool found[PART_MAX];
	size_t count;
};

/* *ret_endpoint NULL: it is gone. */
static bool endpoint_of(const struct part *part, struct endpoints *met, const char *id,
			const struct endpoint **ret_endpoint, struct error *err)
{
	size_t i = 0;

	while (i < met->count && strcmp(met->ids[i], id) != 0)
		i++;
	if (i == met->count) {
		if (!endpoint_find(txn_db(part->txn), part->arena, part->account, id, &met->list[i],
				   &met->found[i], err))
			return false;
		met->ids[i] = id;
		met->count++;
	}
	*ret_endpoint = met->found[i] ? &met->list[i] : NULL;
	return true;
}

/* All lanes at once, in the order of verdicts: what follows locks them one by one. */
static bool lanes_lock(const struct part *part, const struct delivery_step *steps, size_t count,
		       struct error *err)
{
	const char **lanes = arena_alloc(part->arena, (2 * count + 1) * sizeof(*lanes));

	for (size_t i = 0; i < count; i++) {
		lanes[2 * i] = steps[i].event.package;
		lanes[2 * i + 1] = steps[i].event.id;
	}
	return delivery_lock_lanes(txn_db(part->txn), part->account, lanes, 2 * count, err);
}

static bool steps_do(const struct part *part, const struct action *action, struct replay *replay,
		     const struct delivery_step *steps, size_t count, struct error *err)
{
	struct endpoints *met = arena_alloc(part->arena, sizeof(*met));

	if (!lanes_lock(part, steps, count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const struct endpoint *endpoint;
		bool done = false;
		if (!endpoint_of(part, met, steps[i].endpoint, &endpoint, err) ||
		    !action->act(part, &steps[i], endpoint, &done, err))
			return false;
		replay->queued += done;
		replay->skipped += !done;
	}
	return true;
}

static bool search_load(struct arena *arena, const struct action *action,
			const struct replay *replay, struct delivery_filter *ret_filter,
			struct error *err)
{
	scoped(json_t) json_t *json = json_loads(replay->filter, 0, NULL);
	/* Its texts live as long as the arena, the JSON's do not. */
	json_t *query = json_object_get(json, "deliveries");

	if (!filter_read(arena, action, query, ret_filter, err))
		return false;
	const char **texts[] = {&ret_filter->package,  &ret_filter->event_id,
				&ret_filter->endpoint, &ret_filter->error_class,
				&ret_filter->phase,    &ret_filter->transaction,
				&ret_filter->person,   &ret_filter->value};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		*texts[i] = *texts[i] ? arena_strdup(arena, *texts[i]) : NULL;
	ret_filter->account = replay->account;
	ret_filter->low = replay->cursor + 1;
	ret_filter->high = replay->last;
	ret_filter->limit = replay->rate < PART_MAX ? replay->rate : PART_MAX;
	return true;
}

bool bulk_part(struct txn *txn, struct arena *arena, struct replay *replay, struct wall_time now,
	       struct wall_time store_time, struct error *err)
{
	const struct action *action = action_find(replay->action);
	const struct part part = {txn, arena, replay->account, now, store_time};
	struct delivery_filter filter;
	struct delivery_step *steps;
	size_t count;
	int64_t low;

	if (!action) { /* of a later version */
		replay->state = "STOPPED";
		return true;
	}
	if (!search_load(arena, action, replay, &filter, err) ||
	    !delivery_walk(txn_db(txn), arena, &filter, replay->cursor_endpoint, &steps, &count,
			   &low, &replay->cursor_endpoint, err) ||
	    !steps_do(&part, action, replay, steps, count, err))
		return false;
	replay->cursor = low - 1;
	if (replay->cursor >= replay->last) {
		replay->cursor = replay->last;
		replay->state = "DONE";
	}
	replay->next = wall_add(now, duration_us((int64_t)count * 1000000 / replay->rate));
	if (count > 0)
		txn_announce(txn, STORE_TOPIC_DUE);
	return true;
}
