/* csv_test.c – quoting, and cells that a spreadsheet would run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/csv.h"

static const struct {
	const char *cells[3];
	const char *line;
} rows[] = {
	{{"a", "b", "c"}, "a,b,c\r\n"},
	{{"", NULL, "0"}, ",,0\r\n"},
	{{"a,b", "say \"hi\"", "two\nlines"}, "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\r\n"},
	{{"=1+1", "+1", "-1"}, "\"'=1+1\",\"'+1\",\"'-1\"\r\n"},
	{{"@SUM(A1)", "\t=1", "\r=1"}, "\"'@SUM(A1)\",\"'\t'=1\",\"'\r'=1\"\r\n"},
	{{"x;=cmd", "x;y", "1\n+1"}, "\"x;'=cmd\",\"x;y\",\"1\n'+1\"\r\n"},
	{{"x; \"@A1", ";;-1", ";"}, "\"x;' \"\"@A1\",\";;'-1\",\";\"\r\n"},
	{{"=\"a\"", "\n", "a=b"}, "\"'=\"\"a\"\"\",\"'\n\",a=b\r\n"},
	{{"\"", "\"\"", "é"}, "\"\"\"\",\"\"\"\"\"\",é\r\n"},
};

static void cells_are_quoted_and_formulas_are_text(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct buf buf;
		buf_init(&buf, 1000);
		assert_true(csv_line(&buf, rows[i].cells, ARRAY_SIZE(rows[i].cells)));
		assert_string_equal((const char *)buf.data, rows[i].line);
		buf_done(&buf);
	}
}

static void a_line_that_does_not_fit_is_not_begun(void **state)
{
	const char *const cells[] = {"12345", "=6789"};
	struct buf buf;

	buf_init(&buf, 20);
	assert_true(csv_line(&buf, cells, 1));
	assert_false(csv_line(&buf, cells, 2));
	assert_string_equal((const char *)buf.data, "12345\r\n");
	assert_int_equal(buf.length, 7);
	buf_done(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cells_are_quoted_and_formulas_are_text),
		cmocka_unit_test(a_line_that_does_not_fit_is_not_begun),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
