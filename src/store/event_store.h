/* event_store.h – the event log.
 *
 * The events of an account have numbers without gaps. An event gets its number in the
 * transaction that writes it, which is the transaction of the change that caused it. */
#ifndef GREFFIER_STORE_EVENT_STORE_H
#define GREFFIER_STORE_EVENT_STORE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "store/store.h"

struct event {
	const char *account;
	int64_t sequence; /* counts from 1 in each account */
	const char *id;   /* "evt_…"; the notification's webhook-id */
	const char *type; /* PACKAGE_CREATE … */
	const char *package;
	const char *session_user;
	const char *message;  /* NULL: none */
	const char *document; /* NULL: none */
	const char *extra;    /* JSON object of further members; NULL: none */
	struct wall_time created; /* store time */
	struct wall_time queued;  /* for event_append: `created` in queue time; 0: the same value */
	/* Length of the chain of notifications that caused the request which raised this event. */
	int64_t hops;
	struct wall_time expunged;   /* 0: not expunged */
	struct bytes payload_digest; /* SHA-256 of the payload of an expunged event */
};

/* Decides whether a subscription's filter matches the event, with the data that filters read. */
struct event_matcher {
	bool (*matches)(const char *filter, const struct event_matcher *matcher);
	const char *sender;  /* uid of the package's owner; NULL: unknown */
	const char *package; /* its JSON; NULL: unknown */
};

struct event_place {
	int64_t sequence;
	int64_t deliveries; /* written so far */
	int64_t behind;     /* earlier events that still wait for their deliveries */
	bool opens_fan_out; /* the account's fan-out starts with this event: fan_out_store.h */
};

/* Assigns the account's next number, writes the event, and writes one delivery for each
 * subscribed endpoint, at the end of its lane. `event->sequence` is ignored. `matcher` may be
 * NULL when the account has no filters.
 *
 * *room is the number of deliveries that the transaction may still write, and is reduced. When
 * it is too small, or when earlier events of the account still wait for deliveries, a fan-out
 * makes the rest. In a txn. */
MUST_CHECK bool event_append(struct db *db, const struct event *event,
			     const struct event_matcher *matcher, int64_t *room,
			     struct event_place *ret_place, struct error *err);
/* Finds an event by id. Fails with ERROR_EVENT_NOT_FOUND. */
MUST_CHECK bool event_find(struct db *db, struct arena *arena, const char *account, const char *id,
			   struct event *ret_event, struct error *err);
/* Deletes the content of an event and the replies of its receivers. Keeps `digest`, the digest
 * of its payload. In a txn. */
MUST_CHECK bool event_forget(struct db *db, const struct event *event, struct bytes digest,
			     struct wall_time now, struct error *err);
/* The account's last event number; 0: no event yet. */
MUST_CHECK bool event_last(struct db *db, const char *account, int64_t *ret_sequence,
			   struct error *err);
/* Finds the account's newest event of that type. One index look-up. */
MUST_CHECK bool event_last_of_type(struct db *db, struct arena *arena, const char *account,
				   const char *type, struct event *ret_event, bool *ret_found,
				   struct error *err);
/* Number of the last event created before `time`; 0: there is none. */
MUST_CHECK bool event_boundary(struct db *db, const char *account, struct wall_time time,
			       int64_t *ret_boundary, struct error *err);
/* Creation time of the event with this number or, if it is missing, of the next one; 0: there is
 * none. */
MUST_CHECK bool event_time(struct db *db, const char *account, int64_t sequence,
			   struct wall_time *ret_created, struct error *err);
/* Lists events with numbers greater than `after`, in ascending order, at most `limit`. */
MUST_CHECK bool event_list(struct db *db, struct arena *arena, const char *account, int64_t after,
			   int64_t limit, struct event **ret_events, size_t *ret_count,
			   struct error *err);
/* Does the same for the events of one package; NULL: of all. */
MUST_CHECK bool event_list_of(struct db *db, struct arena *arena, const char *account, const char *package,
			      int64_t after, int64_t limit, struct event **ret_events, size_t *ret_count,
			      struct error *err);

#endif
