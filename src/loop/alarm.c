/* alarm.c – see alarm.h. */
#include "loop/alarm.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/ensure.h"

#define NAME_MAX_LENGTH 15 /* pthread_setname_np(3) */

struct alarm {
	const char *name;
	alarm_run run;
	void *arg;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock; /* over `woken`, and over setting `stopping` */
	pthread_cond_t wake;
	bool woken;
	atomic_bool stopping;
};

/* Sleeps until `due` unless it was woken before. False: it is time to end. */
static bool alarm_wait(struct alarm *alarm, struct mono_time due)
{
	const struct timespec at = {due.us / 1000000, due.us % 1000000 * 1000};

	pthread_mutex_lock(&alarm->lock);
	while (!alarm->woken && !alarm->stopping && mono_now().us < due.us) {
		if (due.us == ALARM_NEVER.us)
			pthread_cond_wait(&alarm->wake, &alarm->lock);
		else
			pthread_cond_timedwait(&alarm->wake, &alarm->lock, &at);
	}
	/* Before the work, so that a wake-up during it counts. */
	alarm->woken = false;
	bool goes_on = !alarm->stopping;
	pthread_mutex_unlock(&alarm->lock);
	return goes_on;
}

static void *alarm_main(void *arg)
{
	struct alarm *alarm = arg;
	struct mono_time due = ALARM_AT_ONCE;

	while (alarm_wait(alarm, due))
		due = alarm->run(alarm, alarm->arg);
	return NULL;
}

struct alarm *alarm_new(const char *name, alarm_run run, void *arg)
{
	struct alarm *alarm = calloc(1, sizeof(*alarm));
	pthread_condattr_t monotonic;

	ensure(alarm);
	ensure(strlen(name) <= NAME_MAX_LENGTH);
	alarm->name = name;
	alarm->run = run;
	alarm->arg = arg;
	ensure(pthread_mutex_init(&alarm->lock, NULL) == 0);
	ensure(pthread_condattr_init(&monotonic) == 0);
	ensure(pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0);
	ensure(pthread_cond_init(&alarm->wake, &monotonic) == 0);
	pthread_condattr_destroy(&monotonic);
	return alarm;
}

bool alarm_start(struct alarm *alarm, struct error *err)
{
	ensure(!alarm->started && !alarm->stopping);
	if (pthread_create(&alarm->thread, NULL, alarm_main, alarm) != 0)
		return error_set(err, ERROR_IO, "cannot start the thread `%s`", alarm->name);
	alarm->started = true;
	pthread_setname_np(alarm->thread, alarm->name);
	return true;
}

void alarm_wake(struct alarm *alarm)
{
	pthread_mutex_lock(&alarm->lock);
	if (!alarm->woken)
		pthread_cond_signal(&alarm->wake);
	alarm->woken = true;
	pthread_mutex_unlock(&alarm->lock);
}

bool alarm_is_stopping(const struct alarm *alarm)
{
	return alarm->stopping;
}

void alarm_stop(struct alarm *alarm)
{
	pthread_mutex_lock(&alarm->lock);
	alarm->stopping = true;
	pthread_cond_signal(&alarm->wake);
	pthread_mutex_unlock(&alarm->lock);
	if (!alarm->started)
		return;
	ensure(!pthread_equal(alarm->thread, pthread_self())); /* it would wait for itself */
	pthread_join(alarm->thread, NULL);
	alarm->started = false;
}

void alarm_free(struct alarm *alarm)
{
	if (!alarm)
		return;
	alarm_stop(alarm);
	pthread_cond_destroy(&alarm->wake);
	pthread_mutex_destroy(&alarm->lock);
	free(alarm);
}

struct mono_time alarm_at(struct wall_time due, struct wall_time now)
{
	return due.us == INT64_MAX ? ALARM_NEVER : mono_add(mono_now(), wall_since(due, now));
}
