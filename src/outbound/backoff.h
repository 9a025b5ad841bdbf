/* backoff.h – when to try a delivery again.
 * Pure: reads no clock, store or random source, so each rule is one row in backoff_test.c. */
#ifndef GREFFIER_OUTBOUND_BACKOFF_H
#define GREFFIER_OUTBOUND_BACKOFF_H

#include <stdbool.h>

#include "base/time.h"

/* Ten attempts over about 75 hours. */
#define BACKOFF_ATTEMPTS_MAX 10
/* A receiver's Retry-After is obeyed up to here. */
#define BACKOFF_RETRY_AFTER_MAX_S (24 * 3600)

/* Start of the next attempt after `failed` failures (1 and up); false when the schedule is used up.
 * `retry_after` is what the receiver asked for (RFC 9110 section 10.2.3), zero if absent; the later of it and the
 * schedule wins. `jitter` is uniform in [0, 1): the wait is 0.8 to 1.2 times the schedule's. `scale` divides
 * every wait (1 in production; tests and demonstrations use more). */
bool backoff_next(unsigned failed, struct wall_time now, struct duration retry_after, double jitter,
		  double scale, struct wall_time *ret_next);

#endif
