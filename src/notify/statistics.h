/* statistics.h – data for charts over time: events, attempts and their durations, the queue
 * (store/tally_store.h). */
#ifndef GREFFIER_NOTIFY_STATISTICS_H
#define GREFFIER_NOTIFY_STATISTICS_H

#include <jansson.h>

#include "context/context.h"

#define STATISTICS_STEPS_MAX 400 /* per answer */
#define STATISTICS_STEP_MAX_S 604800

struct statistics_query {
	const char *endpoint;          /* id; NULL: the account with all its endpoints */
	/* 0: `since` is one hour before `until`, and `until` is now. */
	struct wall_time since, until;
	int64_t step_s;                /* 0: the shortest available for the range */
};

/* Returns {"since", "until", "stepSeconds", "totals": {…}, "results": [{"start", …}]} as a new
 * reference; empty steps are omitted. Fails with ERROR_INVALID_FIELD when that step is not
 * available for the range, or when there would be too many steps. */
json_t *statistics_read(const struct context *context, const struct statistics_query *query,
			struct error *err);

/* Returns the health of endpoints in the order of endpoints_list: {"count", "results":
 * [{"endpointId", "outcomes", "attempts", "succeeded", "latency"}]}. Outcomes are those of the
 * last 20 deliveries, newest last; numbers cover the last 24 hours. The cost depends only on the
 * number of endpoints. New reference; NULL on error. */
json_t *endpoints_health(const struct context *context, int64_t offset, int64_t limit,
			 struct error *err);

/* ---- scheduled jobs ---- */

/* Counts events that were not counted yet, account by account, in small transactions. *ret_more
 * is true when there are more. */
MUST_CHECK bool statistics_count_events(struct session *session, bool *ret_more, struct error *err);
/* Stores the queue length of each endpoint and account. `now` is store time, `queue_now` queue
 * time. */
MUST_CHECK bool statistics_sample_queues(struct session *session, struct wall_time now,
					 struct wall_time queue_now, struct error *err);
/* Deletes old statistics in small transactions. */
MUST_CHECK bool statistics_prune(struct session *session, struct wall_time now, struct error *err);

#endif
