/* verdict_test.c – what an outcome means. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "outbound/verdict.h"

static const struct {
	const char *what;
	struct outcome outcome;
	unsigned number;
	enum delivery_state state;
} rows[] = {
	{"200", {ERROR_CLASS_NONE, 200, {0}}, 1, DELIVERY_DELIVERED},
	{"204", {ERROR_CLASS_NONE, 204, {0}}, 10, DELIVERY_DELIVERED},
	{"299", {ERROR_CLASS_NONE, 299, {0}}, 1, DELIVERY_DELIVERED},
	{"199", {ERROR_CLASS_NONE, 199, {0}}, 1, DELIVERY_PENDING},
	{"a redirect is not followed", {ERROR_CLASS_NONE, 302, {0}}, 1, DELIVERY_PENDING},
	{"400", {ERROR_CLASS_NONE, 400, {0}}, 1, DELIVERY_PENDING},
	{"401: the key may be mended", {ERROR_CLASS_NONE, 401, {0}}, 1, DELIVERY_PENDING},
	{"410 means stop", {ERROR_CLASS_NONE, 410, {0}}, 1, DELIVERY_FAILED},
	{"429", {ERROR_CLASS_NONE, 429, {0}}, 1, DELIVERY_PENDING},
	{"503 at the last attempt", {ERROR_CLASS_NONE, 503, {0}}, 10, DELIVERY_FAILED},
	{"no answer", {ERROR_CLASS_TIMEOUT, 0, {0}}, 1, DELIVERY_PENDING},
	{"no answer, for the last time", {ERROR_CLASS_CONNECTION, 0, {0}}, 10, DELIVERY_FAILED},
	{"a status in a broken answer", {ERROR_CLASS_BROKEN_ANSWER, 200, {0}}, 1, DELIVERY_PENDING},
};

static void rows_hold(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wall_time retry_at = {0};
		const struct backoff backoff = {backoff_default_waits_s, backoff_default_count,
						duration_s(96 * 3600), 1};
		enum delivery_state got = verdict_of(&rows[i].outcome, &backoff, rows[i].number,
						     wall_from_us(1), wall_from_us(1), 0.5,
						     &retry_at);
		if (got != rows[i].state)
			fail_msg("%s: %s", rows[i].what, delivery_state_name(got));
		assert_int_equal(got == DELIVERY_PENDING, retry_at.us != 0);
	}
}

/* What makes a receiver wait as a whole, and what says something of one notification only. */
static const struct {
	struct outcome outcome;
	bool trouble, gone, success;
} meanings[] = {
	{{ERROR_CLASS_NONE, 200, {0}}, false, false, true},
	{{ERROR_CLASS_NONE, 204, {0}}, false, false, true},
	{{ERROR_CLASS_NONE, 101, {0}}, false, false, false},
	{{ERROR_CLASS_NONE, 301, {0}}, false, false, false},
	{{ERROR_CLASS_NONE, 400, {0}}, false, false, false},
	{{ERROR_CLASS_NONE, 401, {0}}, false, false, false},
	{{ERROR_CLASS_NONE, 404, {0}}, false, false, false},
	{{ERROR_CLASS_NONE, 408, {0}}, true, false, false},
	{{ERROR_CLASS_NONE, 409, {0}}, false, false, false},
	{{ERROR_CLASS_NONE, 410, {0}}, false, true, false},
	{{ERROR_CLASS_NONE, 425, {0}}, false, false, false},
	{{ERROR_CLASS_NONE, 429, {0}}, true, false, false},
	{{ERROR_CLASS_NONE, 500, {0}}, true, false, false},
	{{ERROR_CLASS_NONE, 503, {0}}, true, false, false},
	{{ERROR_CLASS_NONE, 599, {0}}, true, false, false},
	{{ERROR_CLASS_TIMEOUT, 0, {0}}, true, false, false},
	{{ERROR_CLASS_ADDRESS_REFUSED, 0, {0}}, true, false, false},
	{{ERROR_CLASS_AUTHORIZATION, 0, {0}}, true, false, false},
	{{ERROR_CLASS_BROKEN_ANSWER, 200, {0}}, true, false, false},
	{{ERROR_CLASS_BROKEN_ANSWER, 410, {0}}, true, false, false},
};

static void outcomes_mean_what_they_should(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(meanings); i++) {
		const struct outcome *outcome = &meanings[i].outcome;
		if (outcome_is_trouble(outcome) != meanings[i].trouble ||
		    outcome_is_gone(outcome) != meanings[i].gone ||
		    outcome_is_success(outcome) != meanings[i].success)
			fail_msg("%s %ld", error_class_name(outcome->error_class),
				 outcome->http_status);
	}
}

static void every_class_has_a_name_of_its_own(void **state)
{
	for (int i = 0; i < ERROR_CLASS_COUNT; i++) {
		for (int j = 0; j < i; j++)
			assert_string_not_equal(error_class_name((enum error_class)i),
						error_class_name((enum error_class)j));
	}
}

static void a_refusal_says_nothing_of_the_next(void **state)
{
	static const int64_t others[] = {401, 403, 408, 410, 425, 429}, some[] = {404, 503};

	for (long status = 100; status < 600; status++) {
		const struct outcome answer = {ERROR_CLASS_NONE, status, {0}};
		const struct outcome broken = {ERROR_CLASS_BROKEN_ANSWER, status, {0}};
		bool refused = status >= 400 && status < 500;
		for (size_t i = 0; i < ARRAY_SIZE(others); i++)
			refused &= status != others[i];
		assert_int_equal(outcome_is_refusal(&answer), refused);
		assert_false(outcome_is_refusal(&broken));
		assert_int_equal(outcome_is_one_of(&answer, some, ARRAY_SIZE(some)),
				 status == 404 || status == 503);
		assert_false(outcome_is_one_of(&broken, some, ARRAY_SIZE(some)));
	}
	for (int i = 0; i < ERROR_CLASS_COUNT; i++) {
		const struct outcome outcome = {(enum error_class)i, 0, {0}};
		assert_int_equal(outcome_is_ours(&outcome), i == ERROR_CLASS_SHORTAGE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_hold),
		cmocka_unit_test(a_refusal_says_nothing_of_the_next),
		cmocka_unit_test(outcomes_mean_what_they_should),
		cmocka_unit_test(every_class_has_a_name_of_its_own),
	};
	return cmocka_run_group_tests_name("outbound/verdict", tests, NULL, NULL);
}
