/* endpoint_store.h – endpoints and what they subscribe to.
 *
 *   ACTIVE ⇄ PAUSED     PAUSED: its queue is kept and grows; nothing is sent
 *     │ ▲
 *     ▼ │
 *   DISABLED            subscribes to nothing; what was pending fails
 *     ▼
 *   DELETED             from any state; the row stays for the log as long as deliveries name it
 *
 * A DISABLED endpoint has its rows of `subscription` taken away, so that fan-out knows nothing of states. */
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
	ENDPOINT_AUTH_HEADER, /* never in a row: notify/endpoint_hidden.h */
	ENDPOINT_AUTH_COUNT
};
enum endpoint_state {
	ENDPOINT_ACTIVE,
	ENDPOINT_PAUSED,
	ENDPOINT_DISABLED,
	ENDPOINT_DELETED,
	ENDPOINT_STATE_COUNT
};
const char *endpoint_state_name(enum endpoint_state state); /* "ACTIVE" … as in the API */

#define ENDPOINT_ORIGIN_NONE "endpoint" /* neither the account's callback ("") nor a connector */

struct endpoint {
	const char *account;
	const char *id;      /* "ep_…" */
	const char *origin;  /* "" for the account's callback; unique per account unless ENDPOINT_ORIGIN_NONE */
	const char *name;
	const char *package; /* of whose events alone it hears; "" for all */
	const char *url;     /* "": nothing can be sent */
	enum endpoint_auth auth;
	struct bytes key_sealed;            /* context "endpoint.key:<account>:<id>"; no data: none */
	struct bytes signing_secret_sealed; /* context "endpoint.signing_secret:<account>:<id>" */
	struct bytes secrets_sealed;        /* context "endpoint.secrets:<account>:<id>"; no data: none */
	const char *custom_headers;         /* JSON array [{"key","value"}] */
	const char *events;                 /* JSON array of event type names, in order given */
	const char *options;                /* JSON object: notify/endpoint_options.h */
	enum endpoint_state state;
	const char *state_reason;
	struct wall_time failing_since; /* 0: its last attempt went well, or there was none; queue time */
	struct wall_time warned;        /* 0: nobody was told; queue time */
	struct wall_time created, updated;
};

struct subscription {
	const char *const *types;
	size_t type_count;
	bool ordered;
	const char *filter; /* JSON object: notify/filter.h; "" for none */
};

/* Before an endpoint is read to be changed: who else changes one of the account's waits for the end of this txn. */
MUST_CHECK bool endpoint_lock(struct db *db, const char *account, struct error *err);
MUST_CHECK bool endpoint_find(struct db *db, struct arena *arena, const char *account, const char *id,
			      struct endpoint *ret_endpoint, bool *ret_found, struct error *err);
MUST_CHECK bool endpoint_find_by_origin(struct db *db, struct arena *arena, const char *account,
					const char *origin, struct endpoint *ret_endpoint,
					bool *ret_found, struct error *err);
/* Inserts, or replaces the one with that account and id (created, origin, signing secret, state and health stay), and sets
 * what it subscribes to. ERROR_CONFLICT when somebody else has registered the origin meanwhile. In a txn. */
MUST_CHECK bool endpoint_put(struct db *db, const struct endpoint *endpoint,
			     const struct subscription *subscription, struct error *err);
/* `subscription` as it is from now on: of no types unless the state is ACTIVE or PAUSED. Health is forgotten. In a txn. */
MUST_CHECK bool endpoint_set_state(struct db *db, const struct endpoint *endpoint,
				   enum endpoint_state state, const char *reason,
				   const struct subscription *subscription, struct wall_time now,
				   struct error *err);
/* ACTIVE or PAUSED to DISABLED; *ret_stopped false when it was neither any more. In a txn. */
MUST_CHECK bool endpoint_stop(struct db *db, const struct endpoint *endpoint, const char *reason,
			      struct wall_time now, bool *ret_stopped, struct error *err);
/* Somebody is told that it fails; *ret_first false when somebody was already. */
MUST_CHECK bool endpoint_warn(struct db *db, const struct endpoint *endpoint, struct wall_time now,
			      bool *ret_first, struct error *err);
struct endpoint_health {
	struct wall_time failing_since; /* nothing but failures since; 0: it is well. Queue time */
	struct wall_time warned;        /* when somebody was told; 0: nobody was. Queue time */
};
/* An attempt has failed at `now`; what is known then. Only the first failure since a success is written down. In a txn. */
MUST_CHECK bool endpoint_note_failure(struct db *db, const struct endpoint *endpoint,
				      struct wall_time now, struct endpoint_health *ret_health,
				      struct error *err);
/* It is well. */
MUST_CHECK bool endpoint_note_success(struct db *db, const struct endpoint *endpoint,
				      struct error *err);
/* One of key, signing secret and further secrets, sealed. */
MUST_CHECK bool endpoint_save_key(struct db *db, const struct endpoint *endpoint,
				  struct bytes key_sealed, struct error *err);
MUST_CHECK bool endpoint_save_secrets(struct db *db, const struct endpoint *endpoint,
				      struct bytes signing_secret_sealed,
				      struct bytes secrets_sealed, struct error *err);
/* Rows that have changed since they were last concealed: notify/endpoint_hidden.h. Locked on PostgreSQL, passing over those that
 * somebody else has locked. In a txn. */
MUST_CHECK bool endpoint_list_shown(struct db *db, struct arena *arena, size_t limit,
				    struct endpoint *ret_endpoints, size_t *ret_count,
				    struct error *err);
/* URL, headers, options and secrets of one of them; not its `updated`. */
MUST_CHECK bool endpoint_save_concealed(struct db *db, const struct endpoint *endpoint,
					struct error *err);
/* *ret_taken: nobody else may ask the endpoint's authorization server for a token until `now + lease`. In a txn. */
MUST_CHECK bool endpoint_take_token_lease(struct db *db, const char *account, const char *id,
					  struct wall_time now, struct duration lease,
					  bool *ret_taken, struct error *err);
/* The key that was asked with has had its answer. *ret_current false when the endpoint has another one by now, or is deleted: the
 * lease, if there is one, is somebody else's. In a txn: a current one stays current until its end. */
MUST_CHECK bool endpoint_end_token_lease(struct db *db, const char *account, const char *id,
					 struct bytes key_sealed, bool *ret_current,
					 struct error *err);
/* Where no other node can have any: SQLite, at start. In a txn. */
MUST_CHECK bool endpoint_end_token_leases(struct db *db, struct error *err);

struct endpoint_filter {
	const char *account;
	const char *package; /* NULL: those of no package */
	int64_t offset, limit;
};
/* By creation, deleted ones left out; *ret_total counts all that match. */
MUST_CHECK bool endpoint_list(struct db *db, struct arena *arena, const struct endpoint_filter *filter,
			      struct endpoint **ret_endpoints, size_t *ret_count,
			      int64_t *ret_total, struct error *err);

/* What waits for an endpoint. */
struct endpoint_queue {
	int64_t pending;            /* deliveries */
	struct wall_time oldest;    /* when the oldest was put into the queue; 0: none. Store time, and so is the next */
	struct wall_time next;      /* when the first lane that waits is due; 0: none waits */
};
/* What became of a delivery. */
struct endpoint_outcome {
	int64_t state; /* enum delivery_state */
	bool was_tried;
};
#define ENDPOINT_OUTCOMES_MAX 20
/* Of its last deliveries, the newest event's first. One look-up in an index. */
MUST_CHECK bool endpoint_outcomes_read(struct db *db, const char *account, const char *id,
				       struct endpoint_outcome ret_outcomes[ENDPOINT_OUTCOMES_MAX],
				       size_t *ret_count, struct error *err);
MUST_CHECK bool endpoint_queue_read(struct db *db, const char *account, const char *id,
				    struct endpoint_queue *ret_queue, struct error *err);

#endif
