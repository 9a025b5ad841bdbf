/* tally_store.h – numbers over time: what was counted of an account's events and of what was sent to an endpoint, by stretches.
 *
 * A row holds the counters (base/counts.h) of one node for one stretch of one length. Each length is kept for a time of its own, and
 * all three are written at once, so that a chart of any range reads few rows and nothing has to be summed up later. Nodes write
 * rows of their own: who reads adds them up. Samples of the queue have no node, and the greatest of a stretch stays. */
#ifndef GREFFIER_STORE_TALLY_STORE_H
#define GREFFIER_STORE_TALLY_STORE_H

#include "base/counts.h"
#include "base/error.h"
#include "store/store.h"

enum tally_length { TALLY_MINUTE, TALLY_TEN_MINUTES, TALLY_TWO_HOURS, TALLY_LENGTH_COUNT };
struct tally_kind {
	int64_t length_s, kept_s;
};
extern const struct tally_kind tally_kinds[TALLY_LENGTH_COUNT];

#define TALLY_OF_ACCOUNT "" /* as the endpoint: the account's events, and all of its endpoints together */
#define TALLY_OF_EVENTS ""  /* as the node: events, which are counted once for all nodes */

/* Of one minute at most. */
struct tally_part {
	const char *account, *endpoint, *node;
	struct wall_time at; /* store time */
	const struct counts *counts;
};
/* Adds to the rows of each length. Not for an endpoint that is deleted. In a txn, whose parts are in the order of
 * tally_part_compare. */
MUST_CHECK bool tally_add(struct db *db, const struct tally_part *part, struct error *err);
int tally_part_compare(const struct tally_part *a, const struct tally_part *b);

/* What was seen to wait. */
struct tally_sample {
	const char *account, *endpoint;
	int64_t pending;
	int64_t oldest_s; /* since the oldest was put into the queue */
};
MUST_CHECK bool tally_note_queue(struct db *db, const struct tally_sample *sample, struct wall_time at,
				 struct error *err);

struct tally_row {
	struct wall_time start;
	const char *counts; /* counts_read */
	int64_t pending, oldest_s;
};
/* Of one length, from `since` on and before `until`, by time; several of one stretch where there were several nodes. *ret_count is at
 * most `limit`. */
MUST_CHECK bool tally_list(struct db *db, struct arena *arena, const char *account, const char *endpoint,
			   enum tally_length length, struct wall_time since, struct wall_time until, size_t limit,
			   struct tally_row **ret_rows, size_t *ret_count, struct error *err);

/* With its endpoint. In a txn. */
MUST_CHECK bool tally_forget(struct db *db, const char *account, const char *endpoint, struct error *err);
/* Rows that were kept for long enough, `limit` at most; *ret_removed: how many. In a txn. */
MUST_CHECK bool tally_prune(struct db *db, enum tally_length length, struct wall_time now, int64_t limit,
			    int64_t *ret_removed, struct error *err);

/* ---- events: read once from the log, up to where it was read before ---- */

#define TALLY_EVENTS_MAX 5000 /* read at once */
/* Of accounts whose log has grown, the first after `after`; NULL when there is none. */
MUST_CHECK bool tally_find_uncounted(struct db *db, struct arena *arena, const char *after,
				     const char **ret_account, struct error *err);
struct tally_minute {
	struct wall_time minute;
	const char *type;
	int64_t total;
};
struct tally_events {
	const char *account;
	int64_t after, through; /* their numbers: behind the one, with the other */
	struct tally_minute *list;
	size_t count;
	bool more; /* there are further ones */
};
/* The account's next events, by minute and type. */
MUST_CHECK bool tally_read_events(struct db *db, struct arena *arena, const char *account,
				  struct tally_events *ret_events, struct error *err);
/* Adds them. *ret_ours false: another node did since they were read, and the txn must be rolled back. In a txn. */
MUST_CHECK bool tally_write_events(struct db *db, const struct tally_events *events, bool *ret_ours,
				   struct error *err);

/* ---- the queue ---- */

#define TALLY_PENDING_MAX 100000 /* counted of one endpoint; more wait than that */
/* Endpoints for which something is pending, after that one, at most `limit`. `queue_now` is queue time. */
MUST_CHECK bool tally_list_queues(struct db *db, struct arena *arena, const char *after_account,
				  const char *after_endpoint, struct wall_time queue_now, size_t limit,
				  struct tally_sample *ret_samples, size_t *ret_count, struct error *err);

#endif
