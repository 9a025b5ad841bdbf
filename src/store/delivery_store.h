/* delivery_store.h – the delivery queue: lanes, deliveries, attempts.
 *
 * A **lane** is the unit of order: the deliveries of one package to one endpoint. For an
 * endpoint without ordering, each event is a lane of its own. A lane has a row while it has
 * pending deliveries, and that row is the unit of scheduling:
 *
 *   FRESH ──claim──▶ CLAIMED ──verdict: empty──▶ (row removed)
 *     ▲                │ ▲ └──verdict: more──▶ CLAIMED, the next delivery, same claim
 *     │                │ └──claim──────┐
 *   fan-out            └──retry, postponed, lease expired──▶ WAITING
 *
 * All FRESH lanes are in one short queue, so that a new event never waits behind a backlog. A
 * node that reads a FRESH lane claims it, or makes it WAITING when the endpoint can take no more
 * for now. WAITING lanes are found by endpoint only.
 *
 * `due_us` is a queue time (store_clock.h). For a FRESH lane it is the time when the lane became
 * fresh, for a CLAIMED lane the end of its lease, and for a WAITING lane the earliest time of
 * the next claim.
 *
 * `generation` counts claims. A verdict with an old generation is stale and refused, so that a
 * node that was cut off cannot complete a lane that another node has claimed since.
 *
 * Fan-out and verdict both lock the lane's row first. No delivery can therefore remain in a lane
 * that has no row.
 *
 *   delivery:   PENDING ──2xx──▶ DELIVERED
 *                ▲ │  ▲ └──schedule used up, 410, endpoint disabled, cancelled──▶ FAILED
 *                │ └──┘ retry                                              │
 *                └──────────────────resend, replay───────────────────────┘ (from DELIVERED too) */
#ifndef GREFFIER_STORE_DELIVERY_STORE_H
#define GREFFIER_STORE_DELIVERY_STORE_H

#include "base/arena.h"
#include "base/error.h"
#include "store/endpoint_store.h"
#include "store/event_store.h"
#include "store/store.h"

enum delivery_state { DELIVERY_PENDING, DELIVERY_DELIVERED, DELIVERY_FAILED, DELIVERY_STATE_COUNT };
const char *delivery_state_name(enum delivery_state state); /* "PENDING" and so on, as in the API */
bool delivery_state_find(const char *name, int *ret_state);

/* A claimed lane with the delivery at its head, and all data needed to send it. Lives in
 * `arena`. */
struct claim {
	const char *lane; /* package id, or event id without ordering */
	int64_t generation;
	bool urged;              /* somebody asked to send it now: delivery_urge */
	int64_t attempts;        /* attempts since the delivery was last queued */
	struct wall_time queued; /* when it was last queued; queue time */
	struct event event;
	struct endpoint endpoint;
};

struct lane_lease {
	const char *node;
	struct wall_time now;   /* queue time, as `until` */
	struct wall_time until; /* end of the claim */
	/* `now` in store time, for deliveries that fail because their lane cannot send. */
	struct wall_time shown;
};

/* Claim up to `limit` lanes and return their heads: FRESH lanes, oldest first, or WAITING lanes
 * of one endpoint that are due.
 *
 * A lane whose endpoint is DISABLED, DELETED or without URL is dropped, and its pending
 * deliveries fail. *ret_count may therefore be less than *ret_found, the number of lanes found.
 * In a txn. */
MUST_CHECK bool lane_claim_fresh(struct db *db, struct arena *arena, const struct lane_lease *lease,
				 size_t limit, struct claim *ret_claims, size_t *ret_count,
				 size_t *ret_found, struct error *err);
/* By the earliest time of the next claim. */
enum lane_order { LANES_OLDEST_FIRST, LANES_NEWEST_FIRST };
MUST_CHECK bool lane_claim_waiting(struct db *db, struct arena *arena, const struct lane_lease *lease,
				   const char *account, const char *endpoint, enum lane_order order, size_t limit,
				   struct claim *ret_claims, size_t *ret_count, size_t *ret_found,
				   struct error *err);

#define ATTEMPT_REQUEST_HEAD_MAX 4096 /* bytes; longer heads are cut */
#define ATTEMPT_REPLY_HEAD_MAX 4096

struct attempt {
	const char *account, *endpoint;
	int64_t sequence;
	int64_t number; /* counts from 1 */
	struct wall_time started;
	struct duration took;
	/* The address connected to, such as "127.0.0.1:9000"; "" when none. */
	const char *address;
	int64_t http_status;     /* 0 when there was no answer */
	/* "" when there was an answer; otherwise a name from outbound/verdict.h. */
	const char *error_class;
	const char *phase;       /* the phase in which it failed; a name from outbound/verdict.h */
	const char *reply_start; /* valid UTF-8, cut */
	const char *request_head; /* request line and headers as sent; secrets are masked */
	/* Status line and headers; secrets are masked; "" without a reply. */
	const char *reply_head;
	const char *tls;          /* "TLSv1.3 TLS_AES_256_GCM_SHA384"; "" without TLS */
	/* Durations since `started`; 0: phase not reached. */
	/* sent: the start of sending the request. */
	struct duration name, connect, tls_done, sent, first_byte;
};

/* How an attempt changes its lane. */
struct verdict_record {
	struct attempt attempt;
	const char *lane;
	int64_t generation;
	enum delivery_state state;  /* PENDING: retry at `retry_at` */
	struct wall_time retry_at;  /* queue time */
	/* With PENDING: the new lane in which this delivery alone is retried while its old lane
	 * continues. NULL: the whole lane waits. */
	const char *aside;
};

/* Writes an attempt and its verdict. In a txn.
 *
 * DELIVERED and FAILED move the lane to its next delivery, which is returned under the same
 * claim (same generation, lease renewed to `lease`). An empty lane is removed and *ret_has_next
 * is false. PENDING releases the lane until `retry_at`. With `aside`, PENDING moves the delivery
 * to that lane, and its old lane continues.
 *
 * *ret_stale is true when another node has claimed the lane since, or when the delivery was
 * cancelled. Only the attempt is recorded then, with the next number; the lane of a cancelled
 * delivery still moves on. The value of attempt.number on entry is ignored.
 *
 * A txn that records several verdicts must record them in the order of verdict_compare and claim
 * lanes afterwards. Claims never wait for locks, so PostgreSQL cannot deadlock. */
MUST_CHECK bool attempt_record(struct db *db, struct arena *arena, const struct verdict_record *verdict,
			       const struct lane_lease *lease, struct claim *ret_next,
			       bool *ret_has_next, bool *ret_stale, struct error *err);

/* Compares the keys of two lanes; 0 for the same lane. */
int verdict_compare(const struct verdict_record *a, const struct verdict_record *b);

/* Releases a claimed lane without an attempt: it is WAITING, due at `due`. */
MUST_CHECK bool lane_put_off(struct db *db, const struct claim *claim, struct wall_time due,
			     struct error *err);
/* Makes lanes WAITING and due at once when their lease ended at `over` or before, or when no
 * session stands for their node any more (session_stand_for). `every` releases all claims; it is
 * for SQLite at start, where no other process can hold one. *ret_ended, which may be NULL, is
 * their number. In a txn. */
MUST_CHECK bool lane_end_leases(struct db *db, struct wall_time now, struct wall_time over, bool every,
				int64_t *ret_ended, struct error *err);

/* Fails the deliveries that wait for disabled or deleted endpoints, whatever their due time, in
 * at most `limit` lanes. One index look-up per such endpoint. In a txn. */
MUST_CHECK bool lane_drop_stopped(struct db *db, struct arena *arena, struct wall_time now, size_t limit,
				  size_t *ret_dropped, struct error *err);

/* Makes lanes due at `now` that would wait beyond `farthest`, at most `limit` (queue times). No
 * regular wait is that long, so their times come from a wrong clock. One index look-up per
 * endpoint. *ret_brought is their number. In a txn. */
MUST_CHECK bool lane_bring_back(struct db *db, struct wall_time farthest, struct wall_time now,
				size_t limit, int64_t *ret_brought, struct error *err);

/* An endpoint with waiting lanes, and the time when the first of them is due. */
struct lane_waiting {
	const char *account, *endpoint;
	struct wall_time due; /* queue time */
};
/* Lists the endpoints with waiting lanes. One index look-up per endpoint, however many lanes
 * wait. */
MUST_CHECK bool lane_list_waiting(struct db *db, struct arena *arena, struct lane_waiting **ret_list,
				  size_t *ret_count, struct error *err);
/* Finds the next due time of one endpoint. *ret_any is false when none of its lanes waits. */
MUST_CHECK bool lane_next_waiting(struct db *db, const char *account, const char *endpoint,
				  struct wall_time *ret_due, bool *ret_any, struct error *err);

enum lane_state { LANE_FRESH, LANE_WAITING, LANE_CLAIMED };

/* The position of a PENDING delivery in the queue. */
struct delivery_place {
	enum lane_state lane;
	struct wall_time due; /* `due_us` of its lane, a queue time */
	/* The first pending delivery of its lane: this one, or the one it waits behind. "" and 0
	 * when the delivery is not PENDING. */
	const char *head_id;
	int64_t head_sequence;
	enum endpoint_state endpoint; /* DELETED when its row is gone */
};

/* A delivery as people and the API see it. */
struct delivery {
	struct event event;
	const char *endpoint;     /* id */
	const char *endpoint_url; /* "" when the endpoint is gone */
	enum delivery_state state;
	int64_t attempts;
	struct wall_time queued;   /* when it was last queued; queue time */
	struct wall_time finished; /* 0 while PENDING */
	/* Why it FAILED: DELIVERY_CANCELLED, DELIVERY_EXPUNGED, or "" for failed attempts or a
	 * missing endpoint. */
	const char *failure;
	struct delivery_place place;
	const struct attempt *attempt_list; /* by number */
	size_t attempt_count;
};

#define DELIVERY_OVER DELIVERY_STATE_COUNT      /* in a filter: DELIVERED or FAILED */
/* In a filter, as error class: there was no attempt. */
#define DELIVERY_NOT_ATTEMPTED "NOT_ATTEMPTED"

struct delivery_filter {
	const char *account;
	/* NULL: any */
	const char *package, *event_id, *endpoint;
	const char *types;       /* ",PACKAGE_CREATE,PACKAGE_TRASH," */
	const char *error_class; /* of any attempt; "*": any error */
	const char *phase;       /* phase in which any attempt failed */
	/* Text in the name or description of the package; case is ignored. */
	const char *transaction;
	const char *person;      /* text in the name or address of a signer; case is ignored */
	const char *member, *value; /* a member of the payload and its text; case is ignored */
	int state;                  /* enum delivery_state; DELIVERY_OVER; -1: any */
	/* FAILED and not cancelled, or unsuccessful so far. Error, status and phase then mean
	 * the last attempt. */
	bool failing;
	/* Of any attempt: from, through (0: only the first); -1: any. */
	int64_t http_status, http_through;
	struct wall_time since, until;         /* of the event; 0: no bound */
	int64_t low, high;                     /* event numbers; 0: no bound */
	int64_t offset, limit;
};
/* Maximum number of deliveries that a search reads, so that it takes no longer in a larger log.
 * The second applies to searches in texts. */
#define DELIVERY_SEARCH_MAX 50000
#define DELIVERY_TEXT_SEARCH_MAX 10000

struct delivery_page {
	struct delivery *list; /* newest first, with attempts */
	size_t count;
	int64_t total; /* matches among the deliveries that were read */
	/* Older deliveries were not read. 0: all were read. */
	struct wall_time looked_back_to;
};
/* Searches the log of deliveries. Reads the newest DELIVERY_SEARCH_MAX entries of the index for
 * the rarest condition: event, package, unsuccessful outcome, failure, or endpoint. `since` and
 * `until` narrow the range first. */
MUST_CHECK bool delivery_search(struct db *db, struct arena *arena,
				const struct delivery_filter *filter, struct delivery_page *ret_page,
				struct error *err);

/* Lists the newest `filter->limit` matches for exports: each with its last attempt only, and
 * without contents. `total` is their number. */
MUST_CHECK bool delivery_lines(struct db *db, struct arena *arena, const struct delivery_filter *filter,
			       struct delivery_page *ret_page, struct error *err);

/* Failing deliveries of one endpoint whose last attempts ended in the same way. */
struct failure_group {
	const char *endpoint, *endpoint_url;
	/* Of the last attempts; DELIVERY_NOT_ATTEMPTED without attempts. */
	const char *error_class, *phase;
	int64_t http_status;
	int64_t count, pending;       /* all deliveries, and those still being retried */
	struct wall_time first, last; /* times of the events */
	/* The event and the last attempt of the newest delivery. */
	const char *event_id, *reply_start;
	struct wall_time started;
	struct duration took;
};
#define FAILURE_GROUPS_MAX 200
struct failure_groups {
	struct failure_group *list; /* largest first */
	size_t count;
	struct wall_time looked_back_to; /* as in delivery_page */
};
MUST_CHECK bool delivery_failures(struct db *db, struct arena *arena,
				  const struct delivery_filter *filter,
				  struct failure_groups *ret_groups, struct error *err);

/* Counts the matches, and gives the range of event numbers that delivery_walk will walk through.
 * *ret_complete is true when the range covers the whole log. *ret_last is at most the account's
 * last number. */
MUST_CHECK bool delivery_count(struct db *db, struct arena *arena, const struct delivery_filter *filter,
			       int64_t *ret_total, int64_t *ret_first, int64_t *ret_last,
			       bool *ret_complete, struct error *err);
/* A delivery that a walk has reached. */
struct delivery_step {
	struct event event;
	const char *endpoint;
	enum delivery_state state;
};
/* Lists matches in ascending order, at most `filter->limit`, from number filter->low through
 * filter->high. At the first number, only endpoints after `after` count. *ret_low and *ret_after
 * say where the next walk continues. Reads about DELIVERY_WALK_MAX index entries. */
#define DELIVERY_WALK_MAX 2000
MUST_CHECK bool delivery_walk(struct db *db, struct arena *arena, const struct delivery_filter *filter,
			      const char *after, struct delivery_step **ret_steps, size_t *ret_count,
			      int64_t *ret_low, const char **ret_after, struct error *err);

/* Queues deliveries of these events of one account to one endpoint, each at its place in its
 * lane. A finished delivery starts again, a pending one is unchanged, and a missing one is
 * created. `events` are sorted by number, and `now` is queue time. *ret_queued counts the
 * deliveries that became pending. In a txn that has locked the account's number (delivery_lock). */
MUST_CHECK bool deliveries_queue(struct db *db, const struct event *events, size_t count,
				 const char *endpoint, bool ordered, struct wall_time now,
				 size_t *ret_queued, struct error *err);
/* Locks the account's number: the first lock of a fan-out (event_store.c). In a txn. */
MUST_CHECK bool delivery_lock(struct db *db, const char *account, struct error *err);
/* Does the same and locks the lanes with those names (packages, or events that are lanes of
 * their own). Call it before events of several packages are appended or queued in one txn, so
 * that its order of locks cannot conflict with that of verdicts. */
MUST_CHECK bool delivery_lock_lanes(struct db *db, const char *account, const char *const *lanes,
				    size_t count, struct error *err);
#define DELIVERY_CANCELLED "CANCELLED" /* cancelled by a person */
#define DELIVERY_EXPUNGED "EXPUNGED"   /* expunged together with the content of its event */
/* Fails the pending deliveries of the event, or only the one to `endpoint` (NULL: all), with
 * `failure` at the store time `now`. Their lanes continue with the next delivery. A request in
 * progress is not aborted, and its attempt is recorded. *ret_cancelled is their number. In a
 * txn. */
MUST_CHECK bool deliveries_cancel(struct db *db, const char *account, int64_t sequence,
				  const char *endpoint, const char *failure, struct wall_time now,
				  int64_t *ret_cancelled, struct error *err);
/* Makes a delivery at the head of a waiting lane due at `now` (queue time). The lane becomes
 * FRESH and urged, so that the node that claims it ends the endpoint's pause. *ret_urged is
 * false when the delivery is not at the head of a waiting lane. In a txn. */
MUST_CHECK bool delivery_urge(struct db *db, const char *account, int64_t sequence,
			      const char *endpoint, struct wall_time now, bool *ret_urged,
			      struct error *err);

#endif
