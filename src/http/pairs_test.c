/* pairs_test.c – forms and queries, decoded once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "http/pairs.h"

static const struct {
	const char *text, *name, *value;
	size_t count;
} rows[] = {
	{"a=1&b=2", "b", "2", 1},
	{"a=1&a=2", "a", "1", 2},
	{"a=&a=2", "a", "2", 1},
	{"a", "a", NULL, 0},
	{"a=", "a", NULL, 0},
	{"&&a=1&", "a", "1", 1},
	{"a=b=c", "a", "b=c", 1},
	{"%61=%62+c", "a", "b c", 1},
	{"ab=1", "a", NULL, 0},
	{"a+b=1", "a b", "1", 1},
	{"%C3%A9=%C3%A9", "\xc3\xa9", "\xc3\xa9", 1},
	{"", "a", NULL, 0},
	{"=1", "a", NULL, 0},
};

static void same(const char *given, const char *expected, const char *text)
{
	if (!given != !expected || (given && strcmp(given, expected) != 0))
		fail_msg("%s: %s", text, given ? given : "NULL");
}

static void rows_hold(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct pairs pairs;
	struct error err = {0};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(pairs_parse(arena, rows[i].text, strlen(rows[i].text), &pairs, &err));
		same(pairs_value(&pairs, rows[i].name), rows[i].value, rows[i].text);
		same(pairs_find(arena, rows[i].text, rows[i].name), rows[i].value, rows[i].text);
		assert_int_equal(pairs_count(&pairs, rows[i].name), rows[i].count);
	}
}

static void what_cannot_be_read_is_refused(void **state)
{
	static const char *const texts[] = {"a=%", "a=%4", "a=%zz", "%=1", "a=%00", "a=%FF"};
	scoped(arena) struct arena *arena = arena_new();
	struct pairs pairs;
	struct error err = {0};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		assert_false(pairs_parse(arena, texts[i], strlen(texts[i]), &pairs, &err));
		assert_int_equal(err.code, ERROR_INVALID_FIELD);
		assert_null(pairs_find(arena, texts[i], "a"));
	}
}

static void too_many_are_refused(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	char text[(PAIRS_MAX + 1) * 2];
	struct pairs pairs;
	struct error err = {0};

	for (size_t i = 0; i < sizeof(text); i += 2)
		memcpy(text + i, "a&", 2);
	assert_true(pairs_parse(arena, text, sizeof(text) - 2, &pairs, &err));
	assert_false(pairs_parse(arena, text, sizeof(text), &pairs, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_hold),
		cmocka_unit_test(what_cannot_be_read_is_refused),
		cmocka_unit_test(too_many_are_refused),
	};
	return cmocka_run_group_tests_name("http/pairs", tests, NULL, NULL);
}
