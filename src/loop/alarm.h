/* alarm.h – a thread that sleeps until it is woken or until it is due.
 *
 * Each stretch of work is one call of `run`, which returns when it is due again. A wake-up is never lost: one that comes while
 * `run` works makes it run once more at once; several before it runs count as one. Waiting is by the monotonic clock: a wall clock
 * that is set neither delays nor hastens it. */
#ifndef GREFFIER_LOOP_ALARM_H
#define GREFFIER_LOOP_ALARM_H

#include "base/error.h"
#include "base/time.h"

struct alarm;

/* Called on the alarm's thread: first at its start, then when it is woken or due. Returns when it is due next: ALARM_NEVER (until
 * woken), or a time; a time that has come runs it again at once. */
typedef struct mono_time (*alarm_run)(struct alarm *alarm, void *arg);

#define ALARM_NEVER ((struct mono_time){INT64_MAX})
#define ALARM_AT_ONCE ((struct mono_time){INT64_MIN})

/* `name` is the thread's name (15 characters at most). Never NULL. */
struct alarm *alarm_new(const char *name, alarm_run run, void *arg);
/* ERROR_IO: the system gives no thread. */
MUST_CHECK bool alarm_start(struct alarm *alarm, struct error *err);
/* From any thread; cheap; does not block. Before alarm_start and after alarm_stop it does nothing. */
void alarm_wake(struct alarm *alarm);
/* Whether `run` should come back early: it will not be called again. From any thread. */
bool alarm_is_stopping(const struct alarm *alarm);
/* Returns when `run` has returned and the thread has ended; what the thread owned is the caller's then. A second time, and before
 * alarm_start, it returns at once. Not from `run`. */
void alarm_stop(struct alarm *alarm);
/* Stops it first. NULL is fine. */
void alarm_free(struct alarm *alarm);

/* The moment of a due time of another clock, which says `now` at this moment. INT64_MAX is ALARM_NEVER. */
struct mono_time alarm_at(struct wall_time due, struct wall_time now);

#endif
