/* latency_test.c – a percentile out of classes lies within the error that is promised. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "notify/latency.h"

#define TIMES 1000
#define ROUNDS 50

static uint32_t random_next(uint32_t *state)
{
	return *state = *state * 1664525u + 1013904223u;
}

static int by_size(const void *a, const void *b)
{
	const int64_t one = *(const int64_t *)a, other = *(const int64_t *)b;
	return (one > other) - (one < other);
}

static void assert_near(double said_ms, int64_t true_us)
{
	const double true_ms = (double)true_us / 1000.0;

	if (said_ms > true_ms * (1 + LATENCY_ERROR) || said_ms < true_ms / (1 + LATENCY_ERROR))
		fail_msg("%f ms for %f ms", said_ms, true_ms);
}

/* Spread over seven powers of ten, as times of quick and of dead receivers are. */
static void percentiles_are_within_the_error(void **state)
{
	static const int percents[] = {50, 95, 99, 100};
	uint32_t seed = 11;

	for (int round = 0; round < ROUNDS; round++) {
		int64_t times[TIMES], classes[LATENCY_CLASSES] = {0};
		for (int i = 0; i < TIMES; i++) {
			int64_t scale = 1;
			for (uint32_t power = (random_next(&seed) >> 16) % 7; power > 0; power--)
				scale *= 10;
			times[i] = 100 + (random_next(&seed) >> 12) % 1000 * scale;
			classes[latency_class(duration_us(times[i]))]++;
		}
		qsort(times, TIMES, sizeof(times[0]), by_size);
		for (size_t i = 0; i < ARRAY_SIZE(percents); i++)
			assert_near(latency_percentile(classes, percents[i]),
				    times[TIMES * percents[i] / 100 - 1]);
	}
}

static void each_time_is_near_its_class(void **state)
{
	for (int64_t us = 100; us < INT64_C(1200000000); us += 1 + us / 300)
		assert_near(latency_ms(latency_class(duration_us(us))), us);
}

static void the_ends_hold_all_times(void **state)
{
	int64_t none[LATENCY_CLASSES] = {0};

	assert_int_equal(latency_class(duration_us(-5)), 0);
	assert_int_equal(latency_class(duration_us(0)), 0);
	assert_int_equal(latency_class(duration_us(INT64_MAX)), LATENCY_CLASSES - 1);
	assert_true(latency_percentile(none, 50) == -1);
	none[3] = 1;
	assert_true(latency_percentile(none, 0) <= latency_ms(3));
	assert_true(latency_percentile(none, 99) == latency_ms(3));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(percentiles_are_within_the_error),
		cmocka_unit_test(each_time_is_near_its_class),
		cmocka_unit_test(the_ends_hold_all_times),
	};
	return cmocka_run_group_tests_name("notify/latency", tests, NULL, NULL);
}
