/* rate_limit.h – token buckets, and waits that grow with each failure. In memory, on each node for itself, by the monotonic
 * clock: no step of the wall clock lets anybody wait longer, or less long. Thread-safe.
 *
 * Both remember a bounded number of keys and forget the one unused for longest: who can afford to make this server forget
 * has more addresses than a limit by address can help against. */
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
	int64_t limit;     /* a second */
	int64_t remaining; /* that could be taken at once */
	int64_t wait_s;    /* until the next can be taken, rounded up; 0 when allowed */
};
/* Takes one from the bucket of `key`, which fills at `rate` a second and holds two seconds' worth. A rate of 0 is no limit. */
struct rate_verdict rate_limit_take(struct rate_limit *limit, const char *key, int64_t rate,
				    struct mono_time now);

/* Waits grow with each failure: after FAILURES_FREE in a row the next one costs `first_wait_s`, and each further one twice the
 * time, up to FAILURE_WAIT_MAX_S. Pure. */
#define FAILURES_FREE 5
#define FAILURE_WAIT_MAX_S 900
int64_t failure_wait_of(int64_t failures, int64_t first_wait_s);

/* How long `key` has to wait before it may try again; 0: it may. Seconds, rounded up. */
int64_t failure_wait_s(struct rate_limit *limit, const char *key, struct mono_time now);
void failure_note(struct rate_limit *limit, const char *key, int64_t first_wait_s,
		  struct mono_time now);
void failure_forget(struct rate_limit *limit, const char *key); /* it got it right */

#endif
