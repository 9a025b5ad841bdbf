/* log_test.c – one write, one line, whatever a stranger put into it. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/log.h"
#include "base/time.h"

#define ROOM 8192

/* What was logged, without its date. The pipe is in packet mode: one read is one write, so that a
 * line written in pieces would come back cut. */
static void logged(const char *who, const char *text, char ret_line[ROOM])
{
	int ends[2], kept = dup(STDERR_FILENO);

	assert_int_equal(pipe2(ends, O_DIRECT), 0);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	log_warn(who, "%s", text);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	close(ends[1]);
	close(kept);
	ssize_t length = read(ends[0], ret_line, ROOM - 1);
	close(ends[0]);
	assert_true(length > WALL_TIME_TEXT);
	ret_line[length] = '\0';
	assert_int_equal(ret_line[WALL_TIME_TEXT - 1], ' ');
	memmove(ret_line, ret_line + WALL_TIME_TEXT, (size_t)length - WALL_TIME_TEXT + 1);
}

static const struct {
	const char *text, *shown;
} rows[] = {
	{"plain", "plain"},
	{"", ""},
	{"a\nb\r\tc", "a\\x0ab\\x0d\\x09c"},
	{"\x1b[31mred\x7f", "\\x1b[31mred\\x7f"},
	{"\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80"},
	/* one bad byte does not spoil its neighbours */
	{"\xc3\xa9\xff\xc3\xa9", "\xc3\xa9\\xff\xc3\xa9"},
	{"\xc3", "\\xc3"},
	{"\xc0\x8a", "\\xc0\\x8a"},	     /* an overlong line feed */
	{"\xed\xa0\x80", "\\xed\\xa0\\x80"}, /* a surrogate */
	{"\xc2\x9b"
	 "31m",
	 "\\xc2\\x9b"
	 "31m"}, /* the other "control sequence introducer" */
	{"100 %s %n", "100 %s %n"},
};

static void strangers_cannot_forge_a_line(void **state)
{
	char line[ROOM], expected[ROOM];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		logged("test", rows[i].text, line);
		snprintf(expected, sizeof(expected), "warn test: %s\n", rows[i].shown);
		assert_string_equal(line, expected);
	}
}

static void long_lines_are_cut(void **state)
{
	static const char *const units[] = {"a", "\n", "\xc3\xa9", "\xf0\x9f\x98\x80"};
	char text[6000], line[ROOM];

	for (size_t i = 0; i < ARRAY_SIZE(units); i++) {
		size_t unit = strlen(units[i]), used = 0;
		for (; used + unit < sizeof(text); used += unit)
			memcpy(text + used, units[i], unit + 1);
		logged("test", text, line);
		size_t length = strlen(line) + WALL_TIME_TEXT;
		assert_true(length > 2000 && length <= 2048);
		assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
	}
	logged(text, "short", line);
	assert_true(strlen(line) < 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strangers_cannot_forge_a_line),
		cmocka_unit_test(long_lines_are_cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
