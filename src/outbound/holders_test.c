/* holders_test.c – each endpoint has one holder, and those that nobody uses go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "outbound/holders.h"

#define MANY 10000

static const struct wall_time start = {1700000000000000};

static struct wall_time after_s(int64_t s)
{
	return wall_add(start, duration_s(s));
}

static struct holder *get(struct holders *holders, const char *account, int number, int64_t s)
{
	char id[16];

	snprintf(id, sizeof(id), "e%d", number);
	const struct endpoint endpoint = {.account = account, .id = id};
	return holder_get(holders, &endpoint, after_s(s));
}

static void an_endpoint_is_an_account_and_an_id(void **state)
{
	struct holders *holders = holders_new();
	struct holder *one = get(holders, "one", 1, 0);

	assert_ptr_equal(get(holders, "one", 1, 0), one);
	assert_ptr_not_equal(get(holders, "other", 1, 0), one);
	assert_ptr_equal(holder_find(holders, "one", "e1"), one);
	assert_null(holder_find(holders, "one", "e2"));
	holders_free(holders);
}

static void a_new_registration_loses_the_token_of_the_old_one(void **state)
{
	struct holders *holders = holders_new();
	struct endpoint endpoint = {.account = "a", .id = "e", .updated = start};
	struct holder *holder = holder_get(holders, &endpoint, start);

	holder_keep(holder, "t1", after_s(60));
	assert_true(holder_has_token(holder_get(holders, &endpoint, start), start));
	endpoint.updated = after_s(1);
	assert_false(holder_has_token(holder_get(holders, &endpoint, start), start));
	holders_free(holders);
}

static void those_whose_tokens_are_over_go(void **state)
{
	struct holders *holders = holders_new();

	for (int i = 0; i < MANY; i++)
		holder_keep(get(holders, "a", i, 0), "t", after_s(60));
	assert_int_equal(holders_count(holders), MANY);
	for (int i = MANY; i < 2 * MANY; i++)
		holder_keep(get(holders, "a", i, 61), "t", after_s(121));
	assert_int_equal(holders_count(holders), MANY);
	assert_null(holder_find(holders, "a", "e0"));
	holders_free(holders);
}

static void those_that_nobody_uses_go_though_their_tokens_hold(void **state)
{
	struct holders *holders = holders_new();

	for (int i = 0; i < MANY; i++)
		holder_keep(get(holders, "a", i, 0), "t", after_s(10 * HOLDER_IDLE_S));
	(void)get(holders, "a", 0, HOLDER_IDLE_S); /* is used */
	for (int i = MANY; i < 2 * MANY; i++)
		(void)get(holders, "a", i, HOLDER_IDLE_S + 1);
	assert_non_null(holder_find(holders, "a", "e0"));
	assert_null(holder_find(holders, "a", "e1"));
	holders_free(holders);
}

static void those_that_are_waited_for_stay(void **state)
{
	struct holders *holders = holders_new();
	struct sending first = {.next = NULL}, second = {.next = NULL};
	struct holder *holder = get(holders, "a", 0, 0);

	holder->fetching = true;
	holder_wait(holder, &first);
	holder_wait(holder, &second);
	for (int i = 1; i < MANY; i++)
		(void)get(holders, "a", i, 10 * HOLDER_IDLE_S);
	assert_ptr_equal(holder_find(holders, "a", "e0"), holder);
	assert_ptr_equal(holder_release(holder), &first);
	assert_ptr_equal(first.next, &second);
	assert_null(second.next);
	assert_false(holder->fetching);
	holders_free(holders);
}

static void a_passing_one_is_found_by_nobody(void **state)
{
	struct holders *holders = holders_new();
	const struct endpoint endpoint = {.account = "a", .id = "e"};
	struct holder *holder = holder_new_passing(&endpoint);

	assert_null(holder_find(holders, "a", "e"));
	assert_int_equal(holders_count(holders), 0);
	holder_free_passing(holder);
	holders_free(holders);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_endpoint_is_an_account_and_an_id),
		cmocka_unit_test(a_new_registration_loses_the_token_of_the_old_one),
		cmocka_unit_test(those_whose_tokens_are_over_go),
		cmocka_unit_test(those_that_nobody_uses_go_though_their_tokens_hold),
		cmocka_unit_test(those_that_are_waited_for_stay),
		cmocka_unit_test(a_passing_one_is_found_by_nobody),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
