/* template_test.c – names are filled in, values are not read as templates, everything else stays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "mail/template.h"

static const char *lookup(const char *name, size_t length, void *arg)
{
	if (length == 4 && strncmp(name, "NAME", 4) == 0)
		return "Ann";
	if (length == 2 && strncmp(name, "X1", 2) == 0)
		return "$NAME; & <b>";
	if (length == 5 && strncmp(name, "EMPTY", 5) == 0)
		return "";
	return NULL;
}

static const struct {
	const char *text, *filled;
} rows[] = {
	{"", ""},
	{"no names", "no names"},
	{"Hello $NAME;,", "Hello Ann,"},
	{"$NAME;$NAME;", "AnnAnn"},
	{"$X1;", "$NAME; & <b>"},
	{"[$EMPTY;]", "[]"},
	{"$OTHER;", "$OTHER;"},
	{"$NAME", "$NAME"},
	{"$name;", "$name;"},
	{"$$NAME;", "$Ann"},
	{"$;", "$;"},
	{"5 $, $", "5 $, $"},
};

static void names_are_filled_in(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_string_equal(template_fill(arena, rows[i].text, lookup, NULL),
				    rows[i].filled);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(names_are_filled_in)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
