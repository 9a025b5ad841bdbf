/* replay_store.h – jobs that work on many deliveries, one portion at a time: replays, which send
 * events to an endpoint again, and bulk actions on deliveries of the log. */
#ifndef GREFFIER_STORE_REPLAY_STORE_H
#define GREFFIER_STORE_REPLAY_STORE_H

#include "store/event_store.h"

/* Selects events. */
struct event_search {
	const char *account;
	const char *package;           /* "" for any */
	const char *types;             /* ",PACKAGE_CREATE,PACKAGE_TRASH,"; "" for any */
	struct wall_time since, until; /* of creation; 0: open */
	const char *not_delivered_to;  /* only events not delivered to this endpoint; "": all */
	int64_t after, through;        /* event numbers */
};

struct replay {
	const char *account, *id; /* "rp_…" */
	const char *action;   /* RETRY, CANCEL, RESEND: notify/bulk.h; "" for a replay */
	const char *endpoint; /* of a replay */
	const char *filter; /* the request as JSON: notify/replay.h */
	int64_t rate;       /* deliveries per second */
	/* RUNNING (stored as WORKING for a bulk action), DONE, CANCELLED, STOPPED. */
	const char *state;
	/* Number of the last event handled; see cursor_endpoint for bulk actions. */
	int64_t cursor;
	/* Bulk action: at the next number, endpoints up to this one are done; "": none. */
	const char *cursor_endpoint;
	int64_t last;       /* number of the last event to handle */
	int64_t matching;   /* events that matched at the start; bulk action: deliveries */
	int64_t queued;     /* deliveries queued so far; bulk action: changed so far */
	int64_t skipped;    /* bulk action: deliveries that could not be changed */
	const char *created_by; /* uid */
	struct wall_time created, updated;
	struct wall_time next; /* queue time */
};

/* Counts the matching events. Expunged events never match. */
MUST_CHECK bool event_search_count(struct db *db, const struct event_search *search,
				   int64_t *ret_count, struct error *err);
/* Lists matching events in ascending order, at most `limit`. */
MUST_CHECK bool event_search_list(struct db *db, struct arena *arena, const struct event_search *search,
				  int64_t limit, struct event **ret_events, size_t *ret_count,
				  struct error *err);

MUST_CHECK bool replay_insert(struct db *db, const struct replay *replay, struct error *err);
MUST_CHECK bool replay_find(struct db *db, struct arena *arena, const char *account, const char *id,
			    struct replay *ret_replay, bool *ret_found, struct error *err);
/* Lists jobs, newest first. *ret_total counts all. */
MUST_CHECK bool replay_list(struct db *db, struct arena *arena, const char *account, int64_t offset,
			    int64_t limit, struct replay **ret_replays, size_t *ret_count,
			    int64_t *ret_total, struct error *err);
/* Finds a RUNNING job that is due. On PostgreSQL no other node takes it until the txn ends. */
MUST_CHECK bool replay_take_due(struct db *db, struct arena *arena, struct wall_time now,
				struct replay *ret_replay, bool *ret_found, struct error *err);
/* Saves state, cursor, queued, skipped, updated and next. */
MUST_CHECK bool replay_save(struct db *db, const struct replay *replay, struct error *err);
/* Finds the running bulk action of the account. *ret_found is false when there is none. In a txn
 * that has locked the account's number. */
MUST_CHECK bool replay_find_bulk(struct db *db, struct arena *arena, const char *account,
				 struct replay *ret_replay, bool *ret_found, struct error *err);
/* Changes RUNNING to CANCELLED. *ret_cancelled is false when the job was not RUNNING. */
MUST_CHECK bool replay_cancel(struct db *db, const char *account, const char *id, struct wall_time now,
			      bool *ret_cancelled, struct error *err);
/* Makes jobs due at `now` that would wait beyond `farthest`: their times come from a wrong
 * clock. In a txn. */
MUST_CHECK bool replay_bring_back(struct db *db, struct wall_time farthest, struct wall_time now,
				  struct error *err);
/* When the first running job is due; 0: none runs. */
MUST_CHECK bool replay_next_due(struct db *db, struct wall_time *ret_due, struct error *err);

#endif
