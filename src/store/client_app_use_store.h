/* client_app_use_store.h – what client apps did: counts per hour and per day, and a list of
 * their calls.
 *
 * Counts are only added to, so that several nodes may report about the same app. Each app keeps
 * a limited number of calls; a new call replaces the oldest one. The clockwork deletes what is
 * too old. */
#ifndef GREFFIER_STORE_CLIENT_APP_USE_STORE_H
#define GREFFIER_STORE_CLIENT_APP_USE_STORE_H

#include "store/client_app_store.h"

/* Classes of HTTP statuses (RFC 9110 section 15). */
enum status_class { STATUS_2XX, STATUS_3XX, STATUS_4XX, STATUS_5XX, STATUS_CLASS_COUNT };

struct app_counts {
	int64_t calls[STATUS_CLASS_COUNT];
	int64_t tokens;     /* issued */
	int64_t not_logged; /* calls that were only counted */
};

struct app_call {
	int64_t number; /* numbers the app's calls; assigned when it is written */
	struct wall_time at;
	/* The route's pattern, because a path may contain names and a query may contain secrets. */
	const char *method, *route;
	int64_t status;
	struct duration duration;
	const char *address; /* address of the client */
	int64_t request;     /* the request's id in the log of the node that answered */
};

/* What is added to the record of an app's use. */
struct client_app_use {
	const char *client_id;
	struct wall_time last_used;       /* 0: unchanged */
	const char *last_used_address;
	struct wall_time old_secret_used; /* 0: unchanged */
	const char *old_secret_address;
	int64_t let_in;           /* calls that the app's limits allowed */
	struct wall_time counted; /* the counts belong to the hour and day of this time */
	struct app_counts counts;
	const struct app_call *calls; /* by time */
	size_t call_count;
};
/* Adds `use` and deletes all but the newest `calls_kept` calls of the app. An unknown app is
 * ignored. In a txn. Always write several apps in the same order, so that two nodes do not
 * deadlock. */
MUST_CHECK bool client_app_note_use(struct db *db, const struct client_app_use *use,
				    int64_t calls_kept, struct error *err);

enum use_span { USE_HOURS = 1, USE_DAYS = 24 };
#define USE_SPAN_US(span) ((int64_t)(span) * 3600 * 1000000)

struct app_use_row {
	const char *client_id;
	struct wall_time start; /* start of the hour or day */
	struct app_counts counts;
};
/* Lists counts since `since` by app and time, at most `limit` rows. `client_id` NULL selects all
 * live apps. Hours or days without use have no row. */
MUST_CHECK bool client_app_use_list(struct db *db, struct arena *arena, const char *account,
				    const char *client_id, enum use_span span, struct wall_time since,
				    int64_t limit, struct app_use_row **ret_rows, size_t *ret_count,
				    struct error *err);

struct app_call_filter {
	const char *account, *client_id;
	struct wall_time since, until;  /* 0: no bound; `until` is exclusive */
	int64_t status_min, status_max; /* inclusive */
	const char *method;             /* NULL: any */
	int64_t offset, limit;
};
/* Lists calls, last written first. *ret_total may be NULL. */
MUST_CHECK bool client_app_calls_list(struct db *db, struct arena *arena,
				      const struct app_call_filter *filter,
				      struct app_call **ret_calls, size_t *ret_count,
				      int64_t *ret_total, struct error *err);

/* Deletes counts and calls older than `cutoff`, at most `limit` of each. In a txn. */
MUST_CHECK bool client_app_use_prune(struct db *db, struct wall_time cutoff, int64_t limit,
				     int64_t *ret_removed, struct error *err);

#endif
