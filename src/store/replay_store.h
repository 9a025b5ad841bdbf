/* replay_store.h – what is done to many deliveries by somebody's word, a part at a time: replays, which send events to an endpoint
 * (again), and bulk actions on deliveries of the log. */
#ifndef GREFFIER_STORE_REPLAY_STORE_H
#define GREFFIER_STORE_REPLAY_STORE_H

#include "store/event_store.h"

/* Which events. */
struct event_search {
	const char *account;
	const char *package;           /* "" for any */
	const char *types;             /* ",PACKAGE_CREATE,PACKAGE_TRASH,"; "" for any */
	struct wall_time since, until; /* of creation; 0: open */
	const char *not_delivered_to;  /* only those that this endpoint did not take; "" for all */
	int64_t after, through;        /* numbers */
};

struct replay {
	const char *account, *id; /* "rp_…" */
	const char *action;   /* RETRY, CANCEL, RESEND: notify/bulk.h; "" for a replay */
	const char *endpoint; /* of a replay */
	const char *filter; /* JSON of the request: notify/replay.h */
	int64_t rate;       /* deliveries a second */
	const char *state;  /* RUNNING (WORKING in the row of a bulk action), DONE, CANCELLED, STOPPED */
	int64_t cursor;     /* the last number looked at; in bulk: */
	const char *cursor_endpoint; /* and of the next number the endpoints through this one; "" for none */
	int64_t last;       /* the last one there is to look at */
	int64_t matching;   /* events, when it began; in bulk: deliveries */
	int64_t queued;     /* deliveries, so far; in bulk: to which it was done */
	int64_t skipped;    /* in bulk: to which it could not be done */
	const char *created_by; /* uid */
	struct wall_time created, updated;
	struct wall_time next; /* queue time */
};

/* Expunged ones never match. */
MUST_CHECK bool event_search_count(struct db *db, const struct event_search *search,
				   int64_t *ret_count, struct error *err);
/* In order, `limit` at most. */
MUST_CHECK bool event_search_list(struct db *db, struct arena *arena, const struct event_search *search,
				  int64_t limit, struct event **ret_events, size_t *ret_count,
				  struct error *err);

MUST_CHECK bool replay_insert(struct db *db, const struct replay *replay, struct error *err);
MUST_CHECK bool replay_find(struct db *db, struct arena *arena, const char *account, const char *id,
			    struct replay *ret_replay, bool *ret_found, struct error *err);
/* Newest first; *ret_total counts all. */
MUST_CHECK bool replay_list(struct db *db, struct arena *arena, const char *account, int64_t offset,
			    int64_t limit, struct replay **ret_replays, size_t *ret_count,
			    int64_t *ret_total, struct error *err);
/* One that is RUNNING and due; on PostgreSQL no other node takes it until the end of the txn. */
MUST_CHECK bool replay_take_due(struct db *db, struct arena *arena, struct wall_time now,
				struct replay *ret_replay, bool *ret_found, struct error *err);
/* State, cursor, queued, skipped, updated and next. */
MUST_CHECK bool replay_save(struct db *db, const struct replay *replay, struct error *err);
/* The bulk action of the account that runs; *ret_found false: none does. In a txn that has locked the account's number. */
MUST_CHECK bool replay_find_bulk(struct db *db, struct arena *arena, const char *account,
				 struct replay *ret_replay, bool *ret_found, struct error *err);
/* RUNNING to CANCELLED; *ret_cancelled false when it was not RUNNING. */
MUST_CHECK bool replay_cancel(struct db *db, const char *account, const char *id, struct wall_time now,
			      bool *ret_cancelled, struct error *err);
/* Those that would wait beyond `farthest` are due at `now`: their times are of a clock that was wrong. In a txn. */
MUST_CHECK bool replay_bring_back(struct db *db, struct wall_time farthest, struct wall_time now,
				  struct error *err);
/* When the first is due; 0: none runs. */
MUST_CHECK bool replay_next_due(struct db *db, struct wall_time *ret_due, struct error *err);

#endif
