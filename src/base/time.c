/* time.c – clocks and ISO 8601, without locale or time zone of the machine. */
#include "base/time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define LAST_MOMENT_US INT64_C(253402300799999999) /* 9999-12-31T23:59:59.999999Z */

static int64_t clock_us(clockid_t id)
{
	struct timespec now;
	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

struct wall_time wall_now(void)
{
	return (struct wall_time){clock_us(CLOCK_REALTIME)};
}

struct mono_time mono_now(void)
{
	return (struct mono_time){clock_us(CLOCK_MONOTONIC)};
}

/* Days since 1970-01-01 of a date of the Gregorian calendar (March-based years: leap days come
 * last). */
static int64_t days_from_date(int64_t year, int64_t month, int64_t day)
{
	year -= month <= 2;
	int64_t era = year / 400, of_era = year - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
	return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + day_of_year - 719468;
}

static void date_from_days(int64_t days, int64_t *ret_year, int64_t *ret_month, int64_t *ret_day)
{
	days += 719468;
	int64_t era = days / 146097, of_era = days - era * 146097;
	int64_t year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	int64_t day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	int64_t month_index = (5 * day_of_year + 2) / 153;
	*ret_day = day_of_year - (153 * month_index + 2) / 5 + 1;
	*ret_month = month_index < 10 ? month_index + 3 : month_index - 9;
	*ret_year = year_of_era + era * 400 + (*ret_month <= 2);
}

/* What lies outside the years 1970 to 9999 shows as the nearest moment inside: the form has no room
 * for it, and a sum of a far date and a life span is no reason to stop. */
void wall_format(struct wall_time time, char ret_text[WALL_TIME_TEXT])
{
	char text[80];
	int64_t us = time.us < 0 ? 0 : time.us > LAST_MOMENT_US ? LAST_MOMENT_US : time.us;
	int64_t ms = us / 1000, day = ms / 86400000, of_day = ms % 86400000;
	int64_t year, month, date;

	date_from_days(day, &year, &month, &date);
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (int)year, (int)month,
		 (int)date, (int)(of_day / 3600000), (int)(of_day / 60000 % 60),
		 (int)(of_day / 1000 % 60), (int)(of_day % 1000));
	memcpy(ret_text, text, WALL_TIME_TEXT - 1);
	ret_text[WALL_TIME_TEXT - 1] = '\0';
}

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

static bool date_is_real(int64_t year, int64_t month, int64_t day)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return year >= 1970 && month >= 1 && month <= 12 && day >= 1 &&
	       day <= lengths[month - 1] + (month == 2 && leap);
}

static bool time_read(const char **text, int64_t *ret_us)
{
	int64_t hour, minute, second, us = 0, unit = 100000;

	if (!digits_read(text, 2, &hour) || !mark_read(text, ':') ||
	    !digits_read(text, 2, &minute) || !mark_read(text, ':') ||
	    !digits_read(text, 2, &second) || hour > 23 || minute > 59 || second > 59)
		return false;
	if (mark_read(text, '.')) {
		if (**text < '0' || **text > '9')
			return false;
		for (; **text >= '0' && **text <= '9'; (*text)++, unit /= 10)
			us += (**text - '0') * unit;
	}
	*ret_us = ((hour * 60 + minute) * 60 + second) * 1000000 + us;
	return true;
}

/* Z, +01:30, -0500. */
static bool zone_read(const char **text, int64_t *ret_us)
{
	int64_t hour, minute;
	bool west = **text == '-';

	*ret_us = 0;
	if (mark_read(text, 'Z'))
		return true;
	if (!west && **text != '+')
		return false;
	(*text)++;
	if (!digits_read(text, 2, &hour))
		return false;
	(void)mark_read(text, ':');
	if (!digits_read(text, 2, &minute) || hour > 14 || minute > 59)
		return false;
	*ret_us = (hour * 60 + minute) * 60000000 * (west ? -1 : 1);
	return true;
}

bool wall_parse(const char *text, struct wall_time *ret_time)
{
	int64_t year, month, day, of_day = 0, zone = 0;

	if (!digits_read(&text, 4, &year) || !mark_read(&text, '-') ||
	    !digits_read(&text, 2, &month) || !mark_read(&text, '-') ||
	    !digits_read(&text, 2, &day) || !date_is_real(year, month, day))
		return false;
	if (mark_read(&text, 'T')) {
		if (!time_read(&text, &of_day) || !zone_read(&text, &zone))
			return false;
	} else {
		(void)mark_read(&text, 'Z');
	}
	if (*text)
		return false;
	int64_t us = days_from_date(year, month, day) * 86400000000 + of_day - zone;
	if (us < 0 || us > LAST_MOMENT_US) /* the offset leads out of the years */
		return false;
	ret_time->us = us;
	return true;
}
