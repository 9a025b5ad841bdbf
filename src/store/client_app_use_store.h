/* client_app_use_store.h – what client apps did: counts per hour and day, and the calls themselves.
 *
 * Counts are added to, never set, so several nodes may write about the same app. Calls are kept up to a number for each app: a new
 * one takes the place of the oldest. What is too old is deleted by the clockwork. */
#ifndef GREFFIER_STORE_CLIENT_APP_USE_STORE_H
#define GREFFIER_STORE_CLIENT_APP_USE_STORE_H

#include "store/client_app_store.h"

/* Of answers: RFC 9110 section 15. */
enum status_class { STATUS_2XX, STATUS_3XX, STATUS_4XX, STATUS_5XX, STATUS_CLASS_COUNT };

struct app_counts {
	int64_t calls[STATUS_CLASS_COUNT];
	int64_t tokens;     /* issued */
	int64_t not_logged; /* calls that were counted only */
};

struct app_call {
	int64_t number; /* of the app's calls; given when it is written */
	struct wall_time at;
	const char *method, *route; /* the route's pattern: a path may hold names, a query secrets */
	int64_t status;
	struct duration duration;
	const char *address; /* of the client */
	int64_t request;     /* its id in the log of the node that answered */
};

/* What is added to the record of an app's use. */
struct client_app_use {
	const char *client_id;
	struct wall_time last_used;       /* 0: not */
	const char *last_used_address;
	struct wall_time old_secret_used; /* 0: not */
	const char *old_secret_address;
	int64_t let_in;           /* calls that the app's limits let in */
	struct wall_time counted; /* the counts belong to the hour and the day of this moment */
	struct app_counts counts;
	const struct app_call *calls; /* in order of time */
	size_t call_count;
};
/* Adds it, and deletes all but the newest `calls_kept` calls of the app. In a txn; those of several apps in one order everywhere, so
 * that two nodes do not block each other. An unknown app is ignored. */
MUST_CHECK bool client_app_note_use(struct db *db, const struct client_app_use *use,
				    int64_t calls_kept, struct error *err);

enum use_span { USE_HOURS = 1, USE_DAYS = 24 };
#define USE_SPAN_US(span) ((int64_t)(span) * 3600 * 1000000)

struct app_use_row {
	const char *client_id;
	struct wall_time start; /* of the hour or day */
	struct app_counts counts;
};
/* From `since` on, in order of app and time. `client_id` NULL: of all live apps. Spans without use have no row; `limit` rows at
 * most. */
MUST_CHECK bool client_app_use_list(struct db *db, struct arena *arena, const char *account,
				    const char *client_id, enum use_span span, struct wall_time since,
				    int64_t limit, struct app_use_row **ret_rows, size_t *ret_count,
				    struct error *err);

struct app_call_filter {
	const char *account, *client_id;
	struct wall_time since, until;  /* 0: open; `until` is exclusive */
	int64_t status_min, status_max; /* inclusive */
	const char *method;             /* NULL: any */
	int64_t offset, limit;
};
/* The last written first. *ret_total may be NULL. */
MUST_CHECK bool client_app_calls_list(struct db *db, struct arena *arena,
				      const struct app_call_filter *filter,
				      struct app_call **ret_calls, size_t *ret_count,
				      int64_t *ret_total, struct error *err);

/* Deletes counts and calls from before `cutoff`, `limit` of each at most. In a txn. */
MUST_CHECK bool client_app_use_prune(struct db *db, struct wall_time cutoff, int64_t limit,
				     int64_t *ret_removed, struct error *err);

#endif
