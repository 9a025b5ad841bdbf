/* waits.h – calls that wait for their account's next event: long polls and streams.
 *
 * Nothing polls. A commit says that there are events somewhere (waits_tell); then one look at the store says for which of the accounts
 * that wait, and those calls go on. However many events there are, there is one look at a time, and a pause between two. All on the
 * loop's thread but waits_tell. Inside src/api only. */
#ifndef GREFFIER_API_WAITS_H
#define GREFFIER_API_WAITS_H

#include <stdint.h>

#include "base/time.h"
#include "loop/loop.h"
#include "api/core/pools.h"

struct waits;

struct wait {
	/* The caller's, unchanged as long as it waits. */
	const char *account;
	int64_t after;          /* an event with a greater number ends the wait */
	struct mono_time until; /* so does this time */
	void (*on_over)(struct wait *wait);
	/* waits.c's. */
	struct wait *next, **link;
};

struct waits *waits_new(struct loop *loop, struct pools *pools);
/* Nobody may wait any more, and the workers have ended. NULL is fine. */
void waits_free(struct waits *waits);

/* Events may have been appended. From any thread; cheap; does not block. */
void waits_tell(struct waits *waits);
/* Somebody's rights may have changed: a moment later all waits are over, and the calls prove again that they may wait. From any
 * thread; cheap; does not block. */
void waits_doubt(struct waits *waits);
/* How often it was told of events: to be read before the store is, and handed to waits_add. From any thread. */
uint64_t waits_news(const struct waits *waits);

/* `news`: as of before the caller looked for events in vain. What came since is not overlooked. */
void waits_add(struct waits *waits, struct wait *wait, uint64_t news);
/* on_over is not called. */
void waits_remove(struct wait *wait);
/* All waits are over, now and from now on: the server stops. */
void waits_end(struct waits *waits);
bool waits_have_ended(const struct waits *waits);

#endif
