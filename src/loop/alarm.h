/* alarm.h – a thread that sleeps until it is woken or due.
 *
 * Each period of work is one call of `run`, which returns the next due time. A wake-up is never
 * lost: one that arrives while `run` works causes another run at once, and several before a run
 * count as one. Waiting uses the monotonic clock, so that setting the wall clock has no effect. */
#ifndef GREFFIER_LOOP_ALARM_H
#define GREFFIER_LOOP_ALARM_H

#include "base/error.h"
#include "base/time.h"

struct alarm;

/* Called on the alarm's thread: at its start, and then when it is woken or due. Returns the next
 * due time, or ALARM_NEVER to wait for a wake-up. A time in the past runs it again at once. */
typedef struct mono_time (*alarm_run)(struct alarm *alarm, void *arg);

#define ALARM_NEVER ((struct mono_time){INT64_MAX})
#define ALARM_AT_ONCE ((struct mono_time){INT64_MIN})

/* Makes an alarm. `name` is the thread's name (15 characters at most). Never NULL. */
struct alarm *alarm_new(const char *name, alarm_run run, void *arg);
/* Starts the thread. Fails with ERROR_IO when the system refuses a thread. */
MUST_CHECK bool alarm_start(struct alarm *alarm, struct error *err);
/* Wakes the thread. From any thread; cheap; does not block. Does nothing before alarm_start and
 * after alarm_stop. */
void alarm_wake(struct alarm *alarm);
/* True when `run` should return early, because it will not be called again. From any thread. */
bool alarm_is_stopping(const struct alarm *alarm);
/* Ends the thread after `run` has returned. The caller then owns what the thread owned. Returns
 * at once when the alarm is not running. Must not be called from `run`. */
void alarm_stop(struct alarm *alarm);
/* Stops and frees the alarm. NULL is accepted. */
void alarm_free(struct alarm *alarm);

/* Converts a due time of another clock, which reads `now` at this moment. INT64_MAX becomes
 * ALARM_NEVER. */
struct mono_time alarm_at(struct wall_time due, struct wall_time now);

#endif
