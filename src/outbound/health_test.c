/* health_test.c – shares of failing endpoints, and one word for each change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "outbound/health.h"

static void a_healthy_endpoint_has_no_share(void **state)
{
	struct health *health = health_new(2);
	struct duration wait = {0};

	for (int i = 0; i < 100; i++)
		assert_true(health_admit(health, "a", "ep", &wait));
	for (int i = 0; i < 100; i++)
		assert_int_equal(health_note(health, "a", "ep", true), HEALTH_SAME);
	health_free(health);
}

static void a_failing_one_is_held_to_its_share(void **state)
{
	struct health *health = health_new(2);
	struct duration wait = {0};

	assert_true(health_admit(health, "a", "ep", &wait));
	assert_int_equal(health_note(health, "a", "ep", false), HEALTH_BEGAN_FAILING);
	assert_true(health_admit(health, "a", "ep", &wait));
	assert_true(health_admit(health, "a", "ep", &wait));
	assert_false(health_admit(health, "a", "ep", &wait));
	assert_int_equal(wait.us, duration_s(1).us);
	assert_true(health_admit(health, "a", "another", &wait));
	assert_true(health_admit(health, "b", "ep", &wait));
	assert_int_equal(health_note(health, "a", "ep", false), HEALTH_SAME);
	assert_true(health_admit(health, "a", "ep", &wait));
	assert_int_equal(health_note(health, "a", "ep", true), HEALTH_RECOVERED);
	assert_true(health_admit(health, "a", "ep", &wait));
	assert_true(health_admit(health, "a", "ep", &wait));
	health_free(health);
}

static void a_withdrawn_request_says_nothing(void **state)
{
	struct health *health = health_new(1);
	struct duration wait = {0};

	assert_true(health_admit(health, "a", "ep", &wait));
	assert_int_equal(health_note(health, "a", "ep", false), HEALTH_BEGAN_FAILING);
	assert_true(health_admit(health, "a", "ep", &wait));
	assert_false(health_admit(health, "a", "ep", &wait));
	health_withdraw(health, "a", "ep");
	assert_true(health_admit(health, "a", "ep", &wait));
	assert_int_equal(health_note(health, "a", "ep", true), HEALTH_RECOVERED);
	health_free(health);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_healthy_endpoint_has_no_share),
		cmocka_unit_test(a_failing_one_is_held_to_its_share),
		cmocka_unit_test(a_withdrawn_request_says_nothing),
	};
	return cmocka_run_group_tests_name("outbound/health", tests, NULL, NULL);
}
