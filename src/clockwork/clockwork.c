/* clockwork.c – see clockwork.h. */
#include "clockwork/clockwork.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/ensure.h"
#include "base/log.h"
#include "loop/alarm.h"
#include "store/store_clock.h"

#define STORE_WAIT_S 5	  /* when the store refuses */
#define SETTLES_LOOK_S 60 /* until the clock is looked at again, when it was set forward */

struct clockwork {
	struct store *store;
	struct session *session;
	struct alarm *alarm;
	struct clockwork_step steps[CLOCKWORK_STEPS_MAX];
	size_t count;
	unsigned topics;    /* of all steps */
	atomic_uint called; /* topics, until a step runs that they make due */
	/* The thread's own. */
	struct wall_time due[CLOCKWORK_STEPS_MAX]; /* 0: not by the clock */
};

/* A call that is not answered yet wakes nobody again. */
void clockwork_call(struct clockwork *clockwork, enum store_topic topic)
{
	const unsigned bit = BIT(topic);

	if ((clockwork->topics & bit) && !(atomic_fetch_or(&clockwork->called, bit) & bit))
		alarm_wake(clockwork->alarm);
}

static void calls_take(struct clockwork *clockwork)
{
	const unsigned called = clockwork->called;
	const struct wall_time now = session_queue_now(clockwork->session);

	for (size_t i = 0; i < clockwork->count; i++) {
		const struct clockwork_step *step = &clockwork->steps[i];
		struct wall_time due = wall_add(now, step->gather);
		if ((step->topics & called) &&
		    (!clockwork->due[i].us || due.us < clockwork->due[i].us))
			clockwork->due[i] = due;
	}
}

/* The calls that the step answers are taken back first: one that comes while it runs counts. */
static bool step_run(struct clockwork *clockwork, const struct clockwork_step *step,
		     struct wall_time now, struct wall_time *ret_next, struct error *err)
{
	atomic_fetch_and(&clockwork->called, ~step->topics);
	if (step->needs_settled_clock && !store_clock_is_settled(clockwork->store)) {
		*ret_next = wall_add(now, duration_s(SETTLES_LOOK_S));
		return true;
	}
	*ret_next = wall_from_us(0);
	return step->run(step->arg, clockwork->session, now, ret_next, err);
}

static void due_run(struct clockwork *clockwork)
{
	for (size_t i = 0; i < clockwork->count && !alarm_is_stopping(clockwork->alarm); i++) {
		const struct clockwork_step *step = &clockwork->steps[i];
		const struct wall_time now = session_queue_now(clockwork->session);
		struct error err = {0};
		if (!clockwork->due[i].us || clockwork->due[i].us > now.us)
			continue;
		if (step_run(clockwork, step, now, &clockwork->due[i], &err))
			continue;
		log_error("clockwork", "%s: %s (%s); will be retried shortly", step->name,
			  error_message(err.code), err.technical);
		clockwork->due[i] = wall_add(now, duration_s(STORE_WAIT_S));
	}
}

static struct mono_time next_due(const struct clockwork *clockwork)
{
	struct wall_time first = wall_from_us(INT64_MAX);

	for (size_t i = 0; i < clockwork->count; i++) {
		if (clockwork->due[i].us && clockwork->due[i].us < first.us)
			first = clockwork->due[i];
	}
	return alarm_at(first, session_queue_now(clockwork->session));
}

static struct mono_time clockwork_run(struct alarm *alarm, void *arg)
{
	struct clockwork *clockwork = arg;

	calls_take(clockwork);
	due_run(clockwork);
	return next_due(clockwork);
}

struct clockwork *clockwork_new(struct store *store, struct error *err)
{
	struct clockwork *clockwork = calloc(1, sizeof(*clockwork));

	ensure(clockwork);
	clockwork->store = store;
	clockwork->alarm = alarm_new("clockwork", clockwork_run, clockwork);
	clockwork->session = session_open(store, err);
	if (clockwork->session)
		return clockwork;
	clockwork_stop_and_free(clockwork);
	return NULL;
}

void clockwork_add(struct clockwork *clockwork, const struct clockwork_step *step)
{
	ensure(clockwork->count < CLOCKWORK_STEPS_MAX);
	ensure(step->name && step->run && step->gather.us >= 0);
	clockwork->steps[clockwork->count++] = *step;
	clockwork->topics |= step->topics;
}

bool clockwork_start(struct clockwork *clockwork, struct error *err)
{
	for (size_t i = 0; i < clockwork->count; i++)
		clockwork->due[i] = session_queue_now(clockwork->session);
	return alarm_start(clockwork->alarm, err);
}

void clockwork_stop_and_free(struct clockwork *clockwork)
{
	if (!clockwork)
		return;
	alarm_free(clockwork->alarm);
	session_close(clockwork->session);
	free(clockwork);
}
