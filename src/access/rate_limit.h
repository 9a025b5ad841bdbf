/* rate_limit.h – token buckets, and waits that grow with each failure. In memory, per node, with
 * the monotonic clock, so that steps of the wall clock have no effect. Thread-safe.
 *
 * Both remember a limited number of keys and forget the one unused for longest. An attacker who
 * can make the server forget keys has more addresses than a limit by address could stop. */
#ifndef GREFFIER_ACCESS_RATE_LIMIT_H
#define GREFFIER_ACCESS_RATE_LIMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/time.h"

struct rate_limit;

struct rate_limit *rate_limit_new(void);
void rate_limit_free(struct rate_limit *limit);

struct rate_verdict {
	bool allowed;
	int64_t limit;     /* per second */
	int64_t remaining; /* number that could be taken at once */
	int64_t wait_s;    /* seconds until the next can be taken, rounded up; 0 when allowed */
};
/* Takes one unit from the bucket of `key`. The bucket fills at `rate` per second and holds two
 * seconds' worth. A rate of 0 means no limit. */
struct rate_verdict rate_limit_take(struct rate_limit *limit, const char *key, int64_t rate,
				    struct mono_time now);

/* After FAILURES_FREE consecutive failures the next one costs `first_wait_s`, and each further
 * one twice as long, up to FAILURE_WAIT_MAX_S. Pure. */
#define FAILURES_FREE 5
#define FAILURE_WAIT_MAX_S 900
int64_t failure_wait_of(int64_t failures, int64_t first_wait_s);

/* Seconds, rounded up, that `key` must wait before the next attempt; 0: none. */
int64_t failure_wait_s(struct rate_limit *limit, const char *key, struct mono_time now);
void failure_note(struct rate_limit *limit, const char *key, int64_t first_wait_s,
		  struct mono_time now);
void failure_forget(struct rate_limit *limit, const char *key); /* after a success */

#endif
