/* backoff.h – when to try a delivery again.
 * Pure: reads no clock, store or random source, so each rule is one row in backoff_test.c. */
#ifndef GREFFIER_OUTBOUND_BACKOFF_H
#define GREFFIER_OUTBOUND_BACKOFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"

/* A receiver's Retry-After is obeyed up to here. */
#define BACKOFF_RETRY_AFTER_MAX_S (24 * 3600)

struct backoff {
	const int64_t *waits_s; /* after the first, second … failure */
	size_t count;
	struct duration horizon; /* nothing is tried again longer than this after it was queued */
	double scale;            /* divides every wait and the horizon (1 in production; tests and demonstrations use more) */
};

/* Ten attempts over about 75 hours. */
extern const int64_t backoff_default_waits_s[];
extern const size_t backoff_default_count;

/* Start of the next attempt after `failed` failures (1 and up); false when the schedule is used up, or would go on
 * behind the horizon. `retry_after` is what the receiver asked for (RFC 9110 section 10.2.3), zero if absent; the later of it
 * and the schedule wins. `jitter` is uniform in [0, 1): the wait is 0.8 to 1.2 times the schedule's. */
bool backoff_next(const struct backoff *backoff, unsigned failed, struct wall_time queued,
		  struct wall_time now, struct duration retry_after, double jitter,
		  struct wall_time *ret_next);

#endif
