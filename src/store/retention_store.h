/* retention_store.h – counts data that is kept for a limited time, gives its age, and deletes
 * what is too old. Pending deliveries, and the data they need, are never deleted. */
#ifndef GREFFIER_STORE_RETENTION_STORE_H
#define GREFFIER_STORE_RETENTION_STORE_H

#include "base/arena.h"
#include "base/error.h"
#include "store/store.h"

enum retention_kind {
	RETENTION_EVENTS,     /* events without deliveries */
	RETENTION_DELIVERIES, /* finished deliveries and their attempts */
	RETENTION_REPLAYS,    /* finished replays */
	RETENTION_MAILS,      /* mails that were sent or given up */
	RETENTION_REQUESTS,   /* answers stored under idempotency keys */
	RETENTION_KIND_COUNT
};

struct retention_size {
	int64_t count;
	struct wall_time oldest; /* 0: there is none */
};
MUST_CHECK bool retention_size_read(struct db *db, const char *account, enum retention_kind kind,
				    struct retention_size *ret_size, struct error *err);
/* Counts the pending deliveries. */
MUST_CHECK bool retention_pending_read(struct db *db, const char *account,
				       struct retention_size *ret_size, struct error *err);

struct retention_key {
	int64_t sequence;
	const char *endpoint; /* of a delivery */
};
/* EVENTS and DELIVERIES are deleted in two steps, so that nobody waits while the store searches.
 * First step: finds at most `limit` keys that ended before `cutoff`. */
MUST_CHECK bool retention_find(struct db *db, struct arena *arena, const char *account,
			       enum retention_kind kind, struct wall_time cutoff, int64_t limit,
			       struct retention_key **ret_keys, size_t *ret_count,
			       struct error *err);
/* Second step: deletes those of them that are still old enough. In a txn that has locked the
 * account's number (delivery_lock). */
MUST_CHECK bool retention_remove(struct db *db, const char *account, enum retention_kind kind,
				 const struct retention_key *keys, size_t count,
				 struct wall_time cutoff, int64_t *ret_removed, struct error *err);
/* Deletes old rows of the other kinds. In a txn. */
MUST_CHECK bool retention_prune(struct db *db, const char *account, enum retention_kind kind,
				struct wall_time cutoff, int64_t limit, int64_t *ret_removed,
				struct error *err);
/* Deletes deleted endpoints that no delivery refers to any more, and endpoints of packages that
 * no longer exist. In a txn that has locked the account's number. */
MUST_CHECK bool retention_prune_endpoints(struct db *db, const char *account, struct error *err);

/* The account's retention settings in days, as JSON; NULL when it has none. */
MUST_CHECK bool retention_days_read(struct db *db, struct arena *arena, const char *account,
				    const char **ret_days, struct error *err);
MUST_CHECK bool retention_days_save(struct db *db, const char *account, const char *days,
				    struct error *err);

#endif
