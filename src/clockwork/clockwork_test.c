/* clockwork_test.c – steps run at the start, when they are due and when a commit calls them, on
 * both engines. A test waits for what it expects; only what never comes takes the whole of
 * PATIENCE_S. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

#include "base/ensure.h"
#include "clockwork/clockwork.h"
#include "store/store_clock.h"
#include "store/test_store.h"

#define PATIENCE_S 60

/* A step, its runs, and what it answers. */
struct probe {
	sem_t ran;
	sem_t gate; /* of a gated one */
	bool is_gated;
	atomic_int runs;
	struct duration again;	   /* 0: only when called */
	struct wall_time last_now; /* of the last run; read after the stop */
	struct wall_time called;   /* queue time before a call; the test's own */
};

static void probe_init(struct probe *probe)
{
	sem_init(&probe->ran, 0, 0);
	sem_init(&probe->gate, 0, 0);
}

static void await(sem_t *semaphore)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_S;
	ensure(sem_timedwait(semaphore, &until) == 0);
}

static bool probe_run(void *arg, struct session *session, struct wall_time now,
		      struct wall_time *ret_next, struct error *err)
{
	struct probe *probe = arg;

	probe->runs++;
	probe->last_now = now;
	if (probe->again.us)
		*ret_next = wall_add(now, probe->again);
	sem_post(&probe->ran);
	if (probe->is_gated)
		await(&probe->gate);
	return true;
}

static struct clockwork *clockwork_of(struct test_store *store, const struct clockwork_step *steps,
				      size_t count)
{
	struct error err = {0};
	struct clockwork *clockwork = clockwork_new(store->store, &err);

	ensure(clockwork);
	for (size_t i = 0; i < count; i++)
		clockwork_add(clockwork, &steps[i]);
	ensure(clockwork_start(clockwork, &err));
	return clockwork;
}

static void all_run_at_the_start_and_by_their_clock(enum test_engine engine)
{
	struct test_store *store = test_store_open(engine, NULL);
	struct probe once = {.runs = 0}, often = {.again = duration_ms(1)};
	const struct clockwork_step steps[] = {
		{.name = "once", .run = probe_run, .arg = &once},
		{.name = "often", .run = probe_run, .arg = &often},
	};

	probe_init(&once);
	probe_init(&often);
	struct clockwork *clockwork = clockwork_of(store, steps, ARRAY_SIZE(steps));
	await(&once.ran);
	for (int i = 0; i < 5; i++)
		await(&often.ran);
	clockwork_stop_and_free(clockwork);
	assert_int_equal(once.runs, 1);
	test_store_close(store);
}

static void a_commit_calls_the_steps_of_its_topic_only(enum test_engine engine)
{
	struct test_store *store = test_store_open(engine, NULL);
	struct probe jobs = {.runs = 0}, mails = {.runs = 0};
	const struct clockwork_step steps[] = {
		{.name = "mails", .run = probe_run, .arg = &mails, .topics = BIT(STORE_TOPIC_MAIL)},
		{.name = "jobs",
		 .run = probe_run,
		 .arg = &jobs,
		 .topics = BIT(STORE_TOPIC_CLOCKWORK) | BIT(STORE_TOPIC_EVENT)},
	};

	probe_init(&jobs);
	probe_init(&mails);
	struct clockwork *clockwork = clockwork_of(store, steps, ARRAY_SIZE(steps));
	await(&mails.ran);
	await(&jobs.ran);
	clockwork_call(clockwork, STORE_TOPIC_CLOCKWORK);
	await(&jobs.ran);
	clockwork_call(clockwork, STORE_TOPIC_ACCESS); /* nobody's */
	clockwork_call(clockwork, STORE_TOPIC_EVENT);
	await(&jobs.ran);
	clockwork_stop_and_free(clockwork);
	assert_int_equal(jobs.runs, 3);
	assert_int_equal(mails.runs, 1);
	test_store_close(store);
}

static void a_call_during_a_run_causes_another(enum test_engine engine)
{
	struct test_store *store = test_store_open(engine, NULL);
	struct probe jobs = {.is_gated = true};
	const struct clockwork_step step = {.name = "jobs",
					    .run = probe_run,
					    .arg = &jobs,
					    .topics = BIT(STORE_TOPIC_CLOCKWORK)};

	probe_init(&jobs);
	struct clockwork *clockwork = clockwork_of(store, &step, 1);
	await(&jobs.ran);
	clockwork_call(clockwork, STORE_TOPIC_CLOCKWORK);
	clockwork_call(clockwork, STORE_TOPIC_CLOCKWORK); /* both are one */
	sem_post(&jobs.gate);
	await(&jobs.ran);
	sem_post(&jobs.gate);
	clockwork_stop_and_free(clockwork);
	assert_int_equal(jobs.runs, 2);
	test_store_close(store);
}

static void calls_are_gathered(enum test_engine engine)
{
	struct test_store *store = test_store_open(engine, NULL);
	struct probe events = {.runs = 0};
	const struct clockwork_step step = {.name = "events",
					    .run = probe_run,
					    .arg = &events,
					    .topics = BIT(STORE_TOPIC_EVENT),
					    .gather = duration_ms(200)};

	probe_init(&events);
	struct clockwork *clockwork = clockwork_of(store, &step, 1);
	await(&events.ran);
	events.called = session_queue_now(store->session);
	clockwork_call(clockwork, STORE_TOPIC_EVENT);
	clockwork_call(clockwork, STORE_TOPIC_EVENT);
	await(&events.ran);
	clockwork_stop_and_free(clockwork);
	assert_int_equal(events.runs, 2);
	assert_true(wall_since(events.last_now, events.called).us >= 200000);
	test_store_close(store);
}

#define EACH(name) \
	static void name##_sqlite(void **state) \
	{ \
		name(TEST_SQLITE); \
	} \
	static void name##_postgresql(void **state) \
	{ \
		if (!test_engine_is_available(TEST_POSTGRESQL)) \
			skip(); \
		name(TEST_POSTGRESQL); \
	}

EACH(all_run_at_the_start_and_by_their_clock)
EACH(a_commit_calls_the_steps_of_its_topic_only)
EACH(a_call_during_a_run_causes_another)
EACH(calls_are_gathered)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_run_at_the_start_and_by_their_clock_sqlite),
		cmocka_unit_test(all_run_at_the_start_and_by_their_clock_postgresql),
		cmocka_unit_test(a_commit_calls_the_steps_of_its_topic_only_sqlite),
		cmocka_unit_test(a_commit_calls_the_steps_of_its_topic_only_postgresql),
		cmocka_unit_test(a_call_during_a_run_causes_another_sqlite),
		cmocka_unit_test(a_call_during_a_run_causes_another_postgresql),
		cmocka_unit_test(calls_are_gathered_sqlite),
		cmocka_unit_test(calls_are_gathered_postgresql),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
