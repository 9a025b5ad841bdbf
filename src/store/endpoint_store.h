/* endpoint_store.h – endpoints and their subscriptions.
 *
 *   ACTIVE ⇄ PAUSED     PAUSED: deliveries are queued; nothing is sent
 *     │ ▲
 *     ▼ │
 *   DISABLED            no subscriptions; pending deliveries fail
 *     ▼
 *   DELETED             from any state; the row stays while deliveries in the log refer to it
 *
 * A DISABLED endpoint has no rows in `subscription`, so that fan-out does not need to look at
 * states. */
#ifndef GREFFIER_STORE_ENDPOINT_STORE_H
#define GREFFIER_STORE_ENDPOINT_STORE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "store/store.h"

enum endpoint_auth {
	ENDPOINT_AUTH_NONE,
	ENDPOINT_AUTH_BASIC,
	ENDPOINT_AUTH_OAUTH2,
	ENDPOINT_AUTH_REFRESH_TOKEN,
	ENDPOINT_AUTH_HEADER, /* never stored in a row: notify/endpoint_hidden.h */
	ENDPOINT_AUTH_COUNT
};
enum endpoint_state {
	ENDPOINT_ACTIVE,
	ENDPOINT_PAUSED,
	ENDPOINT_DISABLED,
	ENDPOINT_DELETED,
	ENDPOINT_STATE_COUNT
};
const char *endpoint_state_name(enum endpoint_state state); /* "ACTIVE" and so on, as in the API */

#define ENDPOINT_ORIGIN_NONE "endpoint" /* neither the account's callback ("") nor a connector */

struct endpoint {
	const char *account;
	const char *id;      /* "ep_…" */
	/* "" for the account's callback; unique per account, except for ENDPOINT_ORIGIN_NONE. */
	const char *origin;
	const char *name;
	const char *package; /* receives only the events of this package; "": of all packages */
	const char *url;     /* "": nothing can be sent */
	enum endpoint_auth auth;
	struct bytes key_sealed;            /* context "endpoint.key:<account>:<id>"; no data: none */
	struct bytes signing_secret_sealed; /* context "endpoint.signing_secret:<account>:<id>" */
	struct bytes secrets_sealed;        /* context "endpoint.secrets:<account>:<id>"; no data: none */
	const char *custom_headers;         /* JSON array [{"key","value"}] */
	const char *events;                 /* JSON array of event type names, in the order given */
	const char *options;                /* JSON object: notify/endpoint_options.h */
	enum endpoint_state state;
	const char *state_reason;
	/* 0: the last attempt succeeded, or there was none; queue time. */
	struct wall_time failing_since;
	struct wall_time warned;        /* 0: no warning was sent; queue time */
	struct wall_time created, updated;
};

struct subscription {
	const char *const *types;
	size_t type_count;
	bool ordered;
	const char *filter; /* JSON object: notify/filter.h; "": no filter */
};

/* Call it before reading an endpoint in order to change it. Other changes of the account's
 * endpoints wait until this txn ends. */
MUST_CHECK bool endpoint_lock(struct db *db, const char *account, struct error *err);
MUST_CHECK bool endpoint_find(struct db *db, struct arena *arena, const char *account, const char *id,
			      struct endpoint *ret_endpoint, bool *ret_found, struct error *err);
MUST_CHECK bool endpoint_find_by_origin(struct db *db, struct arena *arena, const char *account,
					const char *origin, struct endpoint *ret_endpoint,
					bool *ret_found, struct error *err);
/* Inserts an endpoint, or replaces the one with its account and id, and sets its subscription.
 * Replacing keeps created, origin, signing secret, state and health. Fails with ERROR_CONFLICT
 * when someone else has registered the origin meanwhile. In a txn. */
MUST_CHECK bool endpoint_put(struct db *db, const struct endpoint *endpoint,
			     const struct subscription *subscription, struct error *err);
/* Changes the state and clears the health. `subscription` is the new one; it must have no types
 * unless the state is ACTIVE or PAUSED. In a txn. */
MUST_CHECK bool endpoint_set_state(struct db *db, const struct endpoint *endpoint,
				   enum endpoint_state state, const char *reason,
				   const struct subscription *subscription, struct wall_time now,
				   struct error *err);
/* Disables an ACTIVE or PAUSED endpoint. *ret_stopped is false when it was in another state. In
 * a txn. */
MUST_CHECK bool endpoint_stop(struct db *db, const struct endpoint *endpoint, const char *reason,
			      struct wall_time now, bool *ret_stopped, struct error *err);
/* Records that a warning is being sent. *ret_first is false when one was sent before. */
MUST_CHECK bool endpoint_warn(struct db *db, const struct endpoint *endpoint, struct wall_time now,
			      bool *ret_first, struct error *err);
struct endpoint_health {
	struct wall_time failing_since; /* all attempts have failed since; 0: healthy. Queue time */
	struct wall_time warned;        /* when a warning was sent; 0: never. Queue time */
};
/* Records a failed attempt at `now` and returns the health. Only the first failure after a
 * success is written. In a txn. */
MUST_CHECK bool endpoint_note_failure(struct db *db, const struct endpoint *endpoint,
				      struct wall_time now, struct endpoint_health *ret_health,
				      struct error *err);
/* Clears failing_since and warned: an attempt succeeded. */
MUST_CHECK bool endpoint_note_success(struct db *db, const struct endpoint *endpoint,
				      struct error *err);
/* Save sealed secrets: the key, or the signing secret and further secrets. */
MUST_CHECK bool endpoint_save_key(struct db *db, const struct endpoint *endpoint,
				  struct bytes key_sealed, struct error *err);
MUST_CHECK bool endpoint_save_secrets(struct db *db, const struct endpoint *endpoint,
				      struct bytes signing_secret_sealed,
				      struct bytes secrets_sealed, struct error *err);
/* Lists rows that have changed since their secrets were last hidden (notify/endpoint_hidden.h).
 * On PostgreSQL the rows are locked, and rows locked by others are skipped. In a txn. */
MUST_CHECK bool endpoint_list_shown(struct db *db, struct arena *arena, size_t limit,
				    struct endpoint *ret_endpoints, size_t *ret_count,
				    struct error *err);
/* Saves URL, headers, options and secrets of such a row. `updated` is unchanged. */
MUST_CHECK bool endpoint_save_concealed(struct db *db, const struct endpoint *endpoint,
					struct error *err);
/* Takes the right to request a token from the endpoint's authorization server until `now +
 * lease`. *ret_taken is false when another node has it. In a txn. */
MUST_CHECK bool endpoint_take_token_lease(struct db *db, const char *account, const char *id,
					  struct wall_time now, struct duration lease,
					  bool *ret_taken, struct error *err);
/* Ends that right after the answer for the key `key_sealed` has arrived. *ret_current is false
 * when the endpoint has another key by now, or is deleted; the lease then belongs to someone
 * else. In a txn: a key that is current stays current until the txn ends. */
MUST_CHECK bool endpoint_end_token_lease(struct db *db, const char *account, const char *id,
					 struct bytes key_sealed, bool *ret_current,
					 struct error *err);
/* Ends all such rights. For SQLite at start, where no other node can have one. In a txn. */
MUST_CHECK bool endpoint_end_token_leases(struct db *db, struct error *err);

struct endpoint_filter {
	const char *account;
	const char *package; /* NULL: endpoints that are not bound to a package */
	int64_t offset, limit;
};
/* Lists endpoints by creation, without deleted ones. *ret_total counts all matches. */
MUST_CHECK bool endpoint_list(struct db *db, struct arena *arena, const struct endpoint_filter *filter,
			      struct endpoint **ret_endpoints, size_t *ret_count,
			      int64_t *ret_total, struct error *err);

/* The queue of an endpoint. */
struct endpoint_queue {
	int64_t pending;            /* deliveries */
	struct wall_time oldest;    /* when the oldest was queued; 0: none. Store time, as `next` */
	struct wall_time next;      /* when its first waiting lane is due; 0: none waits */
};
/* The result of a delivery. */
struct endpoint_outcome {
	int64_t state; /* enum delivery_state */
	bool was_tried;
};
#define ENDPOINT_OUTCOMES_MAX 20
/* Reads the results of an endpoint's last deliveries, newest event first. One index look-up. */
MUST_CHECK bool endpoint_outcomes_read(struct db *db, const char *account, const char *id,
				       struct endpoint_outcome ret_outcomes[ENDPOINT_OUTCOMES_MAX],
				       size_t *ret_count, struct error *err);
MUST_CHECK bool endpoint_queue_read(struct db *db, const char *account, const char *id,
				    struct endpoint_queue *ret_queue, struct error *err);

#endif
