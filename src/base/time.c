/* time.c – clocks and ISO 8601, without locale or time zone of the machine. */
#include "base/time.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#ifdef GREFFIER_TEST_CLOCK
#include <stdlib.h>
#include <sys/mman.h>
#endif

#include "base/ensure.h"

static int64_t clock_us(clockid_t id)
{
	struct timespec now;
	clock_gettime(id, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

#ifdef GREFFIER_TEST_CLOCK
/* Sanitizer builds only: tests move the wall clock of a running server. GREFFIER_TEST_CLOCK is the
 * number of an open descriptor of a file. Its first eight bytes are the offset in microseconds, in
 * the machine's byte order. */
static int64_t test_offset_us(void)
{
	static int64_t *_Atomic offset;
	static int64_t none;
	int64_t *found = offset;

	if (!found) {
		const char *descriptor = getenv("GREFFIER_TEST_CLOCK");
		void *mapped = descriptor ? mmap(NULL, sizeof(*found), PROT_READ, MAP_SHARED,
						 (int)strtol(descriptor, NULL, 10), 0)
					  : MAP_FAILED;
		offset = found = mapped == MAP_FAILED ? &none : mapped;
	}
	return __atomic_load_n(found, __ATOMIC_RELAXED);
}
#else
static int64_t test_offset_us(void)
{
	return 0;
}
#endif

struct wall_time wall_now(void)
{
	return (struct wall_time){clock_us(CLOCK_REALTIME) + test_offset_us()};
}

struct mono_time mono_now(void)
{
	/* Goes on while the machine is suspended: a lease does too. */
	return (struct mono_time){clock_us(CLOCK_BOOTTIME)};
}

int64_t days_from_date(int64_t year, int64_t month, int64_t day)
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
	int64_t us = time.us < 0 ? 0 : time.us > WALL_LAST_US ? WALL_LAST_US : time.us;
	int64_t ms = us / 1000, day = ms / 86400000, of_day = ms % 86400000;
	int64_t year, month, date;

	date_from_days(day, &year, &month, &date);
	snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", (int)year, (int)month,
		 (int)date, (int)(of_day / 3600000), (int)(of_day / 60000 % 60),
		 (int)(of_day / 1000 % 60), (int)(of_day % 1000));
	memcpy(ret_text, text, WALL_TIME_TEXT - 1);
	ret_text[WALL_TIME_TEXT - 1] = '\0';
}

struct duration duration_grown(struct duration first, int factor, int64_t times,
			       struct duration most)
{
	struct duration wait = first;

	ensure(first.us > 0 && factor > 1 && first.us <= most.us);
	for (int64_t i = 0; i < times && wait.us < most.us; i++)
		wait.us = wait.us > most.us / factor ? most.us : wait.us * factor;
	return wait;
}
