/* store_clock_test.c – what readings of a clock mean, and that queue time goes on evenly whatever
 * the clock does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/ensure.h"
#include "store/db_driver.h"
#include "store/rows.h"
#include "store/store_clock.h"
#include "store/test_store.h"

#define S INT64_C(1000000)
#define HOUR (3600 * S)
#define DAY (24 * HOUR)

/* ---- pure ---- */

static void a_step_is_recorded_once(void **state)
{
	static const struct {
		const char *name;
		int64_t known_us, drift_us,
			recorded_us; /* steps known here; the reading; steps in the store */
		int64_t step_us;     /* that is new */
	} rows[] = {
		{"no drift", 0, 0, 0, 0},
		{"drift", 0, S, 0, 0},
		{"back by an hour", 0, -HOUR, 0, -HOUR},
		{"forward by five days", HOUR, 5 * DAY, HOUR, 5 * DAY},
		{"another node has recorded it", 0, -HOUR, -HOUR, 0},
		{"and a little less", 0, -HOUR, -HOUR + S, 0},
		{"another node was less sure", 0, -HOUR, -HOUR + 8 * S, -8 * S},
		{"two steps, one of them recorded", 0, HOUR - DAY, -DAY, HOUR},
		{"a step that undid another", 0, 0, HOUR, 0},
		{"this node has read after the step only", 0, S, -HOUR, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct clock_view view = {.steps_us = rows[i].known_us};
		const int64_t step_us = clock_new_step_us(&view, rows[i].drift_us,
							  rows[i].recorded_us);
		if (step_us != rows[i].step_us)
			fail_msg("%s: %lld", rows[i].name, (long long)step_us);
	}
}

static void drift_is_against_the_monotonic_clock(void **state)
{
	const struct clock_view view = {.ahead_us = 1000 * S, .steps_us = HOUR};

	assert_int_equal(clock_drift_us(&view, 1050 * S + HOUR, 50 * S), 0);
	assert_int_equal(clock_drift_us(&view, 1050 * S, 50 * S), -HOUR);
}

static void a_clock_behind_what_was_seen_was_set_back(void **state)
{
	assert_int_equal(clock_step_at_start_us(100 * S, 0), 0);
	assert_int_equal(clock_step_at_start_us(100 * S, 90 * S), 0);
	assert_int_equal(clock_step_at_start_us(100 * S, 101 * S), 0);
	assert_int_equal(clock_step_at_start_us(100 * S, 100 * S + DAY), -DAY);
}

static void nothing_is_deleted_until_the_clock_has_settled(void **state)
{
	const int64_t day_us = CLOCK_SETTLES_S * S, hour_us = CLOCK_SETTLES_AT_START_S * S;

	assert_int_equal(clock_settles_us(7, 100 * S, 0), 7);
	assert_int_equal(clock_settles_us(7, 100 * S, -5 * DAY), 7);
	assert_int_equal(clock_settles_us(7, 100 * S, 30 * S), 7);
	assert_int_equal(clock_settles_us(7, 100 * S, 5 * DAY), 100 * S + day_us);
	assert_int_equal(clock_settles_us(200 * S + day_us, 100 * S, 5 * DAY), 200 * S + day_us);
	assert_int_equal(clock_settles_at_start_us(7, 10 * HOUR, 0), 7);
	assert_int_equal(clock_settles_at_start_us(7, 10 * HOUR, 10 * HOUR - 10 * S), 7);
	assert_int_equal(clock_settles_at_start_us(7, 10 * HOUR, 5 * HOUR), 10 * HOUR + hour_us);
}

static void a_step_is_told_in_words(void **state)
{
	static const struct {
		int64_t us;
		const char *text;
	} rows[] = {
		{3 * S, "3 s"},
		{-HOUR, "1 h 0 min 0 s"},
		{-90 * S, "0 h 1 min 30 s"},
		{5 * DAY + HOUR + 60 * S, "5 d 1 h 1 min"},
	};
	char text[CLOCK_STEP_TEXT];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		clock_step_text(rows[i].us, text);
		assert_string_equal(text, rows[i].text);
	}
}

/* ---- with a store ---- */

/* As if the store's clock had been set: what was known of it is the other way round. */
static void clock_step(struct store *store, int64_t us)
{
	atomic_fetch_add(&store->clock.ahead_us, -us);
}

static int64_t recorded_us(struct test_store *store)
{
	struct error err = {0};
	int64_t total;

	ensure(query_total(session_db(store->session), "SELECT steps_us AS total FROM clock",
			   NO_ARGS, &total, &err));
	return total;
}

static bool is_about(int64_t a, int64_t b)
{
	return llabs(a - b) < CLOCK_STEP_US;
}

static void look(struct session *session)
{
	struct error err = {0};

	if (!session_clock_look(session, &err))
		fail_msg("%s", err.technical);
}

static void queue_time_goes_on_evenly_through_steps(void **state)
{
	static const int64_t steps[] = {HOUR, -HOUR, DAY, -DAY, 5 * DAY};

	EACH_ENGINE(engine)
	{
		struct test_store *test = test_store_open(engine, NULL);
		struct store *store = test->store;
		int64_t sum_us = 0;

		for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
			/* What the process believes is a step behind the clock. */
			clock_step(store, steps[i]);
			const int64_t before_us = store_queue_now(store).us;
			look(test->session);
			sum_us += steps[i];
			assert_true(is_about(store_queue_now(store).us, before_us));
			assert_true(is_about(recorded_us(test), sum_us));
			/* What is shown follows the clock. */
			assert_true(is_about(store_now(store).us, wall_now().us));
			assert_true(is_about(store_shown(store, store_queue_now(store)).us,
					     wall_now().us));
		}
		assert_int_equal(store_shown(store, wall_from_us(0)).us, 0);
		assert_false(store_clock_is_settled(store));
		test_store_close(test);
	}
}

static void a_step_that_another_node_recorded_is_taken_over(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *test = test_store_open(engine, NULL);
		struct error err = {0};
		struct store_config config = {.directory = test->directory,
					      .database = test->database,
					      .allow_unsafe = true};
		struct store *other = store_open(&config, &err);
		ensure(other);
		struct session *session = session_open(other, &err);
		ensure(session);
		clock_step(test->store, -HOUR);
		clock_step(other, -HOUR);
		look(test->session);
		look(session);
		assert_true(is_about(recorded_us(test), -HOUR));
		assert_true(is_about(store_queue_now(other).us, store_queue_now(test->store).us));
		/* A node that started between the step and its being noticed knows no better than
		 * the others. */
		struct store *late = store_open(&config, &err);
		ensure(late);
		struct session *late_session = session_open(late, &err);
		ensure(late_session);
		clock_step(test->store, 2 * HOUR);
		look(test->session);
		look(late_session);
		assert_true(is_about(recorded_us(test), HOUR));
		assert_true(is_about(store_queue_now(late).us, store_queue_now(test->store).us));
		assert_int_equal(store_leases_over(late).us, 0); /* it was wrong about leases */
		session_close(late_session);
		store_close(late);
		session_close(session);
		store_close(other);
		test_store_close(test);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_is_recorded_once),
		cmocka_unit_test(drift_is_against_the_monotonic_clock),
		cmocka_unit_test(a_clock_behind_what_was_seen_was_set_back),
		cmocka_unit_test(nothing_is_deleted_until_the_clock_has_settled),
		cmocka_unit_test(a_step_is_told_in_words),
		cmocka_unit_test(queue_time_goes_on_evenly_through_steps),
		cmocka_unit_test(a_step_that_another_node_recorded_is_taken_over),
	};

	return cmocka_run_group_tests_name("store/store_clock", tests, NULL, NULL);
}
