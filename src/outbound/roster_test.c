/* roster_test.c – windows, breaker, rate, turns: in no time at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "outbound/roster.h"

static const struct wall_time noon = {1700000000000000};
static const struct pace wide = {100, 0};
static const struct result well = {.delivered = true, .took = {1000}};
static const struct result failed = {.trouble = true, .took = {1000}};

static struct wall_time after_ms(int64_t ms)
{
	return wall_add(noon, duration_ms(ms));
}

static unsigned admit_all(struct roster *roster, const char *endpoint, const struct pace *pace,
			  struct wall_time now)
{
	unsigned count = 0;

	while (roster_admit(roster, "a", endpoint, pace, now))
		count++;
	return count;
}

static void note_all(struct roster *roster, const char *endpoint, const struct result *result,
		     unsigned count, struct wall_time now)
{
	while (count-- > 0)
		roster_note(roster, "a", endpoint, result, now, 0.5);
}

static void what_an_endpoint_can_take_grows_with_success(void **state)
{
	struct roster *roster = roster_new(1000, 1);
	unsigned first = admit_all(roster, "ep", &wide, noon);

	assert_in_range(first, 1, 8);
	note_all(roster, "ep", &well, first, noon);
	unsigned second = admit_all(roster, "ep", &wide, noon);
	assert_int_equal(second, 2 * first);
	note_all(roster, "ep", &well, second, noon);
	for (int i = 0; i < 10; i++)
		note_all(roster, "ep", &well, admit_all(roster, "ep", &wide, noon), noon);
	assert_int_equal(admit_all(roster, "ep", &wide, noon), wide.in_flight_limit);
	roster_free(roster);
}

static void expect_turn(const struct roster *roster, struct wall_time now, enum endpoint_room room,
			struct wall_time until)
{
	const struct endpoint_turn turn = roster_turn(roster, "a", "ep", now);

	assert_int_equal(turn.room, room);
	assert_int_equal(turn.until.us, until.us);
}

static void what_an_endpoint_can_take_is_told(void **state)
{
	struct roster *roster = roster_new(1000, 1);
	const struct pace one_a_second = {100, 1};
	const struct result asks = {.trouble = true, .took = {1000}, .retry_after = {9000000}};
	const struct wall_time unknown = {0};

	expect_turn(roster, noon, ROOM_FREE, unknown);
	assert_int_equal(admit_all(roster, "ep", &one_a_second, noon), 1);
	expect_turn(roster, noon, ROOM_AT_RATE, wall_add(noon, duration_us(1000001)));
	expect_turn(roster, after_ms(1001), ROOM_FREE, unknown);
	unsigned rest = admit_all(roster, "ep", &wide, after_ms(1001));
	expect_turn(roster, after_ms(1001), ROOM_FULL, unknown);
	note_all(roster, "ep", &well, rest, after_ms(1001));
	expect_turn(roster, after_ms(1001), ROOM_FREE, unknown);
	note_all(roster, "ep", &asks, 1, after_ms(2000));
	expect_turn(roster, after_ms(2000), ROOM_RESTING, after_ms(11000));
	expect_turn(roster, after_ms(11000), ROOM_FREE, unknown);
	assert_false(roster_admit(roster, "a", "ep", &wide, after_ms(2000)));
	roster_end_rest(roster, "a", "ep");
	expect_turn(roster, after_ms(2000), ROOM_FREE, unknown);
	assert_true(roster_admit(roster, "a", "ep", &wide, after_ms(2000)));
	roster_free(roster);
}

static void a_failing_one_is_left_alone_longer_and_longer(void **state)
{
	struct roster *roster = roster_new(1000, 1);

	assert_true(roster_admit(roster, "a", "ep", &wide, noon));
	assert_int_equal(roster_note(roster, "a", "ep", &failed, noon, 0.5), HEALTH_BEGAN_FAILING);
	for (int i = 0; i < 4; i++) {
		assert_true(roster_admit(roster, "a", "ep", &wide, noon));
		assert_int_equal(roster_note(roster, "a", "ep", &failed, noon, 0.5), HEALTH_SAME);
	}
	assert_false(roster_admit(roster, "a", "ep", &wide, after_ms(999)));
	assert_true(roster_admit(roster, "a", "other", &wide, noon));
	assert_true(roster_admit(roster, "a", "ep", &wide, after_ms(1000)));
	assert_false(roster_admit(roster, "a", "ep", &wide, after_ms(1000))); /* one, to see */
	roster_note(roster, "a", "ep", &failed, after_ms(1000), 0.5);
	assert_false(roster_admit(roster, "a", "ep", &wide, after_ms(2999)));
	assert_true(roster_admit(roster, "a", "ep", &wide, after_ms(3000)));
	assert_int_equal(roster_note(roster, "a", "ep", &well, after_ms(3000), 0.5),
			 HEALTH_RECOVERED);
	assert_int_equal(admit_all(roster, "ep", &wide, after_ms(3000)), 2);
	roster_free(roster);
}

/* A restart of the receiver cuts all that is under way to it: that is one failure, not a hundred in
 * a row. */
static void those_that_fail_together_count_once(void **state)
{
	struct roster *roster = roster_new(1000, 1);
	unsigned count = 0;

	for (int i = 0; i < 20; i++) {
		count = admit_all(roster, "ep", &wide, noon);
		note_all(roster, "ep", &well, count, noon);
	}
	assert_int_equal(count, wide.in_flight_limit);
	count = admit_all(roster, "ep", &wide, noon);
	note_all(roster, "ep", &failed, count, noon);
	assert_false(roster_admit(roster, "a", "ep", &wide, after_ms(999)));
	assert_true(roster_admit(roster, "a", "ep", &wide, after_ms(1000)));
	/* The next one in a row counts. */
	roster_note(roster, "a", "ep", &failed, after_ms(1000), 0.5);
	assert_false(roster_admit(roster, "a", "ep", &wide, after_ms(2999)));
	assert_true(roster_admit(roster, "a", "ep", &wide, after_ms(3000)));
	roster_free(roster);
}

static void what_it_thinks_of_one_event_is_no_trouble(void **state)
{
	const struct result refused = {.took = {1000}}; /* a 400, say */
	struct roster *roster = roster_new(1000, 1);

	for (int i = 0; i < 20; i++) {
		assert_true(roster_admit(roster, "a", "ep", &wide, noon));
		assert_int_equal(roster_note(roster, "a", "ep", &refused, noon, 0.5), HEALTH_SAME);
	}
	roster_free(roster);
}

static void it_is_left_alone_when_it_asks_for_that(void **state)
{
	const struct result busy = {.trouble = true, .retry_after = {30000000}};
	struct roster *roster = roster_new(1000, 1);

	assert_true(roster_admit(roster, "a", "ep", &wide, noon));
	roster_note(roster, "a", "ep", &busy, noon, 0.5);
	assert_false(roster_admit(roster, "a", "ep", &wide, after_ms(29999)));
	assert_true(roster_admit(roster, "a", "ep", &wide, after_ms(30000)));
	roster_free(roster);
	/* Whatever comes of those that were under way when it asked. */
	roster = roster_new(1000, 1);
	note_all(roster, "ep", &well, admit_all(roster, "ep", &wide, noon), noon);
	assert_int_equal(admit_all(roster, "ep", &wide, noon), 8);
	roster_note(roster, "a", "ep", &busy, noon, 0.5);
	note_all(roster, "ep", &failed, 7, noon);
	assert_false(roster_admit(roster, "a", "ep", &wide, after_ms(29999)));
	assert_true(roster_admit(roster, "a", "ep", &wide, after_ms(30000)));
	roster_free(roster);
}

static void those_in_trouble_have_half_at_most(void **state)
{
	struct roster *roster = roster_new(20, 1);
	char name[8];
	unsigned count = 0;

	for (int i = 0; i < 100; i++) { /* black holes: nothing comes back */
		snprintf(name, sizeof(name), "b%d", i);
		count += admit_all(roster, name, &wide, noon);
	}
	assert_int_equal(count, 10);
	roster_note(roster, "a", "b0", &well, noon, 0.5);
	assert_true(admit_all(roster, "b0", &wide, noon) > 0); /* it has proven itself */
	roster_free(roster);
}

static void a_rate_is_kept(void **state)
{
	const struct pace slow = {100, 2};
	struct roster *roster = roster_new(1000, 1);

	assert_int_equal(admit_all(roster, "ep", &slow, noon), 2);
	note_all(roster, "ep", &well, 2, noon);
	assert_false(roster_admit(roster, "a", "ep", &slow, after_ms(400)));
	assert_int_equal(admit_all(roster, "ep", &slow, after_ms(501)), 1);
	assert_int_equal(admit_all(roster, "ep", &slow, after_ms(10000)), 2);
	roster_free(roster);
}

static void each_has_its_turn(void **state)
{
	struct roster *roster = roster_new(1000, 1);
	const char *account, *endpoint;
	unsigned room;

	roster_wait(roster, "a", "late", after_ms(100));
	roster_wait(roster, "a", "one", noon);
	roster_wait(roster, "a", "two", after_ms(1));
	assert_int_equal(roster_next_due(roster).us, noon.us);
	assert_true(roster_next(roster, after_ms(1), &account, &endpoint, &room));
	assert_string_equal(endpoint, "one");
	assert_in_range(room, 1, 8);
	roster_wait(roster, "a", "one", after_ms(1)); /* there is more */
	assert_true(roster_next(roster, after_ms(1), &account, &endpoint, &room));
	assert_true(roster_next(roster, after_ms(1), &account, &endpoint, &room));
	assert_false(roster_next(roster, after_ms(1), &account, &endpoint, &room));
	assert_int_equal(roster_next_due(roster).us, after_ms(100).us);
	roster_free(roster);
}

static void one_that_can_take_no_more_comes_back_when_it_can(void **state)
{
	const struct pace narrow = {1, 0};
	struct roster *roster = roster_new(1000, 1);
	const char *account, *endpoint;
	unsigned room;

	assert_true(roster_admit(roster, "a", "ep", &narrow, noon));
	roster_wait(roster, "a", "ep", noon);
	assert_false(roster_next(roster, noon, &account, &endpoint, &room));
	assert_int_equal(roster_next_due(roster).us, INT64_MAX);
	roster_note(roster, "a", "ep", &well, noon, 0.5);
	assert_true(roster_next(roster, noon, &account, &endpoint, &room));
	assert_int_equal(room, 1);
	roster_free(roster);
}

static void one_on_hold_waits_for_a_word(void **state)
{
	struct roster *roster = roster_new(1000, 1);
	const char *account, *endpoint;
	unsigned room;

	roster_wait(roster, "a", "ep", noon);
	roster_hold(roster, "a", "ep");
	assert_false(roster_next(roster, noon, &account, &endpoint, &room));
	assert_false(roster_admit(roster, "a", "ep", &wide, noon));
	roster_look_again(roster);
	assert_true(roster_next(roster, noon, &account, &endpoint, &room));
	roster_free(roster);
}

static void mails_are_limited(void **state)
{
	struct roster *roster = roster_new(1000, 1);

	for (int i = 0; i < ROSTER_FAILURE_MAILS_MAX; i++)
		assert_true(roster_may_mail(roster, "a", "ep", noon));
	assert_false(roster_may_mail(roster, "a", "ep", noon));
	assert_true(roster_may_mail(roster, "a", "ep", after_ms(3600001)));
	roster_free(roster);
}

static void ten_thousand_wait_in_order(void **state)
{
	struct roster *roster = roster_new(1000, 1);
	const char *account, *endpoint;
	char name[16];
	unsigned room;

	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "ep%d", i);
		roster_wait(roster, "a", name, after_ms(i * 7919 % 10000));
	}
	for (int i = 0; i < 10000; i++) {
		assert_int_equal(roster_next_due(roster).us, after_ms(i).us);
		assert_true(roster_next(roster, after_ms(i), &account, &endpoint, &room));
	}
	assert_false(roster_next(roster, after_ms(10000), &account, &endpoint, &room));
	roster_free(roster);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_an_endpoint_can_take_grows_with_success),
		cmocka_unit_test(what_an_endpoint_can_take_is_told),
		cmocka_unit_test(a_failing_one_is_left_alone_longer_and_longer),
		cmocka_unit_test(those_that_fail_together_count_once),
		cmocka_unit_test(what_it_thinks_of_one_event_is_no_trouble),
		cmocka_unit_test(it_is_left_alone_when_it_asks_for_that),
		cmocka_unit_test(those_in_trouble_have_half_at_most),
		cmocka_unit_test(a_rate_is_kept),
		cmocka_unit_test(each_has_its_turn),
		cmocka_unit_test(one_that_can_take_no_more_comes_back_when_it_can),
		cmocka_unit_test(one_on_hold_waits_for_a_word),
		cmocka_unit_test(mails_are_limited),
		cmocka_unit_test(ten_thousand_wait_in_order),
	};
	return cmocka_run_group_tests_name("outbound/roster", tests, NULL, NULL);
}
