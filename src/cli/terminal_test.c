/* terminal_test.c – nothing that a terminal would obey is printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "cli/terminal.h"

static const struct {
	const char *text, *shown;
} rows[] = {
	{"", ""},
	{"Acme Bank", "Acme Bank"},
	{"Banque d\xe2\x80\x99\xc3\x89pargne", "Banque d\xe2\x80\x99\xc3\x89pargne"},
	{"\033[31mred\033[0m", "?[31mred?[0m"},
	{"a\tb\nc\rd\be\x7f", "a?b?c?d?e?"},
	{"\xc2\x9b"
	 "31m\xc2\x80\xc2\x9f\xc2\xa0",
	 "?31m??\xc2\xa0"}, /* C1; a no-break space is none */
};

static void control_characters_are_replaced(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(terminal_text(arena, rows[i].text), rows[i].shown);
}

static void width_is_in_columns(void **state)
{
	assert_int_equal(terminal_width(""), 0);
	assert_int_equal(terminal_width("d\xc3\xa9j\xc3\xa0"), 4);
	assert_int_equal(terminal_width("\xe6\x97\xa5\xe6\x9c\xac"), 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(control_characters_are_replaced),
		cmocka_unit_test(width_is_in_columns),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
