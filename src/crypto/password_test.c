/* password_test.c – the form of what is made, and that only the right password matches. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/password.h"
#include "crypto/random.h"

static void only_the_right_password_matches(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *hash = password_hash(arena, "correct horse");

	assert_true(strncmp(hash, "$argon2id$", 10) == 0);
	assert_null(strstr(hash, "correct"));
	assert_true(password_matches(hash, "correct horse"));
	assert_false(password_matches(hash, "correct hors"));
	assert_false(password_matches(hash, "correct horse "));
	assert_false(password_matches(hash, ""));
	assert_string_not_equal(hash, password_hash(arena, "correct horse")); /* salted */
}

static void a_broken_hash_matches_nothing(void **state)
{
	static const char *const hashes[] = {"", "$argon2id$", "correct horse",
					     "$argon2id$v=19$m=65536,t=2,p=1$AAAA$AAAA"};

	for (size_t i = 0; i < ARRAY_SIZE(hashes); i++) {
		assert_false(password_matches(hashes[i], "correct horse"));
		assert_false(password_matches(hashes[i], ""));
	}
}

static void made_passwords_are_easily_read(void **state)
{
	char one[25], other[25];

	for (int round = 0; round < 1000; round++) {
		password_make(one);
		assert_int_equal(strlen(one), 24);
		for (size_t i = 0; i < 24; i++) {
			if (i % 5 == 4)
				assert_int_equal(one[i], '-');
			else
				assert_non_null(strchr("23456789abcdefghjkmnpqrstuvwxyz", one[i]));
		}
	}
	password_make(other);
	assert_string_not_equal(one, other);
}

static int start(void **state)
{
	crypto_start();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_the_right_password_matches),
		cmocka_unit_test(a_broken_hash_matches_nothing),
		cmocka_unit_test(made_passwords_are_easily_read),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
