/* workers_test.c – every accepted job runs once, with a context of its thread; the queue has an
 * end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/ensure.h"
#include "loop/workers.h"

#define JOBS 5000

struct record {
	atomic_int contexts, freed, runs;
	pthread_mutex_t gate;
};

static void *context_make(void *arg, struct error *err)
{
	struct record *record = arg;
	if (atomic_fetch_add(&record->contexts, 1) == 100)
		return (void)error_set(err, ERROR_IO, "no more"), NULL;
	return record;
}

static void context_drop(void *context)
{
	atomic_fetch_add(&((struct record *)context)->freed, 1);
}

static void count(void *context, void *arg)
{
	ensure(context == arg);
	atomic_fetch_add(&((struct record *)arg)->runs, 1);
}

static void wait_at_the_gate(void *context, void *arg)
{
	struct record *record = arg;
	pthread_mutex_lock(&record->gate);
	pthread_mutex_unlock(&record->gate);
	atomic_fetch_add(&record->runs, 1);
}

static void every_job_runs_once(void **state)
{
	struct record record = {0};
	struct error err = {0};
	const struct workers_config config = {"test", 4, JOBS, context_make, context_drop, &record};
	struct workers *workers = workers_start(&config, &err);

	for (int i = 0; i < JOBS; i++)
		assert_true(workers_submit(workers, 0, count, &record));
	workers_free(workers);
	assert_int_equal(atomic_load(&record.runs), JOBS);
	assert_int_equal(atomic_load(&record.contexts), 4);
	assert_int_equal(atomic_load(&record.freed), 4);
}

static void a_full_queue_refuses(void **state)
{
	struct record record = {.gate = PTHREAD_MUTEX_INITIALIZER};
	struct error err = {0};
	const struct workers_config config = {"test", 1, 3, context_make, context_drop, &record};
	struct workers *workers = workers_start(&config, &err);
	int accepted = 0;

	pthread_mutex_lock(&record.gate);
	while (workers_submit(workers, 0, wait_at_the_gate, &record))
		accepted++;
	assert_in_range(accepted, 3, 4); /* one may be with the worker already */
	pthread_mutex_unlock(&record.gate);
	workers_free(workers);
	assert_int_equal(atomic_load(&record.runs), accepted);
}

/* One worker, which waits at the gate. */
static void a_queue_that_one_key_fills_has_room_for_others(void **state)
{
	enum {
		LIMIT = 8
	};
	struct record record = {.gate = PTHREAD_MUTEX_INITIALIZER};
	struct error err = {0};
	const struct workers_config config = {"test",	    1,	    LIMIT, context_make,
					      context_drop, &record};
	struct workers *workers = workers_start(&config, &err);
	int of_others = 0;

	pthread_mutex_lock(&record.gate);
	for (int i = 0; i < 2 * LIMIT; i++) /* one of them may be with the worker already */
		(void)!workers_submit(workers, 1, wait_at_the_gate, &record);
	assert_true(workers_submit(workers, 2, wait_at_the_gate, &record));
	assert_true(workers_submit(workers, 2, wait_at_the_gate, &record));
	assert_false(workers_submit(workers, 2, wait_at_the_gate, &record));
	assert_false(workers_submit(workers, 1, wait_at_the_gate, &record));
	for (uint64_t key = 3; key < 3 + 2 * LIMIT; key++)
		of_others += workers_submit(workers, key, wait_at_the_gate, &record);
	assert_in_range(of_others, LIMIT - 2, LIMIT - 1);
	pthread_mutex_unlock(&record.gate);
	workers_free(workers);
}

static void a_context_that_cannot_be_made_stops_the_start(void **state)
{
	struct record record = {.contexts = 99};
	struct error err = {0};
	const struct workers_config config = {"test", 4, 3, context_make, context_drop, &record};

	assert_null(workers_start(&config, &err));
	assert_int_equal(err.code, ERROR_IO);
	assert_int_equal(atomic_load(&record.freed), 1);
}

#define CROWD 64

struct order {
	struct record *record;
	int name;
	int *names;
	atomic_int *count;
};

static void note(void *context, void *arg)
{
	struct order *order = arg;
	order->names[atomic_fetch_add(order->count, 1)] = order->name;
}

/* One worker, which waits at the gate while all others come. */
static void keys_have_turns(void **state)
{
	struct record record = {.gate = PTHREAD_MUTEX_INITIALIZER};
	struct error err = {0};
	const struct workers_config config = {"test",	    1,	    CROWD + 3, context_make,
					      context_drop, &record};
	struct workers *workers = workers_start(&config, &err);
	struct order orders[CROWD + 2];
	int names[CROWD + 2];
	atomic_int count = 0;

	pthread_mutex_lock(&record.gate);
	assert_true(workers_submit(workers, 1, wait_at_the_gate, &record));
	for (int i = 0; i < CROWD + 2; i++) {
		orders[i] = (struct order){&record, i, names, &count};
		assert_true(workers_submit(workers, i < CROWD ? 1 : 2, note, &orders[i]));
	}
	pthread_mutex_unlock(&record.gate);
	workers_free(workers);
	int at[2] = {0, 0}, next = 0;
	for (int i = 0; i < CROWD + 2; i++) {
		if (names[i] >= CROWD)
			at[names[i] - CROWD] = i;
		else
			assert_int_equal(names[i], next++);
	}
	/* The job at the gate had the first turn of its key, or was itself in the queue. */
	assert_in_range(at[0], 0, 1);
	assert_in_range(at[1], 2, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_job_runs_once),
		cmocka_unit_test(a_full_queue_refuses),
		cmocka_unit_test(keys_have_turns),
		cmocka_unit_test(a_queue_that_one_key_fills_has_room_for_others),
		cmocka_unit_test(a_context_that_cannot_be_made_stops_the_start),
	};
	return cmocka_run_group_tests_name("loop/workers", tests, NULL, NULL);
}
