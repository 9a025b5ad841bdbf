/* event_store.h – the event log, endpoints and their subscriptions, and the fan-out from one to the other.
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
	struct wall_time created;
};

/* Gives the next number of the account, writes the event, and one delivery per subscribed, active endpoint,
 * at the end of its lane. `event->sequence` is ignored; *ret_sequence gets it. *ret_deliveries may be NULL. */
MUST_CHECK bool event_append(struct db *db, const struct event *event, int64_t *ret_sequence,
			     int64_t *ret_deliveries, struct error *err);
/* Events with a number greater than `after`, in order, `limit` at most. */
MUST_CHECK bool event_list(struct db *db, struct arena *arena, const char *account, int64_t after,
			   int64_t limit, struct event **ret_events, size_t *ret_count,
			   struct error *err);

enum endpoint_auth { ENDPOINT_AUTH_NONE, ENDPOINT_AUTH_BASIC };

struct endpoint {
	const char *account;
	const char *id;     /* "ep_…" */
	const char *origin; /* "" for the account's callback; unique per account */
	const char *url;
	enum endpoint_auth auth;
	struct bytes key_sealed;            /* context "endpoint.key:<account>:<id>"; no data: none */
	struct bytes signing_secret_sealed; /* context "endpoint.signing_secret:<account>:<id>" */
	const char *custom_headers;         /* JSON array [{"key","value"}] */
	const char *events;                 /* JSON array of event type names, in order given */
	struct wall_time created, updated;
};

MUST_CHECK bool endpoint_find_by_origin(struct db *db, struct arena *arena, const char *account,
					const char *origin, struct endpoint *ret_endpoint,
					bool *ret_found, struct error *err);
/* Inserts, or replaces the one with that account and origin (its id, created and signing secret stay: pass what
 * was found), and sets its subscriptions to `types`. */
MUST_CHECK bool endpoint_put(struct db *db, const struct endpoint *endpoint, const char *const *types,
			     size_t type_count, struct error *err);

#endif
