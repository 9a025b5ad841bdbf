/* rate_limit_test.c – time is an argument: buckets and waits in no time at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "access/rate_limit.h"
#include "crypto/random.h"

static struct mono_time at_ms(int64_t ms)
{
	return (struct mono_time){1000000000000 + ms * 1000};
}

static void a_bucket_holds_two_seconds_and_fills_again(void **state)
{
	struct rate_limit *limit = rate_limit_new();
	struct rate_verdict verdict;

	for (int i = 0; i < 20; i++)
		assert_true(rate_limit_take(limit, "a", 10, at_ms(0)).allowed);
	verdict = rate_limit_take(limit, "a", 10, at_ms(0));
	assert_false(verdict.allowed);
	assert_int_equal(verdict.limit, 10);
	assert_int_equal(verdict.remaining, 0);
	assert_int_equal(verdict.wait_s, 1);
	assert_true(rate_limit_take(limit, "b", 10, at_ms(0)).allowed);
	assert_true(rate_limit_take(limit, "a", 10, at_ms(101)).allowed);
	assert_false(rate_limit_take(limit, "a", 10, at_ms(101)).allowed);
	for (int i = 0; i < 20; i++)
		assert_true(rate_limit_take(limit, "a", 10, at_ms(60000)).allowed);
	assert_false(rate_limit_take(limit, "a", 10, at_ms(60000)).allowed);
	rate_limit_free(limit);
}

static void no_rate_is_no_limit(void **state)
{
	struct rate_limit *limit = rate_limit_new();

	for (int i = 0; i < 1000; i++)
		assert_true(rate_limit_take(limit, "a", 0, at_ms(0)).allowed);
	rate_limit_free(limit);
}

static void a_clock_that_goes_back_gives_nothing(void **state)
{
	struct rate_limit *limit = rate_limit_new();

	for (int i = 0; i < 20; i++)
		assert_true(rate_limit_take(limit, "a", 10, at_ms(5000)).allowed);
	assert_false(rate_limit_take(limit, "a", 10, at_ms(0)).allowed);
	assert_false(rate_limit_take(limit, "a", 10, at_ms(5000)).allowed);
	rate_limit_free(limit);
}

static void waits_double_up_to_the_most(void **state)
{
	static const struct {
		int64_t failures, first, wait;
	} rows[] = {
		{0, 1, 0},   {5, 1, 0},	   {6, 1, 1},	  {7, 1, 2},
		{9, 1, 8},   {15, 1, 512}, {16, 1, 900},  {1000, 1, 900},
		{6, 60, 60}, {8, 60, 240}, {11, 60, 900},
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(failure_wait_of(rows[i].failures, rows[i].first), rows[i].wait);
}

static void failures_are_counted_by_key_and_forgotten(void **state)
{
	struct rate_limit *limit = rate_limit_new();

	for (int i = 0; i < 6; i++)
		failure_note(limit, "a", 1, at_ms(0));
	assert_int_equal(failure_wait_s(limit, "a", at_ms(0)), 1);
	assert_int_equal(failure_wait_s(limit, "b", at_ms(0)), 0);
	assert_int_equal(failure_wait_s(limit, "a", at_ms(1001)), 0);
	failure_note(limit, "a", 1, at_ms(1001));
	assert_int_equal(failure_wait_s(limit, "a", at_ms(1001)), 2);
	failure_forget(limit, "a");
	assert_int_equal(failure_wait_s(limit, "a", at_ms(1001)), 0);
	/* Long ago does not count. */
	for (int i = 0; i < 6; i++)
		failure_note(limit, "c", 1, at_ms(0));
	failure_note(limit, "c", 1, at_ms(1000000));
	assert_int_equal(failure_wait_s(limit, "c", at_ms(1000000)), 0);
	rate_limit_free(limit);
}

/* Many keys: memory stays bounded, and the newest are remembered. */
static void strangers_keys_do_not_pile_up(void **state)
{
	struct rate_limit *limit = rate_limit_new();
	char key[32];

	for (int i = 0; i < 200000; i++) {
		snprintf(key, sizeof(key), "stranger %d", i);
		(void)rate_limit_take(limit, key, 1, at_ms(i));
	}
	assert_true(rate_limit_take(limit, "stranger 199999", 1, at_ms(200000)).allowed);
	assert_false(rate_limit_take(limit, "stranger 199999", 1, at_ms(200000)).allowed);
	rate_limit_free(limit);
}

static int start(void **state)
{
	crypto_start();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bucket_holds_two_seconds_and_fills_again),
		cmocka_unit_test(no_rate_is_no_limit),
		cmocka_unit_test(a_clock_that_goes_back_gives_nothing),
		cmocka_unit_test(waits_double_up_to_the_most),
		cmocka_unit_test(failures_are_counted_by_key_and_forgotten),
		cmocka_unit_test(strangers_keys_do_not_pile_up),
	};
	return cmocka_run_group_tests_name("access/rate_limit", tests, start, NULL);
}
