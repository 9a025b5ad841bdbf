/* unicode_test.c – texts that are one text, and texts that are not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/unicode.h"

static void folding_knows_more_than_ascii(void **state)
{
	static const struct {
		const char *a, *b;
		bool same;
	} rows[] = {
		{"", "", true},
		{"PLAIN", "plain", true},
		{"École", "école", true},
		{"\x45\xcc\x81"
		 "cole",
		 "École", true}, /* E and an accent */
		{"ΑΘΗΝΑ", "αθηνα", true},
		{"ΟΔΟΣ", "οδός", false}, /* an accent is a difference */
		{"ΟΔΟΣ", "οδος", true},	 /* the last sigma */
		{"МОСКВА", "москва", true},
		{"STRASSE", "Straße", true},
		{"STRAẞE", "straße", true},
		{"ﬁle", "FILE", true},	       /* a ligature */
		{"Ｌｅａｓｅ", "lease", true}, /* full width */
		{"ecole", "école", false},
		{"a", "b", false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		scoped(arena) struct arena *arena = arena_new();
		if ((strcmp(unicode_fold(arena, rows[i].a), unicode_fold(arena, rows[i].b)) == 0) !=
		    rows[i].same)
			fail_msg("%s and %s", rows[i].a, rows[i].b);
	}
}

static void composing_keeps_case(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	assert_string_equal(unicode_compose(arena, "\x45\xcc\x81t\x65\xcc\x81"), "Été");
	assert_string_equal(unicode_compose(arena, "Été"), "Été");
	assert_string_equal(unicode_compose(arena, "ﬁ Plain"), "ﬁ Plain");
}

static void a_skeleton_is_what_is_left(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	assert_string_equal(unicode_skeleton(arena, "Été – N° 1.pdf"), "eten1pdf");
	assert_string_equal(unicode_skeleton(arena, "Contract_A (final)"), "contractafinal");
	assert_string_equal(unicode_skeleton(arena, "???"), "");
	assert_string_equal(unicode_skeleton(arena, "契約書"), "契約書");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folding_knows_more_than_ascii),
		cmocka_unit_test(composing_keeps_case),
		cmocka_unit_test(a_skeleton_is_what_is_left),
	};
	return cmocka_run_group_tests_name("base/unicode", tests, NULL, NULL);
}
