/* totp_test.c – the vectors of RFC 6238, appendix B, cut to six digits; and that a step is known.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "crypto/totp.h"

static const struct bytes secret = {(const unsigned char *)"12345678901234567890", 20};

static void the_rfc_s_vectors_hold(void **state)
{
	static const struct {
		int64_t at_s;
		const char *code;
	} rows[] = {
		{59, "287082"},		{1111111109, "081804"}, {1111111111, "050471"},
		{1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t step;
		assert_true(totp_matches(secret, rows[i].code, wall_from_us(rows[i].at_s * 1000000),
					 &step));
		assert_int_equal(step, rows[i].at_s / 30);
	}
}

static void one_step_to_each_side_is_accepted_and_known(void **state)
{
	int64_t step;

	assert_true(totp_matches(secret, "287082", wall_from_us((59 + 30) * 1000000LL), &step));
	assert_int_equal(step, 1);
	assert_true(totp_matches(secret, "287082", wall_from_us(29 * 1000000LL), &step));
	assert_int_equal(step, 1);
	assert_false(totp_matches(secret, "287082", wall_from_us((59 + 61) * 1000000LL), &step));
}

static void other_texts_are_no_codes(void **state)
{
	static const char *const refused[] = {"", "28708", "2870820", "28708a", "-87082", " 87082"};
	int64_t step;

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		assert_false(totp_matches(secret, refused[i], wall_from_us(59000000), &step));
}

static void the_secret_is_base32_without_padding(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	assert_string_equal(totp_secret_text(arena, secret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rfc_s_vectors_hold),
		cmocka_unit_test(one_step_to_each_side_is_accepted_and_known),
		cmocka_unit_test(other_texts_are_no_codes),
		cmocka_unit_test(the_secret_is_base32_without_padding),
	};
	return cmocka_run_group_tests_name("crypto/totp", tests, NULL, NULL);
}
