/* waits.h – calls that wait for the next event of their account: long polls and streams. Inside
 * src/api only.
 *
 * Nothing polls. A commit announces new events (waits_tell). One query then finds the waiting
 * accounts that have some, and their calls continue. However many events there are, only one
 * query runs at a time, with a pause between two. All functions run on the loop's thread except
 * waits_tell. */
#ifndef GREFFIER_API_WAITS_H
#define GREFFIER_API_WAITS_H

#include <stdint.h>

#include "base/time.h"
#include "loop/loop.h"
#include "api/core/pools.h"

struct waits;

struct wait {
	/* Set by the caller, and unchanged while it waits. */
	const char *account;
	int64_t after;          /* an event with a greater number ends the wait */
	struct mono_time until; /* so does reaching this time */
	void (*on_over)(struct wait *wait);
	/* Used by waits.c. */
	struct wait *next, **link;
};

struct waits *waits_new(struct loop *loop, struct pools *pools);
/* Frees it when no call can wait any more and the workers have ended. NULL is accepted. */
void waits_free(struct waits *waits);

/* Tells that events may have been appended. From any thread; cheap; does not block. */
void waits_tell(struct waits *waits);
/* Tells that rights may have changed: shortly afterwards all waits end, and the calls are
 * admitted again. From any thread; cheap; does not block. */
void waits_doubt(struct waits *waits);
/* Counts the calls of waits_tell. Read it before the store and pass it to waits_add. From any
 * thread. */
uint64_t waits_news(const struct waits *waits);

/* Starts a wait. `news` is the count from before the caller looked for events, so that
 * events since then are not missed. */
void waits_add(struct waits *waits, struct wait *wait, uint64_t news);
/* Ends a wait without calling on_over. */
void waits_remove(struct wait *wait);
/* Ends all waits, now and in future, because the server is stopping. */
void waits_end(struct waits *waits);
bool waits_have_ended(const struct waits *waits);

#endif
