/* fan_out_store.h – makes the deliveries of an event for its subscribers, at once or later in
 * pieces.
 *
 * A few deliveries are written in the transaction of the event. When a transaction would write
 * more than FAN_OUT_AT_ONCE_MAX, the account's **fan-out** is opened. Its cursor
 * (account_sequence.fan_next, fan_after) points to the first event, and there to the endpoint,
 * whose deliveries are missing. The cursor moves in the transactions that write deliveries, so
 * that a crash neither loses nor repeats any. While the fan-out is open, all later events of the
 * account wait for it, because deliveries are made in the order of events.
 *
 *   closed ──more than the transaction may write──▶ open at that event ──pieces──▶ after the last event ──▶ closed
 *
 * An event goes to the endpoints that were subscribed when it was raised, with the subscription,
 * the filter and the package of that time. A change of a subscription therefore keeps the old
 * one while the fan-out is open (subscription_keep).
 *
 * The destination is decided when the delivery is sent, as for all deliveries: a paused endpoint
 * gets it later, and for a disabled or deleted one it fails. An event that was expunged
 * meanwhile is not delivered.
 *
 * Locks on PostgreSQL: first the account's number, then lanes, as in event_store.h. */
#ifndef GREFFIER_STORE_FAN_OUT_STORE_H
#define GREFFIER_STORE_FAN_OUT_STORE_H

#include "store/event_store.h"

/* Deliveries that one transaction may write besides its events. It takes about 10 ms of the
 * writer's time and exceeds the 100 endpoints that an account may have by default, so ordinary
 * changes need no fan-out. */
#define FAN_OUT_AT_ONCE_MAX 128
/* Subscriptions that a fan-out handles before it checks the time again. */
#define FAN_OUT_CHUNK 64

/* A numbered event to be delivered. */
struct fan_out {
	struct event event;
	const struct event_matcher *matcher; /* NULL: the account has no filters */
	bool has_filters;
};

/* Makes the event's deliveries unless they could be more than `room` (counted without filters).
 * *ret_all is false when deliveries are still missing. *ret_deliveries is the number made. */
MUST_CHECK bool fan_out_at_once(struct db *db, const struct fan_out *fan_out, int64_t room,
				int64_t *ret_deliveries, bool *ret_all, struct error *err);
/* Makes all missing deliveries of the event, however many, and adds their number to *deliveries. */
MUST_CHECK bool fan_out_whole(struct db *db, const struct fan_out *fan_out, int64_t *deliveries,
			      struct error *err);
/* Opens the account's fan-out at this event. */
MUST_CHECK bool fan_out_open(struct db *db, const struct fan_out *fan_out, struct error *err);
/* Stores the data that filters need, for an event that a fan-out will handle. */
MUST_CHECK bool fan_out_keep(struct db *db, const struct fan_out *fan_out, struct error *err);
/* Keeps the endpoint's current subscriptions if the account's fan-out is open. Call it before
 * changing them. */
MUST_CHECK bool subscription_keep(struct db *db, const char *account, const char *endpoint,
				  struct error *err);

/* Finds the next account after `account` (by id) with an open fan-out, and starts over after the
 * last one. The result lives in `arena`; NULL when there is none. */
MUST_CHECK bool fan_out_find(struct db *db, struct arena *arena, const char *account,
			     const char **ret_account, struct error *err);

struct fan_out_cursor {
	const char *account;
	int64_t next;      /* the first event with missing deliveries; 0: closed */
	const char *after; /* the last endpoint handled of that event; "": none */
	int64_t last;      /* number of the account's last event */
};

/* Locks the account's fan-out for this transaction. *ret_found is false when another node has
 * locked it or it is closed. In a txn, like all functions below. */
MUST_CHECK bool fan_out_take(struct db *db, struct arena *arena, const char *account,
			     struct fan_out_cursor *ret_cursor, bool *ret_found, struct error *err);
/* Reads the data that filters need, as it was when the event was raised. Fills matcher->sender
 * and ->package. */
MUST_CHECK bool fan_out_recall(struct db *db, struct arena *arena, const struct event *event,
			       struct event_matcher *matcher, struct error *err);
/* Makes the event's deliveries for the next FAN_OUT_CHUNK subscriptions after the endpoint
 * `after`, due at the queue time `now`. *ret_after is the last endpoint handled, in `arena`;
 * NULL: no endpoint remains. Adds to *deliveries. */
MUST_CHECK bool fan_out_chunk(struct db *db, struct arena *arena, const struct fan_out *fan_out,
			      const char *after, struct wall_time now, const char **ret_after,
			      int64_t *deliveries, struct error *err);
/* Saves the cursor. After the last event it deletes kept data in portions; when none is left,
 * the fan-out is closed. */
MUST_CHECK bool fan_out_save(struct db *db, const struct fan_out_cursor *cursor, struct error *err);

/* Number of the account's first event with missing deliveries; INT64_MAX: there is none. */
MUST_CHECK bool fan_out_first(struct db *db, const char *account, int64_t *ret_first,
			      struct error *err);
/* Estimates the missing deliveries of the account's fan-out, as if all events had this type and
 * package. */
MUST_CHECK bool fan_out_owed(struct db *db, const char *account, const char *type,
			     const char *package, int64_t *ret_owed, struct error *err);

#endif
