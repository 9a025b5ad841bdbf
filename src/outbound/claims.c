/* claims.c – the second half of a cycle: claims lanes that are due. */
#include "outbound/cycle.h"

#include <string.h>

/* Of one endpoint in a cycle: then it is the others' turn. */
#define PER_TURN_MAX 16
#define TURNS_MAX 256 /* endpoints looked at in a cycle */
#define DROP_BATCH_MAX 200
#define SWEEP_S 60
/* No lane waits for longer: an endpoint's own schedule with its jitter, or what a receiver asks
 * for, which is less. */
#define FARTHEST_S (RETRY_WAIT_MAX_S / 10 * 12)
#define BRING_BATCH_MAX 500
#define LOOK_S 5 /* where there are other nodes: one that dies wakes nobody */

struct duration cycle_lease(const struct outbound_config *config)
{
	int64_t longest_us = config->request_timeout.us;

	if (longest_us < (int64_t)ENDPOINT_TIMEOUT_MAX_MS * 1000)
		longest_us = (int64_t)ENDPOINT_TIMEOUT_MAX_MS * 1000;
	return duration_us(longest_us + duration_s(LEASE_START_S + LEASE_RECORD_S).us);
}

struct lane_lease cycle_lane_lease(const struct cycle *cycle)
{
	return (struct lane_lease){cycle->config->node, cycle->now,
				   wall_add(cycle->now, cycle_lease(cycle->config)), cycle->shown};
}

static bool put_off(struct cycle *cycle, const struct claim *claim, struct error *err)
{
	roster_wait(cycle->roster, claim->event.account, claim->endpoint.id, cycle->now);
	return lane_put_off(txn_db(cycle->txn), claim, cycle->now, err);
}

bool cycle_admit(struct cycle *cycle, const struct claim *claim, struct error *err)
{
	const char *account = claim->event.account, *endpoint = claim->endpoint.id;
	struct endpoint_options options;

	endpoint_options_load(cycle->arena, claim->endpoint.options, &options);
	const struct pace pace = {(unsigned)options.in_flight_limit, (unsigned)options.rate};
	if (claim->urged)
		roster_end_rest(cycle->roster, account, endpoint);
	if (claim->endpoint.state == ENDPOINT_PAUSED)
		roster_hold(cycle->roster, account, endpoint);
	if (cycle->quiescing || !roster_admit(cycle->roster, account, endpoint, &pace, cycle->now))
		return put_off(cycle, claim, err);
	cycle->claims[cycle->claim_count++] = *claim;
	return true;
}

static size_t capacity_left(const struct cycle *cycle)
{
	/* What comes back in this cycle makes room; the next heads of its lanes take some. */
	size_t busy = cycle->in_flight - cycle->outcome_count + cycle->claim_count;
	size_t limit = cycle->config->in_flight_limit;
	size_t left = busy < limit ? limit - busy : 0;
	size_t room = OUTCOME_BATCH_MAX + CLAIM_BATCH_MAX - cycle->claim_count;

	return left < room ? left : room;
}

static bool all_admit(struct cycle *cycle, const struct claim *claims, size_t count,
		      struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (!cycle_admit(cycle, &claims[i], err))
			return false;
	}
	return true;
}

static bool fresh_claim(struct cycle *cycle, struct error *err)
{
	size_t limit = capacity_left(cycle), count, found;
	const struct lane_lease lease = cycle_lane_lease(cycle);

	if (!cycle->queue->may_be_fresh || limit == 0)
		return true;
	if (limit > CLAIM_BATCH_MAX)
		limit = CLAIM_BATCH_MAX;
	struct claim *claims = arena_alloc(cycle->arena, limit * sizeof(*claims));
	if (!lane_claim_fresh(txn_db(cycle->txn), cycle->arena, &lease, limit, claims, &count,
			      &found, err))
		return false;
	cycle->queue->may_be_fresh = found == limit;
	return all_admit(cycle, claims, count, err);
}

/* One endpoint's turn. */
static bool waiting_claim(struct cycle *cycle, const char *account, const char *endpoint,
			  size_t limit, struct error *err)
{
	const struct lane_lease lease = cycle_lane_lease(cycle);
	struct claim *claims = arena_alloc(cycle->arena, limit * sizeof(*claims));
	struct db *db = txn_db(cycle->txn);
	const enum lane_order order = roster_turn_is_for_newest(cycle->roster, account, endpoint)
					      ? LANES_NEWEST_FIRST
					      : LANES_OLDEST_FIRST;
	struct wall_time due = cycle->now;
	size_t count, found;
	bool any = true;

	if (!lane_claim_waiting(db, cycle->arena, &lease, account, endpoint, order, limit, claims,
				&count, &found, err) ||
	    (found < limit && !lane_next_waiting(db, account, endpoint, &due, &any, err)))
		return false;
	if (any)
		roster_wait(cycle->roster, account, endpoint, due);
	else
		roster_nothing_waits(cycle->roster, account, endpoint);
	return all_admit(cycle, claims, count, err);
}

static bool turns_take(struct cycle *cycle, struct error *err)
{
	const char *account, *endpoint;
	unsigned room;
	size_t left;

	for (int turn = 0; turn < TURNS_MAX && (left = capacity_left(cycle)) > 0; turn++) {
		if (!roster_next(cycle->roster, cycle->now, &account, &endpoint, &room))
			break;
		size_t limit = room < PER_TURN_MAX ? room : PER_TURN_MAX;
		if (!waiting_claim(cycle, arena_strdup(cycle->arena, account),
				   arena_strdup(cycle->arena, endpoint),
				   limit < left ? limit : left, err))
			return false;
	}
	return true;
}

/* A pause keeps the queue; an endpoint that was disabled has none. */
static bool stopped_drop(struct cycle *cycle, struct error *err)
{
	size_t dropped;

	if (!cycle->queue->may_be_stopped)
		return true;
	if (!lane_drop_stopped(txn_db(cycle->txn), cycle->arena, cycle->shown, DROP_BATCH_MAX,
			       &dropped, err))
		return false;
	cycle->queue->may_be_stopped = dropped == DROP_BATCH_MAX;
	return true;
}

/* Leases that are over, and what was locked, and so passed over, when it was fresh. */
static bool look_around(struct cycle *cycle, struct error *err)
{
	int64_t interval_s = store_is_postgresql(cycle->config->store) ? LOOK_S : SWEEP_S, ended;

	if (cycle->now.us < cycle->queue->next_look.us)
		return true;
	if (!lane_end_leases(txn_db(cycle->txn), cycle->now, cycle->lease_over, false, &ended, err))
		return false;
	if (ended > 0)
		cycle->queue->next_sweep = cycle->now;
	cycle->queue->next_look = wall_add(cycle->now, duration_s(interval_s));
	cycle->queue->may_be_fresh = true;
	return true;
}

/* At the start: a clock may have been wrong when lanes were put off, and the database may have been
 * restored from long ago. */
static bool far_bring_back(struct cycle *cycle, struct error *err)
{
	const struct wall_time farthest = wall_add(cycle->now, duration_s(FARTHEST_S));
	int64_t brought;

	if (!cycle->queue->may_be_far)
		return true;
	if (!lane_bring_back(txn_db(cycle->txn), farthest, cycle->now, BRING_BATCH_MAX, &brought,
			     err))
		return false;
	cycle->queue->may_be_far = brought == BRING_BATCH_MAX;
	if (brought > 0)
		cycle->queue->next_sweep = cycle->now;
	return true;
}

/* At the start, after a refusal of the store, and from time to time. */
static bool sweep(struct cycle *cycle, struct error *err)
{
	struct lane_waiting *list;
	size_t count;

	if (cycle->now.us < cycle->queue->next_sweep.us)
		return true;
	if (!lane_list_waiting(txn_db(cycle->txn), cycle->arena, &list, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		roster_wait(cycle->roster, list[i].account, list[i].endpoint, list[i].due);
	cycle->queue->next_sweep = wall_add(cycle->now, duration_s(SWEEP_S));
	cycle->queue->may_be_stopped = true;
	return true;
}

bool cycle_claim(struct cycle *cycle, struct error *err)
{
	return cycle->quiescing ||
	       (look_around(cycle, err) && far_bring_back(cycle, err) && sweep(cycle, err) &&
		stopped_drop(cycle, err) && fresh_claim(cycle, err) && turns_take(cycle, err));
}
