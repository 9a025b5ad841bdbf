/* replay.c – see replay.h. */
#include "notify/replay.h"

#include <stdlib.h>
#include <string.h>

#include "access/audit.h"
#include "base/ensure.h"
#include "base/json.h"
#include "crypto/random.h"
#include "notify/bulk.h"
#include "notify/endpoints.h"
#include "notify/registration.h"
#include "store/delivery_store.h"
#include "store/fan_out_store.h"
#include "store/replay_store.h"
#include "store/store_clock.h"

#define OTHERS_WAIT_S 1 /* until a replay that another node is at is looked at again */
#define ID_PREFIX "rp_"
#define ID_RANDOM_LENGTH 16
#define FARTHEST_S 60
#define STEP_EVENTS_MAX 200   /* put into the queue in one transaction */
#define STEP_NUMBERS_MAX 5000 /* looked at in one transaction */

/* ---- the request ---- */

static bool date_read(const json_t *body, const char *member, struct wall_time *ret_time,
		      struct error *err)
{
	const char *text;

	*ret_time = wall_from_us(0);
	if (!json_get_text(body, member, NULL, &text, err))
		return false;
	return !text || wall_parse(text, ret_time) ||
	       error_set(err, ERROR_INVALID_FIELD, "%s: not a date (ISO 8601)", member);
}

static bool number_read(const json_t *body, const char *member, int64_t *number, struct error *err)
{
	return json_get_int(body, member, NULL, number, err) &&
	       (*number >= 0 ||
		error_set(err, ERROR_INVALID_FIELD, "%s: must be 0 or more", member));
}

/* ",A,B,": what SQL looks into. Without `events`: what the endpoint subscribes to, or would if it
 * were not for a package. */
static bool types_read(struct arena *arena, const json_t *body, const struct endpoint *endpoint,
		       const char **ret_types, struct error *err)
{
	struct registration registration = {.type_count = 0};
	const json_t *asked = json_object_get(body, "events");

	if (!asked || json_is_null(asked))
		registration_types_load(endpoint->events, &registration);
	else if (!registration_types_read(body, &registration, err))
		return false;
	const char *types = ",";
	for (size_t i = 0; i < registration.type_count; i++)
		types = arena_printf(arena, "%s%s,", types, registration.types[i]);
	*ret_types = registration.type_count ? types : "";
	return true;
}

static bool search_read(const struct context *context, const json_t *body,
			const struct endpoint *endpoint, struct event_search *ret_search,
			struct error *err)
{
	bool undelivered_only = false;
	const char *package;

	*ret_search = (struct event_search){
		.account = context->account, .through = INT64_MAX, .not_delivered_to = ""};
	if (!json_get_text(body, "packageId", NULL, &package, err) ||
	    !types_read(context->arena, body, endpoint, &ret_search->types, err) ||
	    !date_read(body, "since", &ret_search->since, err) ||
	    !date_read(body, "until", &ret_search->until, err) ||
	    !number_read(body, "afterSequence", &ret_search->after, err) ||
	    !number_read(body, "throughSequence", &ret_search->through, err) ||
	    !json_get_bool(body, "undeliveredOnly", NULL, &undelivered_only, err))
		return false;
	if (*endpoint->package && package && strcmp(package, endpoint->package) != 0)
		return error_set(err, ERROR_INVALID_FIELD,
				 "packageId: the endpoint receives events of package %s only",
				 endpoint->package);
	ret_search->package = *endpoint->package ? endpoint->package : package ? package : "";
	if (undelivered_only)
		ret_search->not_delivered_to = endpoint->id;
	return true;
}

/* What a row keeps of the search; the numbers are in columns. */
static const char *search_text(struct arena *arena, const struct event_search *search)
{
	scoped(json_t) json_t *json = json_pack(
		"{s:s, s:s, s:I, s:I, s:b, s:I}", "packageId", search->package, "types",
		search->types, "since_us", (json_int_t)search->since.us, "until_us",
		(json_int_t)search->until.us, "undeliveredOnly", *search->not_delivered_to != '\0',
		"afterSequence", (json_int_t)search->after);
	ensure(json);
	return json_encode_in(arena, json);
}

static int64_t int_of(const json_t *json, const char *member)
{
	return json_integer_value(json_object_get(json, member));
}

static struct event_search search_load(struct arena *arena, const struct replay *replay)
{
	scoped(json_t) json_t *json = json_loads(replay->filter, 0, NULL);

	ensure(json);
	return (struct event_search){
		.account = replay->account,
		.package = arena_strdup(arena, json_text(json, "packageId")),
		.types = arena_strdup(arena, json_text(json, "types")),
		.since = wall_from_us(int_of(json, "since_us")),
		.until = wall_from_us(int_of(json, "until_us")),
		.not_delivered_to = json_is_true(json_object_get(json, "undeliveredOnly"))
					    ? replay->endpoint
					    : "",
		.after = replay->cursor,
		.through = replay->last,
	};
}

/* ---- what is shown ---- */

static json_t *types_to_json(const char *types)
{
	json_t *json = json_array();

	while (*types == ',' && types[1]) {
		size_t length = strcspn(types + 1, ",");
		json_array_append_new(json, json_stringn(types + 1, length));
		types += 1 + length;
	}
	return json;
}

static json_t *date_or_null(int64_t us)
{
	return us ? json_date(wall_from_us(us)) : json_null();
}

static json_t *filter_to_json(const struct replay *replay, const json_t *filter)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:b, s:I, s:I}", "packageId",
			 json_text(filter, "packageId"), "events",
			 types_to_json(json_text(filter, "types")), "since",
			 date_or_null(int_of(filter, "since_us")), "until",
			 date_or_null(int_of(filter, "until_us")), "undeliveredOnly",
			 json_is_true(json_object_get(filter, "undeliveredOnly")), "afterSequence",
			 (json_int_t)int_of(filter, "afterSequence"), "throughSequence",
			 (json_int_t)replay->last);
}

json_t *replay_to_json(const struct replay *replay)
{
	scoped(json_t) json_t *filter = json_loads(replay->filter, 0, NULL);
	int64_t first = int_of(filter, "afterSequence"), all = replay->last - first;
	double progress = all > 0 ? (double)(replay->cursor - first) / (double)all : 1;
	bool running = strcmp(replay->state, "RUNNING") == 0, is_bulk = *replay->action != '\0';

	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:I, s:f, s:o, s:s, s:o, s:o}", "id",
			 replay->id, "action", is_bulk ? replay->action : "REPLAY", "endpointId",
			 replay->endpoint, "state", replay->state, "rate", (json_int_t)replay->rate,
			 "matching", (json_int_t)replay->matching, "queued",
			 (json_int_t)replay->queued, "skipped", (json_int_t)replay->skipped,
			 "progress", strcmp(replay->state, "DONE") == 0 ? 1.0 : progress, "filter",
			 is_bulk ? json_incref(json_object_get(filter, "deliveries"))
				 : filter_to_json(replay, filter),
			 "createdBy", replay->created_by, "createdDate", json_date(replay->created),
			 "finishedDate", running ? json_null() : json_date(replay->updated));
}

/* ---- calls ---- */

bool replay_rate_read(const json_t *body, int64_t *ret_rate, struct error *err)
{
	*ret_rate = REPLAY_RATE_DEFAULT;
	return json_get_int(body, "rate", NULL, ret_rate, err) &&
	       ((*ret_rate >= 1 && *ret_rate <= REPLAY_RATE_MAX) ||
		error_set(err, ERROR_INVALID_FIELD, "rate: 1 to %d deliveries a second",
			  REPLAY_RATE_MAX));
}

static bool endpoint_choose(const struct context *context, const json_t *body,
			    struct endpoint *ret_endpoint, struct error *err)
{
	const char *id;

	if (!json_need_text(body, "endpointId", NULL, &id, err) ||
	    !endpoint_get(context, session_db(context->session), id, ret_endpoint, err))
		return false;
	return ret_endpoint->state < ENDPOINT_DISABLED ||
	       error_set(err, ERROR_WRONG_STATE, "endpointId: the endpoint is DISABLED");
}

bool replay_begin(const struct context *context, struct txn **txn, const struct replay *replay,
		  struct error *err)
{
	const bool is_replay = !*replay->action;

	if (!replay_insert(txn_db(*txn), replay, err) ||
	    !audit_record(context, txn_db(*txn), "replay.create", replay->id,
			  json_pack("{s:s, s:I}", is_replay ? "endpoint" : "action",
				    is_replay ? replay->endpoint : replay->action, "matching",
				    (json_int_t)replay->matching),
			  err))
		return false;
	txn_announce(*txn, STORE_TOPIC_CLOCKWORK);
	return txn_commit(txn, err);
}

static bool begin(const struct context *context, const struct replay *replay, struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(context->session, err);

	return txn && replay_begin(context, &txn, replay, err);
}

const char *replay_id_new(struct arena *arena)
{
	char random[ID_RANDOM_LENGTH + 1];

	random_base62(random, ID_RANDOM_LENGTH);
	return arena_printf(arena, ID_PREFIX "%s", random);
}

json_t *replay_create(const struct context *context, const json_t *body, struct error *err)
{
	struct db *db = session_db(context->session);
	struct event_search search;
	struct endpoint endpoint;
	int64_t rate, last, matching;
	bool dry_run = false;

	if (json_object_get(body, "action"))
		return bulk_create(context, body, err);
	if (!endpoint_choose(context, body, &endpoint, err) ||
	    !search_read(context, body, &endpoint, &search, err) ||
	    !replay_rate_read(body, &rate, err) ||
	    !json_get_bool(body, "dryRun", NULL, &dry_run, err) ||
	    !event_last(db, context->account, &last, err))
		return NULL;
	if (search.through > last)
		search.through = last;
	if (!event_search_count(db, &search, &matching, err))
		return NULL;
	if (dry_run)
		return json_pack("{s:b, s:s, s:I}", "dryRun", 1, "endpointId", endpoint.id,
				 "matching", (json_int_t)matching);
	const struct replay replay = {
		.account = context->account,
		.id = replay_id_new(context->arena),
		.action = "",
		.cursor_endpoint = "",
		.endpoint = endpoint.id,
		.filter = search_text(context->arena, &search),
		.rate = rate,
		.state = "RUNNING",
		.cursor = search.after,
		.last = search.through,
		.matching = matching,
		.created_by = context->actor->user,
		.created = context->now,
		.updated = context->now,
		.next = context->queue_now,
	};
	return begin(context, &replay, err) ? replay_to_json(&replay) : NULL;
}

static bool find(const struct context *context, const char *id, struct replay *ret_replay,
		 struct error *err)
{
	bool found;

	if (!replay_find(session_db(context->session), context->arena, context->account, id,
			 ret_replay, &found, err))
		return false;
	return found || error_set(err, ERROR_REPLAY_NOT_FOUND, NULL);
}

json_t *replay_read(const struct context *context, const char *id, struct error *err)
{
	struct replay replay;
	return find(context, id, &replay, err) ? replay_to_json(&replay) : NULL;
}

json_t *replays_list(const struct context *context, int64_t offset, int64_t limit,
		     struct error *err)
{
	struct replay *replays;
	size_t count;
	int64_t total;

	if (!replay_list(session_db(context->session), context->arena, context->account, offset,
			 limit, &replays, &count, &total, err))
		return NULL;
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(results, replay_to_json(&replays[i]));
	return json_pack("{s:I, s:o}", "count", (json_int_t)total, "results", results);
}

json_t *replay_stop(const struct context *context, const char *id, struct error *err)
{
	struct replay replay;
	bool cancelled;

	if (!find(context, id, &replay, err))
		return NULL;
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn ||
	    !replay_cancel(txn_db(txn), context->account, id, context->now, &cancelled, err))
		return NULL;
	if (!cancelled) {
		(void)error_set(err, ERROR_WRONG_STATE, "the replay is %s", replay.state);
		return NULL;
	}
	if (!audit_record(context, txn_db(txn), "replay.cancel", id, NULL, err) ||
	    !txn_commit(&txn, err))
		return NULL;
	return replay_read(context, id, err);
}

/* ---- a part ---- */

static bool events_queue(struct txn *txn, struct arena *arena, struct replay *replay,
			 const struct endpoint *endpoint, const struct event *events, size_t count,
			 struct wall_time now, struct error *err)
{
	const char *types[EVENT_TYPE_COUNT];
	bool ordered = endpoint_subscription(arena, endpoint, types).ordered;
	size_t queued;

	if (!deliveries_queue(txn_db(txn), events, count, replay->endpoint, ordered, now, &queued,
			      err))
		return false;
	replay->queued += (int64_t)queued;
	if (count > 0)
		replay->cursor = events[count - 1].sequence;
	return true;
}

/* `replay` moves on: its next events into the queue, and the time of the part after that. */
static bool part_do(struct txn *txn, struct arena *arena, struct replay *replay,
		    const struct endpoint *endpoint, struct wall_time now, struct error *err)
{
	struct event_search search = search_load(arena, replay);
	int64_t limit = replay->rate < STEP_EVENTS_MAX ? replay->rate : STEP_EVENTS_MAX;
	struct event *events;
	int64_t first;
	size_t count;

	if (search.through - search.after > STEP_NUMBERS_MAX)
		search.through = search.after + STEP_NUMBERS_MAX;
	if (!fan_out_first(txn_db(txn), replay->account, &first, err))
		return false;
	bool waits = first <= search.through; /* it does not overtake a fan-out */
	if (waits)
		search.through = first - 1;
	if (!event_search_list(txn_db(txn), arena, &search, limit, &events, &count, err) ||
	    !events_queue(txn, arena, replay, endpoint, events, count, now, err))
		return false;
	if ((int64_t)count < limit && search.through > replay->cursor)
		replay->cursor = search.through;
	if (replay->cursor >= replay->last)
		replay->state = "DONE";
	replay->next = wall_add(
		now, waits && count == 0 ? duration_s(OTHERS_WAIT_S)
					 : duration_us((int64_t)count * 1000000 / replay->rate));
	if (count > 0)
		txn_announce(txn, STORE_TOPIC_DUE);
	return true;
}

static bool replay_advance(struct txn *txn, struct arena *arena, struct replay *replay,
			   struct wall_time now, struct wall_time store_time, struct error *err)
{
	struct endpoint endpoint;
	bool found;

	replay->updated = store_time;
	if (*replay->action)
		return bulk_part(txn, arena, replay, now, store_time, err) &&
		       replay_save(txn_db(txn), replay, err);
	if (!endpoint_find(txn_db(txn), arena, replay->account, replay->endpoint, &endpoint, &found,
			   err))
		return false;
	if (!found || endpoint.state >= ENDPOINT_DISABLED)
		replay->state = "STOPPED"; /* its endpoint takes nothing any more */
	else if (!part_do(txn, arena, replay, &endpoint, now, err))
		return false;
	return replay_save(txn_db(txn), replay, err);
}

/* No replay waits for so long. One that does was saved by a clock that was wrong. */
static bool far_bring_back(struct session *session, struct wall_time now, struct wall_time *next,
			   struct error *err)
{
	const struct wall_time farthest = wall_add(now, duration_s(FARTHEST_S));

	if (next->us <= farthest.us)
		return true;
	scoped(txn) struct txn *txn = txn_begin(session, err);
	*next = now;
	return txn && replay_bring_back(txn_db(txn), farthest, now, err) && txn_commit(&txn, err);
}

bool replay_step(struct session *session, struct wall_time now, struct wall_time *ret_next,
		 struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	struct replay replay;
	bool found;

	scoped(txn) struct txn *txn = txn_begin(session, err);
	if (!txn || !replay_take_due(txn_db(txn), arena, now, &replay, &found, err))
		return false;
	if (found && !replay_advance(txn, arena, &replay, now, session_now(session), err))
		return false;
	if (!txn_commit(&txn, err) || !replay_next_due(session_db(session), ret_next, err))
		return false;
	/* What is due and was not found is just being done by another node. */
	if (!found && ret_next->us && ret_next->us <= now.us)
		*ret_next = wall_add(now, duration_s(OTHERS_WAIT_S));
	return far_bring_back(session, now, ret_next, err);
}
