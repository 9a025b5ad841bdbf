/* event_store.h – the event log.
 *
 * Each account's events carry a gap-free number, given in the transaction that writes the event, which is the
 * transaction of the change that caused it. */
#ifndef GREFFIER_STORE_EVENT_STORE_H
#define GREFFIER_STORE_EVENT_STORE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "store/store.h"

struct event {
	const char *account;
	int64_t sequence; /* 1, 2, 3 … per account */
	const char *id;   /* "evt_…": webhook-id */
	const char *type; /* PACKAGE_CREATE … */
	const char *package;
	const char *session_user;
	const char *message;  /* NULL: none */
	const char *document; /* NULL: none */
	const char *extra;    /* JSON object of further members; NULL: none */
	struct wall_time created; /* store time */
	struct wall_time queued;  /* for event_append: the same in queue time; 0: as created */
	int64_t hops;                /* notifications that lie before it: the request that raised it was caused by one */
	struct wall_time expunged;   /* 0: all of it is there */
	struct bytes payload_digest; /* SHA-256 of what an expunged one said */
};

/* What a subscription's filter looks at, and whether it lets the event through. */
struct event_matcher {
	bool (*matches)(const char *filter, const struct event_matcher *matcher);
	const char *sender;  /* uid of the package's owner; NULL: unknown */
	const char *package; /* its JSON; NULL: unknown */
};

struct event_place {
	int64_t sequence;
	int64_t deliveries; /* written by now */
	int64_t behind;     /* earlier events that still wait for their deliveries */
	bool opens_fan_out; /* the account's fan-out begins with it: fan_out_store.h */
};

/* Gives the next number of the account, writes the event, and one delivery per endpoint that subscribes to it, at the end of
 * its lane. `event->sequence` is ignored. *room is how many deliveries the transaction may still write, and becomes less; when it is
 * not enough, or the account has earlier events without all of their deliveries, the rest is left to a fan-out. `matcher` may be NULL
 * when the account has no filters. In a txn. */
MUST_CHECK bool event_append(struct db *db, const struct event *event,
			     const struct event_matcher *matcher, int64_t *room,
			     struct event_place *ret_place, struct error *err);
/* ERROR_EVENT_NOT_FOUND. */
MUST_CHECK bool event_find(struct db *db, struct arena *arena, const char *account, const char *id,
			   struct event *ret_event, struct error *err);
/* Removes what the event said, and what receivers answered to it; keeps the digest of its payload. In a txn. */
MUST_CHECK bool event_forget(struct db *db, const struct event *event, struct bytes digest,
			     struct wall_time now, struct error *err);
/* The account's last number; 0: there is no event yet. */
MUST_CHECK bool event_last(struct db *db, const char *account, int64_t *ret_sequence,
			   struct error *err);
/* The account's newest event of that type. One look-up in an index. */
MUST_CHECK bool event_last_of_type(struct db *db, struct arena *arena, const char *account,
				   const char *type, struct event *ret_event, bool *ret_found,
				   struct error *err);
/* The last number of an event created before `time`; 0: there is none. */
MUST_CHECK bool event_boundary(struct db *db, const char *account, struct wall_time time,
			       int64_t *ret_boundary, struct error *err);
/* When the event with this number, or the next there is, was created; 0: there is none. */
MUST_CHECK bool event_time(struct db *db, const char *account, int64_t sequence,
			   struct wall_time *ret_created, struct error *err);
/* Events with a number greater than `after`, in order, `limit` at most. */
MUST_CHECK bool event_list(struct db *db, struct arena *arena, const char *account, int64_t after,
			   int64_t limit, struct event **ret_events, size_t *ret_count,
			   struct error *err);
/* The same, of one package; NULL: of all. */
MUST_CHECK bool event_list_of(struct db *db, struct arena *arena, const char *account, const char *package,
			      int64_t after, int64_t limit, struct event **ret_events, size_t *ret_count,
			      struct error *err);

#endif
