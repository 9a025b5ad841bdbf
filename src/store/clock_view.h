/* clock_view.h – what a process knows of its store's clock, and what a reading of it means. Pure. Inside src/store only. */
#ifndef GREFFIER_STORE_CLOCK_VIEW_H
#define GREFFIER_STORE_CLOCK_VIEW_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/time.h"

struct clock_view {
	_Atomic int64_t ahead_us;   /* queue time less the monotonic clock */
	_Atomic int64_t steps_us;   /* store time less queue time */
	_Atomic int64_t settles_us; /* queue time before which nothing is deleted for its age */
	_Atomic int64_t sure_from_us; /* of the monotonic clock: store_leases_over */
	pthread_mutex_t looking;    /* one thread at a time */
	int64_t wall_off_us;        /* PostgreSQL: this machine's wall clock less the database's, as last logged */
};

/* How far the reading `store_us` lies from what the view says for the monotonic time `mono_us`. */
int64_t clock_drift_us(const struct clock_view *view, int64_t store_us, int64_t mono_us);
/* What of the drift is a step that nobody has recorded yet; 0 when it is none. `recorded_us`: all steps in the store now. A node
 * that sees no drift and finds a step recorded has read its first time after that step: what is recorded holds. */
int64_t clock_new_step_us(const struct clock_view *view, int64_t drift_us, int64_t recorded_us);
/* A step that was made while no server ran: as far as the clock is behind `seen_us`, the latest queue time that was seen (0: none).
 * 0 or less. `queue_us`: queue time as the clock now shows it. */
int64_t clock_step_at_start_us(int64_t queue_us, int64_t seen_us);
/* From when on things may be deleted for their age, after a step, or at a start (step_us 0). */
int64_t clock_settles_us(int64_t settles_us, int64_t queue_us, int64_t step_us);
int64_t clock_settles_at_start_us(int64_t settles_us, int64_t queue_us, int64_t seen_us);

#define CLOCK_STEP_TEXT 48
/* "1 h 2 min 3 s", without a sign. */
void clock_step_text(int64_t step_us, char ret_text[CLOCK_STEP_TEXT]);

#endif
