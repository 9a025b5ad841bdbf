/* backoff.h – the schedule of retries. Pure: reads no clock, store or random source, so that
 * each rule is one row in backoff_test.c. */
#ifndef GREFFIER_OUTBOUND_BACKOFF_H
#define GREFFIER_OUTBOUND_BACKOFF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/time.h"

/* Longest Retry-After of a receiver that is obeyed. */
#define BACKOFF_RETRY_AFTER_MAX_S (24 * 3600)

struct backoff {
	const int64_t *waits_s; /* after the first, second … failure */
	size_t count;
	struct duration horizon; /* no retry begins later than this after the delivery was queued */
	/* Divides every wait and the horizon; 1 in production, more in tests and demonstrations. */
	double scale;
};

/* Ten attempts over about 75 hours. */
extern const int64_t backoff_default_waits_s[];
extern const size_t backoff_default_count;

/* Computes when the next attempt starts after `failed` failures (at least 1). Returns false when
 * the schedule is used up or the attempt would lie beyond the horizon.
 *
 * `retry_after` is the receiver's request (RFC 9110 section 10.2.3), zero if absent; the later
 * of it and the schedule applies. `jitter` is uniform in [0, 1): the wait is 0.8 to 1.2 times
 * the scheduled one. */
bool backoff_next(const struct backoff *backoff, unsigned failed, struct wall_time queued,
		  struct wall_time now, struct duration retry_after, double jitter,
		  struct wall_time *ret_next);

#endif
