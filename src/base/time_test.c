/* time_test.c – dates as clients send them, without the machine's zone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/time.h"

static const struct {
	const char *text;
	int64_t us;
} accepted[] = {
	{"1970-01-01", 0},
	{"1970-01-01T00:00:00Z", 0},
	{"1970-01-01T00:00:00.000001Z", 1},
	{"2020-08-21T14:12:34Z", 1598019154000000},
	{"2020-08-21T14:12:34.5Z", 1598019154500000},
	{"2020-08-21T14:12:34.544Z", 1598019154544000},
	{"2020-08-21T14:12:34.1234567Z", 1598019154123456}, /* .NET's seven digits */
	{"2020-08-21T14:12:34.000000000000000000001Z", 1598019154000000},
	{"2020-08-21T14:12:34+00:00", 1598019154000000},
	{"2020-08-21T15:42:34+01:30", 1598019154000000},
	{"2020-08-21T09:12:34.544-05:00", 1598019154544000},
	{"2020-08-21T09:12:34-0500", 1598019154000000},
	{"2020-08-22T04:12:34+14:00", 1598019154000000},
	{"2000-02-29", 951782400000000},
	{"2018-12-12", 1544572800000000},
	{"2018-12-12Z", 1544572800000000},
	{"2024-12-31T23:59:59Z", 1735689599000000},
	{"9999-12-31T23:59:59.999999Z", 253402300799999999},
	/* What libraries write besides: java.time and js-joda leave out seconds that are zero … */
	{"2020-08-21T14:12Z", 1598019120000000},
	{"2020-08-21T15:42+01:30", 1598019120000000},
	{"2020-08-21T14:12:34.544+00:00[Europe/London]", 1598019154544000},
	{"2020-08-21T23:12:34+09:00[Asia/Tokyo][u-ca=japanese]", 1598019154000000},
	{"2020-08-21T14:12:34", 1598019154000000}, /* LocalDateTime, .NET's Unspecified */
	{"2020-08-21T14:12", 1598019120000000},
	{"2020-08-21+01:00", 1597964400000000}, /* ISO_DATE: that day's midnight there */
	{"2020-08-21T14:12:34,5Z", 1598019154500000},
	{"2020-08-21T15:12:34+01", 1598019154000000}, /* PostgreSQL, pattern X */
	{"2020-08-21T14:12:34-00:00", 1598019154000000},
	{"2020-08-21T14:32:06+00:19:32", 1598019154000000},
	{"2020-08-21T14:12:34+00", 1598019154000000},
	{"2020-08-21 14:12:34Z", 1598019154000000},	   /* RFC 3339 section 5.6 */
	{"2020-08-21 14:12:34.5+00:00", 1598019154500000}, /* Python's str() */
	{"2020-08-21t14:12:34z", 1598019154000000},
	{"20200821", 1597968000000000},
	{"20200821T141234Z", 1598019154000000},
	{"20200821T141234.544Z", 1598019154544000},
	{"20200821T1412Z", 1598019120000000},
	{"20200821T154234+0130", 1598019154000000},
	{"2020-W34-5", 1597968000000000},
	{"2020W345", 1597968000000000},
	{"2020-W34-5T14:12:34Z", 1598019154000000},
	{"2020-W53-5", 1609459200000000}, /* 1 January 2021 */
	{"2021-W01-1", 1609718400000000},
	{"2020-234", 1597968000000000},
	{"2020234T141234Z", 1598019154000000},
	{"2020-366", 1609372800000000},
	{"2020-08-20T24:00:00Z", 1597968000000000},
};

static void dates_are_read(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(accepted); i++) {
		struct wall_time time = {-1};
		if (!wall_parse(accepted[i].text, &time))
			fail_msg("refused `%s`", accepted[i].text);
		if (time.us != accepted[i].us)
			fail_msg("`%s` is %lld", accepted[i].text, (long long)time.us);
	}
}

static const char *const refused[] = {
	"",
	"yesterday",
	"1598019154",
	" 2020-08-21",
	"2020-08-21 ",
	"2020-8-21",
	"2020-08",
	"2020-08-2",
	"+2020-08-21",
	"02020-08-21",
	"1969-12-31",
	"10000-01-01",
	"2020-00-10",
	"2020-13-10",
	"2020-01-00",
	"2020-01-32",
	"2020-04-31",
	"2019-02-29",
	"2100-02-29", /* no leap year */
	"2020-08-21T",
	"2020-08-21TZ",
	"2020-08-21T24:00:01Z",
	"2020-08-21T25:00Z",
	"2020-08-21T14:60:00Z",
	"2020-08-21T14:12:60Z",
	"2020-08-21T14:12:34.Z",
	"2020-08-21T14:12:34.-5Z",
	"2020-08-21T14:12:34ZZ",
	"2020-08-21T14:12:34+1:30",
	"2020-08-21T14:12:34+01:60",
	"2020-08-21T14:12:34+15:00",
	"2020-08-21T14:12:34+01:30Z",
	"2020-0821",
	"202008-21",
	"2020-08-21T1412Z",
	"20200821T14:12Z",
	"2020-08-21T14Z",
	"2020-08-21T14:12:Z",
	"2020-08-21T14:12:34+01:",
	"2020-08-21T14:12:34[Europe/Paris]",
	"2020-08-21T14:12:34Z[",
	"2020-08-21T14:12:34Z[]",
	"2020-08-21T14:12:34Z[a b]",
	"2020-W34",
	"2020-W00-1",
	"2021-W53-1", /* 2021 has 52 */
	"2020-W54-1",
	"2020-W34-8",
	"2020-W345",
	"2020W34-5",
	"2020-000",
	"2021-366",
	"2020-367",
	"20200",
	"202008",
	"1970-01-01T00:00:00+01:00",	 /* in 1969 */
	"9999-12-31T23:59:59.999-01:00", /* in 10000 */
};

static void anything_else_is_refused(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct wall_time time = {7};
		if (wall_parse(refused[i], &time))
			fail_msg("accepted `%s`", refused[i]);
		assert_int_equal(time.us, 7);
	}
}

static const struct {
	int64_t us;
	const char *text;
} shown[] = {
	{0, "1970-01-01T00:00:00.000Z"},
	{999, "1970-01-01T00:00:00.000Z"}, /* cut, not rounded */
	{1598019154544999, "2020-08-21T14:12:34.544Z"},
	{951782400000000, "2000-02-29T00:00:00.000Z"},
	{1735689599999999, "2024-12-31T23:59:59.999Z"},
	{253402300799999999, "9999-12-31T23:59:59.999Z"},
	{253402300800000000, "9999-12-31T23:59:59.999Z"}, /* no room for more */
	{INT64_MAX, "9999-12-31T23:59:59.999Z"},
	{-1, "1970-01-01T00:00:00.000Z"},
	{INT64_MIN, "1970-01-01T00:00:00.000Z"},
};

static void dates_are_shown(void **state)
{
	char text[WALL_TIME_TEXT];

	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		wall_format(wall_from_us(shown[i].us), text);
		assert_string_equal(text, shown[i].text);
	}
}

/* The C library as the witness, each 25 hours from 1970 to 9999. */
static void the_calendar_is_the_c_librarys(void **state)
{
	for (int64_t second = 0; second < INT64_C(253402300800); second += 25 * 3600) {
		char text[WALL_TIME_TEXT], expected[WALL_TIME_TEXT];
		struct wall_time again;
		struct tm parts;
		time_t moment = second;

		gmtime_r(&moment, &parts);
		strftime(expected, sizeof(expected), "%Y-%m-%dT%H:%M:%S.000Z", &parts);
		wall_format(wall_from_us(second * 1000000), text);
		if (strcmp(text, expected) != 0)
			fail_msg("%s is not %s", text, expected);
		if (!wall_parse(text, &again) || again.us != second * 1000000)
			fail_msg("%s is read as %lld", text, (long long)again.us);
	}
}

static void clocks_go_forward(void **state)
{
	struct mono_time mono = mono_now();
	struct wall_time wall = wall_now();

	assert_true(mono_since(mono_now(), mono).us >= 0);
	assert_true(wall.us / 1000000 - time(NULL) <= 1 && time(NULL) - wall.us / 1000000 <= 1);
	assert_int_equal(wall_add(wall, duration_s(2)).us - wall.us, 2000000);
	assert_int_equal(wall_since(wall_from_us(9), wall_from_us(2)).us, 7);
	assert_int_equal(duration_ms(3).us, 3000);
	assert_int_equal(wall_ms(wall_from_us(1999)), 1);
}

static void durations_grow_up_to_a_most(void **state)
{
	static const struct {
		const char *what;
		int factor;
		int64_t times, most_s, expected_s;
	} rows[] = {
		{"the first wait", 2, 0, 60, 3},
		{"less than none is none", 2, -4, 60, 3},
		{"once", 2, 1, 60, 6},
		{"four times as long", 4, 2, 60, 48},
		{"up to the most", 2, 5, 60, 60},
		{"and no further", 2, INT64_MAX, 60, 60},
		{"without overflow", 1000, 100, INT64_MAX / 1000000, INT64_MAX / 1000000},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct duration grown = duration_grown(
			duration_s(3), rows[i].factor, rows[i].times, duration_s(rows[i].most_s));
		if (grown.us / 1000000 != rows[i].expected_s)
			fail_msg("%s: %lld s", rows[i].what, (long long)(grown.us / 1000000));
	}
}

int main(void)
{
	/* A zone far from UTC must change nothing. */
	setenv("TZ", "Pacific/Chatham", 1);
	tzset();
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_grow_up_to_a_most),
		cmocka_unit_test(dates_are_read),
		cmocka_unit_test(anything_else_is_refused),
		cmocka_unit_test(dates_are_shown),
		cmocka_unit_test(the_calendar_is_the_c_librarys),
		cmocka_unit_test(clocks_go_forward),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
