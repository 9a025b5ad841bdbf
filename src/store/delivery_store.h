/* delivery_store.h – the queue: lanes, deliveries, attempts.
 *
 * A **lane** is what is ordered: the deliveries of one package to one endpoint (of one event, where the endpoint does not want
 * order). A lane has a row as long as it has pending deliveries, and that row is the unit of scheduling:
 *
 *   FRESH ──claim──▶ CLAIMED ──verdict: empty──▶ (row removed)
 *     ▲                │ ▲ └──verdict: more──▶ CLAIMED, the next delivery, same claim
 *     │                │ └──claim──────┐
 *   fan-out            └──try again, put off, lease over──▶ WAITING
 *
 * FRESH lanes are in one short queue, so that a new event waits behind nobody's backlog. Whoever looks at one claims it or, when
 * its endpoint can take no more for now, makes it WAITING; those are found by their endpoint only. `due_us` is since when a
 * FRESH lane is there, until when a CLAIMED one is leased, from when on a WAITING one may be claimed: queue times (store_clock.h).
 *   generation  counts claims: a verdict with an old generation is stale and is refused, so that a node that was
 *             away cannot complete what another has claimed since.
 *
 * Fan-out and verdict both lock the lane's row first, so no delivery is ever left behind in a lane nobody
 * will look at.
 *
 *   delivery:   PENDING ──2xx──▶ DELIVERED
 *                ▲ │  ▲ └──schedule used up, 410, endpoint disabled, cancelled──▶ FAILED
 *                │ └──┘ try again                                        │
 *                └──────────────────resend, replay───────────────────────┘ (from DELIVERED too) */
#ifndef GREFFIER_STORE_DELIVERY_STORE_H
#define GREFFIER_STORE_DELIVERY_STORE_H

#include "base/arena.h"
#include "base/error.h"
#include "store/endpoint_store.h"
#include "store/event_store.h"
#include "store/store.h"

enum delivery_state { DELIVERY_PENDING, DELIVERY_DELIVERED, DELIVERY_FAILED, DELIVERY_STATE_COUNT };
const char *delivery_state_name(enum delivery_state state); /* "PENDING" … as in the API */
bool delivery_state_find(const char *name, int *ret_state);

/* A claimed lane, with the delivery at its head and all that sending it needs. In `arena`. */
struct claim {
	const char *lane; /* package id, or event id */
	int64_t generation;
	bool urged;              /* a person wants it sent now: delivery_urge */
	int64_t attempts;        /* made of this delivery since it was last put into the queue */
	struct wall_time queued; /* when that was; queue time */
	struct event event;
	struct endpoint endpoint;
};

struct lane_lease {
	const char *node;
	struct wall_time now;   /* queue time, and so is the next */
	struct wall_time until; /* the claim ends then */
	struct wall_time shown; /* now, in store time: of what fails because nothing can be sent from its lane */
};

/* Claims up to `limit` FRESH lanes, of the oldest first, or WAITING lanes of one endpoint that are due. Returns their heads. A lane whose
 * endpoint is DISABLED, DELETED or without URL is dropped: what is pending in it fails. *ret_count may be less than what was
 * found (*ret_found). In a txn. */
MUST_CHECK bool lane_claim_fresh(struct db *db, struct arena *arena, const struct lane_lease *lease,
				 size_t limit, struct claim *ret_claims, size_t *ret_count,
				 size_t *ret_found, struct error *err);
enum lane_order { LANES_OLDEST_FIRST, LANES_NEWEST_FIRST }; /* by the time from when on they may be claimed */
MUST_CHECK bool lane_claim_waiting(struct db *db, struct arena *arena, const struct lane_lease *lease,
				   const char *account, const char *endpoint, enum lane_order order, size_t limit,
				   struct claim *ret_claims, size_t *ret_count, size_t *ret_found,
				   struct error *err);

#define ATTEMPT_REQUEST_HEAD_MAX 4096 /* bytes; longer ones are cut */
#define ATTEMPT_REPLY_HEAD_MAX 4096

struct attempt {
	const char *account, *endpoint;
	int64_t sequence;
	int64_t number; /* 1, 2 … */
	struct wall_time started;
	struct duration took;
	const char *address;     /* connected to, "127.0.0.1:9000"; "" when none */
	int64_t http_status;     /* 0 when there was no answer */
	const char *error_class; /* "" for an answer; else a name: outbound/verdict.h */
	const char *phase;       /* where it ended when error_class is not ""; a name: outbound/verdict.h */
	const char *reply_start; /* valid UTF-8, cut short */
	const char *request_head; /* request line and headers as sent, secrets masked */
	const char *reply_head;   /* status line and headers of the reply, secrets masked; "" without a reply */
	const char *tls;          /* "TLSv1.3 TLS_AES_256_GCM_SHA384"; "" without */
	/* From `started` on; 0: not reached. */
	struct duration name, connect, tls_done, sent, first_byte; /* sent: the request began to go out */
};

/* What to do with the lane after an attempt. */
struct verdict_record {
	struct attempt attempt;
	const char *lane;
	int64_t generation;
	enum delivery_state state;  /* PENDING: try again at `retry_at` */
	struct wall_time retry_at;  /* queue time */
	/* With PENDING: the lane in which this delivery alone is tried again, while its own lane moves on. NULL: its lane waits. */
	const char *aside;
};

/* Writes the attempt and its verdict. DELIVERED or FAILED: moves the lane on to its next delivery, which is
 * returned under the same claim (its lease is `lease` from now on, same generation), or removes the lane when it is
 * empty (*ret_has_next false). PENDING: gives the lane back until retry_at; or, with `aside`, takes the delivery out of it and
 * moves the lane on.
 * *ret_stale: another node has claimed the lane since, or the delivery was cancelled (then the lane moves on all the same); the
 * attempt alone is recorded, with the next number.
 * attempt.number is ignored on the way in. In a txn; one that records several does so in the order of
 * verdict_compare, and claims (lane_claim_due waits for nobody) after that: then PostgreSQL can meet no deadlock. */
MUST_CHECK bool attempt_record(struct db *db, struct arena *arena, const struct verdict_record *verdict,
			       const struct lane_lease *lease, struct claim *ret_next,
			       bool *ret_has_next, bool *ret_stale, struct error *err);

/* The order of the keys of lanes; 0 for the same lane. */
int verdict_compare(const struct verdict_record *a, const struct verdict_record *b);

/* Gives a claimed lane back untouched: WAITING, due at `due`. */
MUST_CHECK bool lane_put_off(struct db *db, const struct claim *claim, struct wall_time due,
			     struct error *err);
/* Claims become WAITING, due at once, when their lease ends at `over` or before, or nobody stands for their node any more
 * (session_stand_for); all
 * claims when this process is the only one that can hold any (`every`: SQLite, at start). *ret_ended (may be NULL): how many. In
 * a txn. */
MUST_CHECK bool lane_end_leases(struct db *db, struct wall_time now, struct wall_time over, bool every,
				int64_t *ret_ended, struct error *err);

/* What waits for endpoints that were disabled or deleted fails, whenever it would have been due: of at most `limit` lanes. One
 * look-up for each such endpoint. In a txn. */
MUST_CHECK bool lane_drop_stopped(struct db *db, struct arena *arena, struct wall_time now, size_t limit,
				  size_t *ret_dropped, struct error *err);

/* Of lanes that wait for longer than until `farthest`, at most `limit` become due at `now` (queue times). No wait is so long: their
 * times are of a clock that was wrong. One look-up for each endpoint. *ret_brought: how many. In a txn. */
MUST_CHECK bool lane_bring_back(struct db *db, struct wall_time farthest, struct wall_time now,
				size_t limit, int64_t *ret_brought, struct error *err);

/* An endpoint for which lanes wait, and when the first is due. */
struct lane_waiting {
	const char *account, *endpoint;
	struct wall_time due; /* queue time */
};
/* One look-up for each endpoint there is, however many lanes wait. */
MUST_CHECK bool lane_list_waiting(struct db *db, struct arena *arena, struct lane_waiting **ret_list,
				  size_t *ret_count, struct error *err);
/* Of one endpoint; *ret_any false when none waits. */
MUST_CHECK bool lane_next_waiting(struct db *db, const char *account, const char *endpoint,
				  struct wall_time *ret_due, bool *ret_any, struct error *err);

enum lane_state { LANE_FRESH, LANE_WAITING, LANE_CLAIMED };

/* Where a PENDING delivery stands. */
struct delivery_place {
	enum lane_state lane;
	struct wall_time due; /* of its lane: `due_us` above, queue time */
	/* The first of its lane that is pending: this one, or the one that it waits behind. "" and 0 when it is not PENDING. */
	const char *head_id;
	int64_t head_sequence;
	enum endpoint_state endpoint; /* DELETED when it is gone */
};

/* The record, for people and the API. */
struct delivery {
	struct event event;
	const char *endpoint;     /* id */
	const char *endpoint_url; /* "" when it is gone */
	enum delivery_state state;
	int64_t attempts;
	struct wall_time queued;   /* last put into the queue; queue time */
	struct wall_time finished; /* 0 while PENDING */
	const char *failure;       /* of a FAILED one: DELIVERY_CANCELLED, DELIVERY_EXPUNGED; "": its attempts failed, or its endpoint went */
	struct delivery_place place;
	const struct attempt *attempt_list; /* in order */
	size_t attempt_count;
};

#define DELIVERY_OVER DELIVERY_STATE_COUNT      /* in a filter: DELIVERED or FAILED */
#define DELIVERY_NOT_ATTEMPTED "NOT_ATTEMPTED" /* in a filter, an error: there was no attempt */

struct delivery_filter {
	const char *account;
	/* NULL: any */
	const char *package, *event_id, *endpoint;
	const char *types;       /* ",PACKAGE_CREATE,PACKAGE_TRASH," */
	const char *error_class; /* of any attempt; "*": any error */
	const char *phase;       /* of any attempt: where it ended */
	const char *transaction; /* in the name or description of the package, in any case */
	const char *person;      /* in the name or address of one of its signers, in any case */
	const char *member, *value; /* of the payload: the member is that text, capitals or not */
	int state;                  /* enum delivery_state; DELIVERY_OVER; -1: any */
	bool failing; /* FAILED and not cancelled, or tried in vain so far; error, status and phase are then those of its last attempt */
	int64_t http_status, http_through;     /* of any attempt: from, through (0: that one only); -1: any */
	struct wall_time since, until;         /* of the event; 0: open */
	int64_t low, high;                     /* numbers; 0: open */
	int64_t offset, limit;
};
/* Of those a search looks at, so that it takes no longer than that in any log; of those whose texts it looks into. */
#define DELIVERY_SEARCH_MAX 50000
#define DELIVERY_TEXT_SEARCH_MAX 10000

struct delivery_page {
	struct delivery *list; /* newest first, attempts included */
	size_t count;
	int64_t total; /* that match, of those that were looked at */
	/* When it was not all: what is older was not looked at. 0: it was all. */
	struct wall_time looked_back_to;
};
/* Looks at the newest DELIVERY_SEARCH_MAX deliveries of the rarest thing that is asked for, of which there are indexes: an
 * event, a package, an outcome that is no success, failure, an endpoint. Since and until narrow them first. */
MUST_CHECK bool delivery_search(struct db *db, struct arena *arena,
				const struct delivery_filter *filter, struct delivery_page *ret_page,
				struct error *err);

/* The newest `filter->limit` that match, each with its last attempt alone and nothing that was said: for exports. `total` is their
 * number. */
MUST_CHECK bool delivery_lines(struct db *db, struct arena *arena, const struct delivery_filter *filter,
			       struct delivery_page *ret_page, struct error *err);

/* Deliveries of one endpoint that fail (`failing`) and whose last attempts ended alike. */
struct failure_group {
	const char *endpoint, *endpoint_url;
	const char *error_class, *phase; /* of the last attempts; DELIVERY_NOT_ATTEMPTED when there was none */
	int64_t http_status;
	int64_t count, pending;       /* all, and those of them that are still tried */
	struct wall_time first, last; /* of the events */
	/* Of the newest one: its event, and its last attempt. */
	const char *event_id, *reply_start;
	struct wall_time started;
	struct duration took;
};
#define FAILURE_GROUPS_MAX 200
struct failure_groups {
	struct failure_group *list; /* the largest first */
	size_t count;
	struct wall_time looked_back_to; /* as in delivery_page */
};
MUST_CHECK bool delivery_failures(struct db *db, struct arena *arena,
				  const struct delivery_filter *filter,
				  struct failure_groups *ret_groups, struct error *err);

/* How many match, and between which numbers they were looked for: what delivery_walk walks through. *ret_complete: that is all of
 * the log. *ret_last is the account's last number at most. */
MUST_CHECK bool delivery_count(struct db *db, struct arena *arena, const struct delivery_filter *filter,
			       int64_t *ret_total, int64_t *ret_first, int64_t *ret_last,
			       bool *ret_complete, struct error *err);
/* A delivery that a walk has come to. */
struct delivery_step {
	struct event event;
	const char *endpoint;
	enum delivery_state state;
};
/* In order, `filter->limit` at most: of the numbers from filter->low through filter->high; of the first one only endpoints after
 * `after`. *ret_low, *ret_after: where the next walk goes on. It looks at some DELIVERY_WALK_MAX entries of an index. */
#define DELIVERY_WALK_MAX 2000
MUST_CHECK bool delivery_walk(struct db *db, struct arena *arena, const struct delivery_filter *filter,
			      const char *after, struct delivery_step **ret_steps, size_t *ret_count,
			      int64_t *ret_low, const char **ret_after, struct error *err);

/* Puts deliveries of these events to one endpoint (back) into the queue, each at its place in its lane: a finished one begins
 * anew, one that is pending stays as it is, one that never was is made. `now` is queue time. Events of one account, by their numbers. *ret_queued:
 * how many are to be delivered now that were not before. In a txn that has locked the account's number (delivery_lock). */
MUST_CHECK bool deliveries_queue(struct db *db, const struct event *events, size_t count,
				 const char *endpoint, bool ordered, struct wall_time now,
				 size_t *ret_queued, struct error *err);
/* The order of locks of a fan-out: event_store.c. In a txn. */
MUST_CHECK bool delivery_lock(struct db *db, const char *account, struct error *err);
/* The same, and the lanes of those names (packages, or events that are lanes of their own): before events of more than one package
 * are appended or queued in one txn, so that it cannot come across a verdict's order. */
MUST_CHECK bool delivery_lock_lanes(struct db *db, const char *account, const char *const *lanes,
				    size_t count, struct error *err);
#define DELIVERY_CANCELLED "CANCELLED" /* by a person */
#define DELIVERY_EXPUNGED "EXPUNGED"   /* with what its event said */
/* What is pending of the event, or of it to one endpoint (NULL: to all), fails for `failure` at the store time `now`; its lanes go
 * on with what comes after it. What is under way is not called back; its attempt is recorded. *ret_cancelled: how many. In a txn. */
MUST_CHECK bool deliveries_cancel(struct db *db, const char *account, int64_t sequence,
				  const char *endpoint, const char *failure, struct wall_time now,
				  int64_t *ret_cancelled, struct error *err);
/* A delivery that waits at the head of its lane is due now, the queue time: its lane is FRESH and urged, so that the node that
 * claims it ends the endpoint's rest. *ret_urged false: it does not wait there. In a txn. */
MUST_CHECK bool delivery_urge(struct db *db, const char *account, int64_t sequence,
			      const char *endpoint, struct wall_time now, bool *ret_urged,
			      struct error *err);

#endif
