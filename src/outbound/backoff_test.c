/* backoff_test.c – the schedule, row by row. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "outbound/backoff.h"

static const struct {
	const char *what;
	unsigned failed;
	int64_t retry_after_s;
	double jitter, scale;
	bool again;
	int64_t wait_ms;
} rows[] = {
	{"the first wait, in the middle", 1, 0, 0.5, 1, true, 5000},
	{"at the low end", 1, 0, 0.0, 1, true, 4000},
	{"near the high end", 1, 0, 0.999999, 1, true, 5999},
	{"the second", 2, 0, 0.5, 1, true, 30000},
	{"the last", 9, 0, 0.5, 1, true, 36LL * 3600 * 1000},
	{"used up", 10, 0, 0.5, 1, false, 0},
	{"beyond", 4000000000u, 0, 0.5, 1, false, 0},
	{"nothing has failed yet", 0, 0, 0.5, 1, false, 0},
	{"the receiver asks for more", 1, 60, 0.5, 1, true, 60000},
	{"the receiver asks for less", 3, 1, 0.5, 1, true, 120000},
	{"the receiver asks for a day", 1, 24 * 3600, 0.5, 1, true, 24LL * 3600 * 1000},
	{"the receiver asks for too much", 1, 1000000, 0.5, 1, true, 24LL * 3600 * 1000},
	{"the receiver asks for all there is", 1, INT64_MAX / 1000000, 0.5, 1, true,
	 24LL * 3600 * 1000},
	{"the schedule says later than a day", 9, 24 * 3600, 0.5, 1, true, 36LL * 3600 * 1000},
	{"asked at the last attempt", 10, 60, 0.5, 1, false, 0},
	{"scaled", 1, 0, 0.5, 100, true, 50},
	{"what is asked for is not scaled", 1, 2, 0.5, 100, true, 2000},
};

static void rows_hold(void **state)
{
	const struct wall_time now = {1700000000000000};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wall_time next = {0};
		const struct backoff backoff = {backoff_default_waits_s, backoff_default_count,
						duration_s(96 * 3600), rows[i].scale};
		bool again = backoff_next(&backoff, rows[i].failed, now, now,
					  duration_s(rows[i].retry_after_s), rows[i].jitter, &next);
		if (again != rows[i].again)
			fail_msg("%s: %s", rows[i].what, again ? "tried again" : "given up");
		if (again && wall_since(next, now).us / 1000 != rows[i].wait_ms)
			fail_msg("%s: %lld ms", rows[i].what,
				 (long long)(wall_since(next, now).us / 1000));
	}
}

static const struct {
	double jitter;
	int64_t hours; /* of the whole */
} schedules[] = {{0, 60}, {0.25, 68}, {0.5, 75}, {0.75, 83}, {0.999999, 90}};

static void ten_attempts_take_75_hours_and_a_fifth_more_or_less(void **state)
{
	const struct backoff backoff = {backoff_default_waits_s, backoff_default_count,
					duration_s(96 * 3600), 1};

	for (size_t i = 0; i < ARRAY_SIZE(schedules); i++) {
		struct wall_time now = {0}, next;
		unsigned attempts = 1;
		for (; backoff_next(&backoff, attempts, wall_from_us(0), now, duration_s(0),
				    schedules[i].jitter, &next);
		     attempts++)
			now = next;
		assert_int_equal(attempts, backoff_default_count + 1);
		assert_int_equal((now.us + 1800000000) / 3600000000, schedules[i].hours);
	}
}

static void nothing_is_tried_again_behind_the_horizon(void **state)
{
	static const int64_t waits_s[] = {60, 60, 60};
	const struct backoff backoff = {waits_s, 3, duration_s(100), 1};
	const struct backoff scaled = {waits_s, 3, duration_s(100), 10};
	const struct wall_time queued = {1700000000000000};
	struct wall_time next;

	assert_true(backoff_next(&backoff, 1, queued, queued, duration_s(0), 0.5, &next));
	assert_false(backoff_next(&backoff, 2, queued, next, duration_s(0), 0.5, &next));
	assert_false(backoff_next(&backoff, 1, queued, queued, duration_s(200), 0.5, &next));
	assert_true(backoff_next(&scaled, 1, queued, queued, duration_s(0), 0.5, &next));
	assert_false(backoff_next(&scaled, 2, queued, next, duration_s(0), 0.5, &next));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_hold),
		cmocka_unit_test(ten_attempts_take_75_hours_and_a_fifth_more_or_less),
		cmocka_unit_test(nothing_is_tried_again_behind_the_horizon),
	};
	return cmocka_run_group_tests_name("outbound/backoff", tests, NULL, NULL);
}
