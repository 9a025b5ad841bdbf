/* origin_test.c – an origin comes out of the store as it went in, and nothing else is taken for
 * one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "context/origin.h"

static void an_origin_survives_the_store(void **state)
{
	static const struct origin rows[] = {
		{ORIGIN_NONE, "", 0, "", ""},
		{ORIGIN_API_KEY,
		 "k0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 0, "", ""},
		{ORIGIN_API_TOKEN,
		 "grf_ci_abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwx", 4294967295u,
		 "", "0123456789abcd"},
		{ORIGIN_OAUTH, "grf_ci_x", 7, "AbCdEfGhIjKl", "0123456789abcdefghijkl"},
		{ORIGIN_SESSION,
		 "s0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 0, "", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[ORIGIN_TEXT_MAX];
		struct origin read = {.kind = ORIGIN_OAUTH};
		origin_format(&rows[i], text);
		assert_true(origin_parse(text, &read));
		assert_int_equal(read.kind, rows[i].kind);
		assert_string_equal(read.id, rows[i].id);
		assert_int_equal(read.epoch, rows[i].epoch);
		assert_string_equal(read.delegate, rows[i].delegate);
		assert_string_equal(read.token, rows[i].token);
	}
}

static void what_is_no_origin_is_refused(void **state)
{
	static const char *const rows[] = {
		"key",
		"key k0",
		"key k0 0",
		"key k0 0 -",
		"key  0 - -",
		"key k0 0 - - ",
		"key k0 0  -",
		"token x -1 - -",
		"token x 1x - -",
		"token x 4294967296 - -",
		"token x 1 0123456789abc -",
		"token x 1 - 0123456789abcdefghijklm",
		"password x 1 - -",
		" x 1 - -",
		"key x 1 - - 2",
		"oauth 0123456789012345678901234567890123456789012345678901234567890123456789 1 - -",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct origin read;
		if (origin_parse(rows[i], &read))
			fail_msg("`%s` was taken for an origin", rows[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_origin_survives_the_store),
		cmocka_unit_test(what_is_no_origin_is_refused),
	};

	return cmocka_run_group_tests_name("access/origin", tests, NULL, NULL);
}
