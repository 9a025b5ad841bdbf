/* words_test.c – a word is found by its place, a gap by nobody, and a refusal says what was likely
 * meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/words.h"

static const char *const words[] = {"NOTIFY", NULL, "DISABLE", "RENEW"};

static void words_are_found_by_their_place(void **state)
{
	assert_int_equal(word_find("NOTIFY", words, ARRAY_SIZE(words)), 0);
	assert_int_equal(word_find("RENEW", words, ARRAY_SIZE(words)), 3);
	assert_int_equal(word_find("renew", words, ARRAY_SIZE(words)), WORD_NONE);
	assert_int_equal(word_find_nocase("renew", words, ARRAY_SIZE(words)), 3);
	assert_int_equal(word_find("", words, ARRAY_SIZE(words)), WORD_NONE);
	assert_int_equal(word_find(NULL, words, ARRAY_SIZE(words)), WORD_NONE);
	assert_int_equal(word_find_nocase(NULL, words, ARRAY_SIZE(words)), WORD_NONE);
	assert_int_equal(word_find("NOTIFY", words, 0), WORD_NONE);
}

static void a_refusal_names_what_was_meant(void **state)
{
	struct error err = {0};
	int index = 7;

	assert_true(word_read("policy", "DISABLE", words, ARRAY_SIZE(words), &index, &err));
	assert_int_equal(index, 2);
	assert_false(word_read("a.policy", "DISABEL", words, ARRAY_SIZE(words), &index, &err));
	assert_int_equal(err.code, ERROR_INVALID_FIELD);
	assert_string_equal(err.technical, "a.policy: `DISABEL` is not one of its values; did you "
					   "mean `DISABLE`?");
	assert_false(word_read("policy", "colour", words, ARRAY_SIZE(words), &index, &err));
	assert_string_equal(err.technical, "policy: `colour` is not one of its values");
	assert_int_equal(index, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_found_by_their_place),
		cmocka_unit_test(a_refusal_names_what_was_meant),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
