/* date.c – reads ISO 8601 as date libraries write it: wall_parse of time.h.
 *
 * Not read: months and weeks without a day, which are no moments; years of more than four digits.
 */
#include <string.h>

#include "base/time.h"

#define DAY_US INT64_C(86400000000)
#define ZONE_NAME_MAX 64 /* bytes of a name in brackets */

/* Exactly `count` digits. */
static bool digits_read(const char **text, int count, int64_t *ret_value)
{
	int64_t value = 0;

	for (int i = 0; i < count; i++, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		value = value * 10 + (**text - '0');
	}
	*ret_value = value;
	return true;
}

static bool mark_read(const char **text, char mark)
{
	if (**text != mark)
		return false;
	(*text)++;
	return true;
}

static bool any_mark_read(const char **text, const char *marks)
{
	if (!**text || !strchr(marks, **text))
		return false;
	(*text)++;
	return true;
}

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static bool date_is_real(int64_t year, int64_t month, int64_t day)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

	return month >= 1 && month <= 12 && day >= 1 &&
	       day <= lengths[month - 1] + (month == 2 && is_leap(year));
}

/* Week 1 is the one with 4 January; day 1 is Monday. 1970-01-01 was a Thursday. */
static bool week_date_read(const char **text, int64_t year, bool extended, int64_t *ret_days)
{
	const int64_t fourth = days_from_date(year, 1, 4);
	const int64_t first_monday = fourth - (fourth + 3) % 7;
	const int64_t next_fourth = days_from_date(year + 1, 1, 4);
	const int64_t next_monday = next_fourth - (next_fourth + 3) % 7;
	int64_t week, day;

	if (!digits_read(text, 2, &week) || mark_read(text, '-') != extended ||
	    !digits_read(text, 1, &day) || week < 1 || day < 1 || day > 7)
		return false;
	*ret_days = first_monday + (week - 1) * 7 + day - 1;
	return *ret_days < next_monday;
}

static size_t digits_ahead(const char *text)
{
	return strspn(text, "0123456789");
}

/* 2020-08-21, 20200821, 2020-W34-5, 2020W345, 2020-234, 2020234. */
static bool date_read(const char **text, int64_t *ret_days, bool *ret_extended)
{
	int64_t year, month, day;

	if (!digits_read(text, 4, &year) || year < 1970)
		return false;
	*ret_extended = mark_read(text, '-');
	if (mark_read(text, 'W'))
		return week_date_read(text, year, *ret_extended, ret_days);
	if (digits_ahead(*text) == 3) {
		if (!digits_read(text, 3, &day))
			return false;
		*ret_days = days_from_date(year, 1, 1) + day - 1;
		return day >= 1 && day <= 365 + is_leap(year);
	}
	if (!digits_read(text, 2, &month) || mark_read(text, '-') != *ret_extended ||
	    !digits_read(text, 2, &day) || !date_is_real(year, month, day))
		return false;
	*ret_days = days_from_date(year, month, day);
	return true;
}

/* ".5" or ",5" (ISO 8601 prefers the comma), to the microsecond. */
static bool fraction_read(const char **text, int64_t *ret_us)
{
	int64_t unit = 100000;

	if (!any_mark_read(text, ".,"))
		return true;
	if (digits_ahead(*text) == 0)
		return false;
	for (; digits_ahead(*text) > 0; (*text)++, unit /= 10)
		*ret_us += (**text - '0') * unit;
	return true;
}

/* 14:12:34.5, 141234.5, 14:12, 1412. 24:00 is the end of the day. */
static bool time_read(const char **text, bool extended, int64_t *ret_us)
{
	int64_t hour, minute, second = 0, us = 0;

	if (!digits_read(text, 2, &hour) || mark_read(text, ':') != extended ||
	    !digits_read(text, 2, &minute))
		return false;
	if (extended ? mark_read(text, ':') : digits_ahead(*text) > 0) {
		if (!digits_read(text, 2, &second) || !fraction_read(text, &us))
			return false;
	}
	*ret_us = ((hour * 60 + minute) * 60 + second) * 1000000 + us;
	return minute <= 59 && second <= 59 && *ret_us <= DAY_US;
}

/* Z, +01:30, -0500, +01, +00:19:32 (Python writes the seconds of old local times). */
static bool offset_read(const char **text, int64_t *ret_us)
{
	const bool west = **text == '-';
	int64_t hour, minute = 0, second = 0;

	if (any_mark_read(text, "Zz"))
		return true;
	if (!any_mark_read(text, "+-") || !digits_read(text, 2, &hour))
		return false;
	const bool extended = mark_read(text, ':');
	if ((extended || digits_ahead(*text) > 0) && !digits_read(text, 2, &minute))
		return false;
	if ((extended ? mark_read(text, ':') : digits_ahead(*text) > 0) &&
	    !digits_read(text, 2, &second))
		return false;
	if (hour > 14 || minute > 59 || second > 59)
		return false;
	*ret_us = ((hour * 60 + minute) * 60 + second) * 1000000 * (west ? -1 : 1);
	return true;
}

/* "[Europe/Paris][u-ca=iso8601]": java.time and Temporal write the zone behind its offset (RFC
 * 9557). */
static bool zone_names_skip(const char **text)
{
	while (mark_read(text, '[')) {
		const size_t length = strspn(*text,
					     "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv"
					     "wxyz0123456789_+-/.=!:");
		if (length == 0 || length > ZONE_NAME_MAX)
			return false;
		*text += length;
		if (!mark_read(text, ']'))
			return false;
	}
	return true;
}

/* A blank instead of the T, and small letters, are RFC 3339's. */
static bool time_follows(const char **text)
{
	return any_mark_read(text, "Tt") ||
	       (**text == ' ' && digits_ahead(*text + 1) > 0 && mark_read(text, ' '));
}

bool wall_parse(const char *text, struct wall_time *ret_time)
{
	int64_t days, of_day = 0, offset = 0;
	bool extended;

	if (!date_read(&text, &days, &extended))
		return false;
	if (time_follows(&text) && !time_read(&text, extended, &of_day))
		return false;
	if (*text && (!offset_read(&text, &offset) || !zone_names_skip(&text)))
		return false;
	const int64_t us = days * DAY_US + of_day - offset;
	if (*text || us < 0 || us > WALL_LAST_US) /* the offset leads out of the years */
		return false;
	ret_time->us = us;
	return true;
}
