/* delivery_store.h – the queue: lanes, deliveries, attempts.
 *
 * A **lane** is what is ordered: the deliveries of one package to one endpoint. A lane has a row as long as it
 * has pending deliveries, and that row is the unit of scheduling:
 *
 *   due_us    when the lane may be claimed (again). Fan-out creates it as "now"; a claim moves it to the end of
 *             the lease, a failed attempt to the time of the next try. So one indexed column answers "what is
 *             due", holds leases, and gives a dead node's work back when its lease ends.
 *   generation  counts claims: a verdict with an old generation is stale and is refused, so that a node that was
 *             away cannot complete what another has claimed since.
 *
 * Fan-out and verdict both lock the lane's row first, so no delivery is ever left behind in a lane nobody
 * will look at.
 *
 *   delivery:   PENDING ──2xx──▶ DELIVERED
 *                  │  ▲ └──schedule used up, 410──▶ FAILED
 *                  └──┘ try again */
#ifndef GREFFIER_STORE_DELIVERY_STORE_H
#define GREFFIER_STORE_DELIVERY_STORE_H

#include "base/arena.h"
#include "base/error.h"
#include "store/event_store.h"
#include "store/store.h"

enum delivery_state { DELIVERY_PENDING, DELIVERY_DELIVERED, DELIVERY_FAILED, DELIVERY_STATE_COUNT };
const char *delivery_state_name(enum delivery_state state); /* "PENDING" … as in the API */

/* A claimed lane, with the delivery at its head and all that sending it needs. In `arena`. */
struct claim {
	const char *lane; /* package id */
	int64_t generation;
	int64_t attempts; /* already made of this delivery */
	struct event event;
	struct endpoint endpoint;
};

/* Claims up to `limit` due lanes until `now + lease`. Returns their heads. A lane whose endpoint is gone is
 * dropped. In a txn. */
MUST_CHECK bool lane_claim_due(struct db *db, struct arena *arena, const char *node, struct wall_time now,
			       struct duration lease, size_t limit, struct claim **ret_claims,
			       size_t *ret_count, struct error *err);

struct attempt {
	const char *account, *endpoint;
	int64_t sequence;
	int64_t number; /* 1, 2 … */
	struct wall_time started;
	struct duration took;
	const char *address;     /* connected to, "127.0.0.1:9000"; "" when none */
	int64_t http_status;     /* 0 when there was no answer */
	const char *error_class; /* "" for an answer; else a name: outbound/verdict.h */
	const char *reply_start; /* valid UTF-8, cut short */
};

/* What to do with the lane after an attempt. */
struct verdict_record {
	struct attempt attempt;
	const char *lane;
	int64_t generation;
	enum delivery_state state;  /* PENDING: try again at `retry_at` */
	struct wall_time retry_at;
};

/* Writes the attempt and its verdict. DELIVERED or FAILED: moves the lane on to its next delivery, which is
 * returned under the same claim (lease renewed to now + lease, same generation), or removes the lane when it is
 * empty (*ret_has_next false). PENDING: gives the lane back until retry_at.
 * *ret_stale: another node has claimed the lane since; then the attempt alone is recorded, with the next number.
 * attempt.number is ignored on the way in. In a txn; one that records several does so in the order of
 * verdict_compare, and claims (lane_claim_due waits for nobody) after that: then PostgreSQL can meet no deadlock. */
MUST_CHECK bool attempt_record(struct db *db, struct arena *arena, const struct verdict_record *verdict,
			       struct wall_time now, struct duration lease, struct claim *ret_next,
			       bool *ret_has_next, bool *ret_stale, struct error *err);

/* The order of the keys of lanes; 0 for the same lane. */
int verdict_compare(const struct verdict_record *a, const struct verdict_record *b);

/* Gives a claimed lane back untouched, due at once: at an orderly stop. */
MUST_CHECK bool lane_release(struct db *db, const struct claim *claim, struct wall_time now,
			     struct error *err);
/* When the first lane becomes due; *ret_any false when the queue is empty. */
MUST_CHECK bool lane_next_due(struct db *db, struct wall_time *ret_due, bool *ret_any,
			      struct error *err);
/* All leases end now: right when this process is the only one that can hold any (SQLite, at start). In a txn. */
MUST_CHECK bool lane_release_all(struct db *db, struct wall_time now, struct error *err);

/* The record, for people and the API. */
struct delivery {
	struct event event;
	const char *endpoint;     /* id */
	const char *endpoint_url; /* "" when it is gone */
	enum delivery_state state;
	int64_t attempts;
	struct wall_time next_attempt; /* 0 unless PENDING and known */
	struct wall_time finished;     /* 0 while PENDING */
	const struct attempt *attempt_list; /* in order */
	size_t attempt_count;
};

struct delivery_filter {
	const char *account;
	const char *package;  /* NULL: any */
	const char *type;     /* NULL: any */
	const char *event_id; /* NULL: any */
	int state;            /* enum delivery_state; -1: any */
	int64_t offset, limit;
};

/* Newest first, attempts included; *ret_total counts all that match. */
MUST_CHECK bool delivery_list(struct db *db, struct arena *arena, const struct delivery_filter *filter,
			      struct delivery **ret_deliveries, size_t *ret_count, int64_t *ret_total,
			      struct error *err);

#endif
