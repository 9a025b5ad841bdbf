/* retention.h – how long data is kept: the operator's number of days, or the account's own. */
#ifndef GREFFIER_NOTIFY_RETENTION_H
#define GREFFIER_NOTIFY_RETENTION_H

#include <jansson.h>

#include "context/context.h"
#include "store/retention_store.h"

#define RETENTION_DAYS_MAX 36500

struct retention_config {
	int64_t days[RETENTION_KIND_COUNT]; /* 0: forever */
};

/* Returns {"kinds": [{kind, days, isOwn, count, oldestDate}], "pending": {count, oldestDate}} as
 * a new reference. */
json_t *retention_read(const struct context *context, const struct retention_config *config,
		       struct error *err);
/* Returns the account's own days, {events: 30 …}. New reference. */
json_t *retention_own_days(const struct context *context, struct error *err);
/* Changes the account's own days by `body`, {"days": {"events": 30, …}}; null or absent days
 * follow the operator's. Returns the same as retention_read. */
json_t *retention_change(const struct context *context, const struct retention_config *config,
			 const json_t *body, struct error *err);

/* Deletes what is too old, of all accounts, in small transactions. *ret_next is the time of the
 * next call. */
MUST_CHECK bool retention_step(struct session *session, const struct retention_config *config,
			       struct wall_time now, struct wall_time *ret_next, struct error *err);

#endif
