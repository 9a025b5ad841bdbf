/* alarm_test.c – an alarm runs when it is woken or due, never misses a wake-up, and ends when
 * asked. Tests wait for what they expect; only one that never comes takes the whole of PATIENCE_S.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <time.h>

#include "base/ensure.h"
#include "loop/alarm.h"

#define PATIENCE_S 60
#define PRODUCERS 4
#define WAKES 20000 /* of each producer */

struct scene {
	struct alarm *alarm;
	sem_t begun, gate, done;
	atomic_int runs;
	atomic_long left, taken; /* by producers; by the alarm */
	long expected;
	struct duration wait;
	struct mono_time was_due;
	atomic_bool was_early;
};

static void scene_begin(struct scene *scene, alarm_run run)
{
	struct error err = {0};

	*scene = (struct scene){.alarm = NULL};
	sem_init(&scene->begun, 0, 0);
	sem_init(&scene->gate, 0, 0);
	sem_init(&scene->done, 0, 0);
	scene->alarm = alarm_new("alarm-test", run, scene);
	ensure(alarm_start(scene->alarm, &err));
}

static void scene_end(struct scene *scene)
{
	alarm_free(scene->alarm);
	sem_destroy(&scene->begun);
	sem_destroy(&scene->gate);
	sem_destroy(&scene->done);
}

static void await(sem_t *semaphore)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_S;
	ensure(sem_timedwait(semaphore, &until) == 0);
}

/* Says when it has begun, and goes on when the gate is opened. */
static struct mono_time run_gated(struct alarm *alarm, void *arg)
{
	struct scene *scene = arg;

	scene->runs++;
	sem_post(&scene->begun);
	await(&scene->gate);
	return ALARM_NEVER;
}

static void starts_with_a_run(void **state)
{
	struct scene scene;

	scene_begin(&scene, run_gated);
	await(&scene.begun);
	sem_post(&scene.gate);
	scene_end(&scene);
	assert_int_equal(scene.runs, 1);
}

static void a_wake_up_during_a_run_causes_another(void **state)
{
	struct scene scene;

	scene_begin(&scene, run_gated);
	await(&scene.begun);
	alarm_wake(scene.alarm);
	alarm_wake(scene.alarm); /* both are one */
	sem_post(&scene.gate);
	await(&scene.begun);
	sem_post(&scene.gate);
	scene_end(&scene);
	assert_int_equal(scene.runs, 2);
}

static struct mono_time run_periodic(struct alarm *alarm, void *arg)
{
	struct scene *scene = arg;

	if (scene->was_due.us && mono_now().us < scene->was_due.us)
		scene->was_early = true;
	if (++scene->runs == 5)
		sem_post(&scene->done);
	scene->was_due = mono_add(mono_now(), duration_ms(2));
	return scene->was_due;
}

static void runs_when_due_and_not_before(void **state)
{
	struct scene scene;

	scene_begin(&scene, run_periodic);
	await(&scene.done);
	scene_end(&scene);
	assert_true(scene.runs >= 5);
	assert_false(scene.was_early);
}

static struct mono_time run_far_off(struct alarm *alarm, void *arg)
{
	struct scene *scene = arg;

	scene->runs++;
	sem_post(&scene->begun);
	return mono_add(mono_now(), duration_s(86400));
}

static void is_woken_before_it_is_due(void **state)
{
	struct scene scene;

	scene_begin(&scene, run_far_off);
	await(&scene.begun);
	alarm_wake(scene.alarm);
	await(&scene.begun);
	scene_end(&scene); /* and ends before it is due */
	assert_int_equal(scene.runs, 2);
}

static struct mono_time run_taking(struct alarm *alarm, void *arg)
{
	struct scene *scene = arg;

	scene->taken += atomic_exchange(&scene->left, 0);
	if (scene->taken == scene->expected)
		sem_post(&scene->done);
	return ALARM_NEVER;
}

static void *produce(void *arg)
{
	struct scene *scene = arg;

	for (int i = 0; i < WAKES; i++) {
		scene->left++;
		alarm_wake(scene->alarm);
	}
	return NULL;
}

/* What is left last is taken only if no wake-up is lost: nothing else would run the alarm again. */
static void loses_no_wake_up(void **state)
{
	struct scene scene = {.expected = (long)PRODUCERS * WAKES};
	pthread_t producers[PRODUCERS];
	struct error err = {0};

	sem_init(&scene.done, 0, 0);
	scene.alarm = alarm_new("alarm-test", run_taking, &scene);
	assert_true(alarm_start(scene.alarm, &err));
	for (int i = 0; i < PRODUCERS; i++)
		assert_int_equal(pthread_create(&producers[i], NULL, produce, &scene), 0);
	for (int i = 0; i < PRODUCERS; i++)
		pthread_join(producers[i], NULL);
	await(&scene.done);
	alarm_free(scene.alarm);
	sem_destroy(&scene.done);
	assert_int_equal(scene.taken, scene.expected);
}

static struct mono_time run_until_stopped(struct alarm *alarm, void *arg)
{
	struct scene *scene = arg;

	scene->runs++;
	sem_post(&scene->begun);
	while (!alarm_is_stopping(alarm))
		nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
	return ALARM_AT_ONCE; /* too late */
}

static void a_stop_is_seen_by_the_run_and_is_its_last(void **state)
{
	struct scene scene;

	scene_begin(&scene, run_until_stopped);
	await(&scene.begun);
	alarm_stop(scene.alarm);
	assert_int_equal(scene.runs, 1);
	alarm_wake(scene.alarm);
	alarm_stop(scene.alarm); /* again: nothing */
	scene_end(&scene);
	assert_int_equal(scene.runs, 1);
}

static void one_that_was_not_started_can_be_freed(void **state)
{
	struct scene scene = {.runs = 0};
	struct alarm *alarm = alarm_new("alarm-test", run_periodic, &scene);

	alarm_wake(alarm);
	alarm_free(alarm);
	alarm_free(NULL);
	assert_int_equal(scene.runs, 0);
}

static void times_of_other_clocks_become_monotonic(void **state)
{
	struct mono_time before = mono_now();
	struct mono_time at = alarm_at(wall_from_us(5000000), wall_from_us(2000000));

	assert_true(mono_since(at, before).us >= 3000000);
	assert_true(mono_since(at, mono_now()).us <= 3000000);
	assert_true(alarm_at(wall_from_us(INT64_MAX), wall_now()).us == ALARM_NEVER.us);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_with_a_run),
		cmocka_unit_test(a_wake_up_during_a_run_causes_another),
		cmocka_unit_test(runs_when_due_and_not_before),
		cmocka_unit_test(is_woken_before_it_is_due),
		cmocka_unit_test(loses_no_wake_up),
		cmocka_unit_test(a_stop_is_seen_by_the_run_and_is_its_last),
		cmocka_unit_test(one_that_was_not_started_can_be_freed),
		cmocka_unit_test(times_of_other_clocks_become_monotonic),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
