/* tally_store.h – counters over time for charts: of an account's events, and of what was sent to
 * an endpoint.
 *
 * A row holds the counters (base/counts.h) of one node for one interval. There are three
 * interval lengths, each kept for a different time and all written at once. A chart of any range
 * therefore reads few rows, and nothing is summed up later. Nodes write separate rows, which the
 * reader adds up. Samples of the queue have no node; the highest value of an interval is kept. */
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

/* In place of an endpoint: the account's events, and the sum of its endpoints. */
#define TALLY_OF_ACCOUNT ""
#define TALLY_OF_EVENTS ""  /* in place of a node: events, which are counted once for all nodes */

/* Counters of at most one minute. */
struct tally_part {
	const char *account, *endpoint, *node;
	struct wall_time at; /* store time */
	const struct counts *counts;
};
/* Adds the counters to the rows of each length. Ignores deleted endpoints. In a txn, whose parts
 * must be in the order of tally_part_compare. */
MUST_CHECK bool tally_add(struct db *db, const struct tally_part *part, struct error *err);
int tally_part_compare(const struct tally_part *a, const struct tally_part *b);

/* A sample of an endpoint's queue. */
struct tally_sample {
	const char *account, *endpoint;
	int64_t pending;
	int64_t oldest_s; /* time since the oldest delivery was queued */
};
MUST_CHECK bool tally_note_queue(struct db *db, const struct tally_sample *sample, struct wall_time at,
				 struct error *err);

struct tally_row {
	struct wall_time start;
	const char *counts; /* text for counts_read */
	int64_t pending, oldest_s;
};
/* Lists rows of one length from `since` until before `until`, by time, at most `limit`. An
 * interval has several rows when there were several nodes. */
MUST_CHECK bool tally_list(struct db *db, struct arena *arena, const char *account, const char *endpoint,
			   enum tally_length length, struct wall_time since, struct wall_time until, size_t limit,
			   struct tally_row **ret_rows, size_t *ret_count, struct error *err);

/* Deletes the counters of an endpoint, together with it. In a txn. */
MUST_CHECK bool tally_forget(struct db *db, const char *account, const char *endpoint, struct error *err);
/* Deletes rows that are old enough, at most `limit`. *ret_removed is their number. In a txn. */
MUST_CHECK bool tally_prune(struct db *db, enum tally_length length, struct wall_time now, int64_t limit,
			    int64_t *ret_removed, struct error *err);

/* ---- events: each is counted once, from where the last count ended ---- */

#define TALLY_EVENTS_MAX 5000 /* counted at a time */
/* Finds the first account after `after` with uncounted events; NULL when there is none. */
MUST_CHECK bool tally_find_uncounted(struct db *db, struct arena *arena, const char *after,
				     const char **ret_account, struct error *err);
struct tally_minute {
	struct wall_time minute;
	const char *type;
	int64_t total;
};
struct tally_events {
	const char *account;
	int64_t after, through; /* event numbers: after the first, up to and including the second */
	struct tally_minute *list;
	size_t count;
	bool more; /* true when there are more */
};
/* Counts the account's next events by minute and type. */
MUST_CHECK bool tally_read_events(struct db *db, struct arena *arena, const char *account,
				  struct tally_events *ret_events, struct error *err);
/* Adds the counts. *ret_ours is false when another node has counted these events meanwhile; the
 * txn must then be rolled back. In a txn. */
MUST_CHECK bool tally_write_events(struct db *db, const struct tally_events *events, bool *ret_ours,
				   struct error *err);

/* ---- the queue ---- */

#define TALLY_PENDING_MAX 100000 /* counted per endpoint; a higher number is not counted further */
/* Lists endpoints with pending deliveries after the given one, at most `limit`. `queue_now` is
 * queue time. */
MUST_CHECK bool tally_list_queues(struct db *db, struct arena *arena, const char *after_account,
				  const char *after_endpoint, struct wall_time queue_now, size_t limit,
				  struct tally_sample *ret_samples, size_t *ret_count, struct error *err);

#endif
