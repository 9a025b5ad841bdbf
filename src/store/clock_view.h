/* clock_view.h – what a process knows about the store's clock, and how it interprets a reading.
 * Pure. Inside src/store only. store_clock.h explains the terms. */
#ifndef GREFFIER_STORE_CLOCK_VIEW_H
#define GREFFIER_STORE_CLOCK_VIEW_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/time.h"

struct clock_view {
	_Atomic int64_t ahead_us;   /* queue time minus the monotonic clock */
	_Atomic int64_t steps_us;   /* store time minus queue time */
	_Atomic int64_t settles_us; /* nothing is deleted for its age before this queue time */
	_Atomic int64_t sure_from_us; /* monotonic time of store_leases_over */
	pthread_mutex_t looking;    /* held by the one thread that reads the clock */
	/* PostgreSQL: this machine's wall clock minus the database's, as last logged. */
	int64_t wall_off_us;
};

/* Difference between the reading `store_us` and the store time that the view predicts for the
 * monotonic time `mono_us`. */
int64_t clock_drift_us(const struct clock_view *view, int64_t store_us, int64_t mono_us);
/* Returns the part of the drift that is a step not recorded yet, or 0. `recorded_us` is the sum
 * of all steps in the store. A node that sees no drift but finds a recorded step started after
 * that step: the record holds. */
int64_t clock_new_step_us(const struct clock_view *view, int64_t drift_us, int64_t recorded_us);
/* Returns the step that happened while no server ran, 0 or negative: how far the clock lies
 * behind `seen_us`, the latest queue time ever seen (0: none). `queue_us` is queue time by the
 * clock now. */
int64_t clock_step_at_start_us(int64_t queue_us, int64_t seen_us);
/* Returns the queue time before which nothing may be deleted for its age: after a step, and at a
 * start. */
int64_t clock_settles_us(int64_t settles_us, int64_t queue_us, int64_t step_us);
int64_t clock_settles_at_start_us(int64_t settles_us, int64_t queue_us, int64_t seen_us);

#define CLOCK_STEP_TEXT 48
/* Writes "1 h 2 min 3 s", without a sign. */
void clock_step_text(int64_t step_us, char ret_text[CLOCK_STEP_TEXT]);

#endif
