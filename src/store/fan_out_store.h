/* fan_out_store.h – from events to the deliveries of those who subscribe to them: at once, or later and in pieces.
 *
 * Few deliveries are written in the transaction of the event. When a transaction would write more than FAN_OUT_AT_ONCE_MAX, the
 * account's **fan-out** is opened: its cursor (account_sequence.fan_next, fan_after) stands at the first event, and there at the
 * endpoint, whose deliveries are still to be made. It moves in the transactions that make them, so that a crash loses and doubles
 * nothing. While it is open, every later event of the account waits for it: deliveries are made in the order of events, whatever
 * raised them.
 *
 *   closed ──more than the transaction may write──▶ open at that event ──pieces──▶ beyond the last event ──▶ closed
 *
 * An event goes to the endpoints that subscribed when it was raised, by the subscription and the filter of that time, and by the
 * package as it was. So whoever changes a subscription keeps the old one as long as the fan-out is open (subscription_keep).
 * Where the delivery goes is decided when it is sent, as for any other delivery: an endpoint that was paused takes it later, one that
 * was disabled or deleted has it failed. An event that was expunged meanwhile goes nowhere.
 *
 * Locks on PostgreSQL: the account's number, then lanes, as event_store.h has it. */
#ifndef GREFFIER_STORE_FAN_OUT_STORE_H
#define GREFFIER_STORE_FAN_OUT_STORE_H

#include "store/event_store.h"

/* Deliveries that one transaction writes beside its events: about 10 ms of the writer, and more than the 100 endpoints that an
 * account has by default, so that an ordinary change never needs a fan-out. */
#define FAN_OUT_AT_ONCE_MAX 128
/* Subscriptions that one step of a fan-out looks at, between two looks at the clock. */
#define FAN_OUT_CHUNK 64

/* An event, with its number, on its way. */
struct fan_out {
	struct event event;
	const struct event_matcher *matcher; /* NULL: the account has no filters */
	bool has_filters;
};

/* Makes the event's deliveries if they are `room` at most, filters left aside. *ret_all false: it has made some of them or none.
 * *ret_deliveries: how many. */
MUST_CHECK bool fan_out_at_once(struct db *db, const struct fan_out *fan_out, int64_t room,
				int64_t *ret_deliveries, bool *ret_all, struct error *err);
/* Makes all that are not there yet, however many. Adds them to *deliveries. */
MUST_CHECK bool fan_out_whole(struct db *db, const struct fan_out *fan_out, int64_t *deliveries,
			      struct error *err);
/* The account's fan-out begins with this event. */
MUST_CHECK bool fan_out_open(struct db *db, const struct fan_out *fan_out, struct error *err);
/* Keeps what filters look at for an event that a fan-out will find. */
MUST_CHECK bool fan_out_keep(struct db *db, const struct fan_out *fan_out, struct error *err);
/* Keeps the endpoint's subscriptions as they are if the account's fan-out is open: before they are changed. */
MUST_CHECK bool subscription_keep(struct db *db, const char *account, const char *endpoint,
				  struct error *err);

/* The next account after `account`, by its id, whose fan-out is open; from the first on again after the last. In `arena`; NULL:
 * there is none. */
MUST_CHECK bool fan_out_find(struct db *db, struct arena *arena, const char *account,
			     const char **ret_account, struct error *err);

struct fan_out_cursor {
	const char *account;
	int64_t next;      /* the first event without all of its deliveries; 0: closed */
	const char *after; /* of that event, the last endpoint that was looked at; "": none */
	int64_t last;      /* the account's last event */
};

/* Locks the account's fan-out for this transaction. *ret_found false: another node is at it, or it is closed. In a txn, as all that
 * follow. */
MUST_CHECK bool fan_out_take(struct db *db, struct arena *arena, const char *account,
			     struct fan_out_cursor *ret_cursor, bool *ret_found, struct error *err);
/* What filters look at, as it was when the event was raised. Fills matcher->sender and ->package. */
MUST_CHECK bool fan_out_recall(struct db *db, struct arena *arena, const struct event *event,
			       struct event_matcher *matcher, struct error *err);
/* Makes deliveries of the event for the next FAN_OUT_CHUNK subscriptions after the endpoint `after`, due at the queue time `now`. *ret_after: the
 * last endpoint it looked at, in `arena`; NULL: it was the last of all. Adds to *deliveries. */
MUST_CHECK bool fan_out_chunk(struct db *db, struct arena *arena, const struct fan_out *fan_out,
			      const char *after, struct wall_time now, const char **ret_after,
			      int64_t *deliveries, struct error *err);
/* Moves the cursor. Beyond the last event, what was kept is removed, some at a time; when nothing is left, the fan-out is closed. */
MUST_CHECK bool fan_out_save(struct db *db, const struct fan_out_cursor *cursor, struct error *err);

/* The first event of the account without all of its deliveries; INT64_MAX: there is none. */
MUST_CHECK bool fan_out_first(struct db *db, const char *account, int64_t *ret_first,
			      struct error *err);
/* About how many deliveries the account's fan-out has still to make, if they all were for the subscribers of this type and package. */
MUST_CHECK bool fan_out_owed(struct db *db, const char *account, const char *type,
			     const char *package, int64_t *ret_owed, struct error *err);

#endif
