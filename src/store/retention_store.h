/* retention_store.h – how much there is of what is kept for a time, how old it is, and removing what is too old. What is pending is
 * never removed, nor what it needs. */
#ifndef GREFFIER_STORE_RETENTION_STORE_H
#define GREFFIER_STORE_RETENTION_STORE_H

#include "base/arena.h"
#include "base/error.h"
#include "store/store.h"

enum retention_kind {
	RETENTION_EVENTS,     /* those without deliveries */
	RETENTION_DELIVERIES, /* finished ones, with their attempts */
	RETENTION_REPLAYS,    /* finished ones */
	RETENTION_MAILS,      /* sent or given up */
	RETENTION_REQUESTS,   /* answers to idempotency keys */
	RETENTION_KIND_COUNT
};

struct retention_size {
	int64_t count;
	struct wall_time oldest; /* 0: there is none */
};
MUST_CHECK bool retention_size_read(struct db *db, const char *account, enum retention_kind kind,
				    struct retention_size *ret_size, struct error *err);
/* Of the deliveries that are pending. */
MUST_CHECK bool retention_pending_read(struct db *db, const char *account,
				       struct retention_size *ret_size, struct error *err);

struct retention_key {
	int64_t sequence;
	const char *endpoint; /* of a delivery */
};
/* EVENTS and DELIVERIES in two steps, so that nobody waits while the store searches: at most `limit` that were over before
 * `cutoff` … */
MUST_CHECK bool retention_find(struct db *db, struct arena *arena, const char *account,
			       enum retention_kind kind, struct wall_time cutoff, int64_t limit,
			       struct retention_key **ret_keys, size_t *ret_count,
			       struct error *err);
/* … and those of them that still are. In a txn that has locked the account's number (delivery_lock). */
MUST_CHECK bool retention_remove(struct db *db, const char *account, enum retention_kind kind,
				 const struct retention_key *keys, size_t count,
				 struct wall_time cutoff, int64_t *ret_removed, struct error *err);
/* The other kinds. In a txn. */
MUST_CHECK bool retention_prune(struct db *db, const char *account, enum retention_kind kind,
				struct wall_time cutoff, int64_t limit, int64_t *ret_removed,
				struct error *err);
/* Deleted endpoints that no delivery names any more, and those given with packages that are gone. In a txn that has locked the
 * account's number. */
MUST_CHECK bool retention_prune_endpoints(struct db *db, const char *account, struct error *err);

/* The account's own days, as JSON; NULL when it has none. */
MUST_CHECK bool retention_days_read(struct db *db, struct arena *arena, const char *account,
				    const char **ret_days, struct error *err);
MUST_CHECK bool retention_days_save(struct db *db, const char *account, const char *days,
				    struct error *err);

#endif
