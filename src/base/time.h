/* time.h – points in time and durations as types that cannot be mixed. All values are
 * microseconds.
 *
 * Only the edges read a clock: loops, the start of a worker's job, the command line. All other
 * code is given the time, so that tests of its rules need not wait. */
#ifndef GREFFIER_BASE_TIME_H
#define GREFFIER_BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"

struct wall_time { int64_t us; };  /* since 1970-01-01T00:00:00Z; for what is stored and shown */
struct mono_time { int64_t us; };  /* arbitrary origin; for measuring intervals */
struct duration { int64_t us; };

struct wall_time wall_now(void);
struct mono_time mono_now(void);

static inline struct duration duration_us(int64_t us) { return (struct duration){us}; }
static inline struct duration duration_ms(int64_t ms) { return (struct duration){ms * 1000}; }
static inline struct duration duration_s(int64_t s) { return (struct duration){s * 1000000}; }
static inline struct wall_time wall_from_us(int64_t us) { return (struct wall_time){us}; }
static inline struct wall_time wall_add(struct wall_time t, struct duration d)
{
	return (struct wall_time){t.us + d.us};
}
static inline struct duration wall_since(struct wall_time later, struct wall_time earlier)
{
	return (struct duration){later.us - earlier.us};
}
static inline struct mono_time mono_add(struct mono_time t, struct duration d)
{
	return (struct mono_time){t.us + d.us};
}
static inline struct duration mono_since(struct mono_time later, struct mono_time earlier)
{
	return (struct duration){later.us - earlier.us};
}
/* Capped back-off: `first`, multiplied by `factor` for each of `times` (none below 1), `most` at most. */
struct duration duration_grown(struct duration first, int factor, int64_t times, struct duration most);
static inline int64_t wall_ms(struct wall_time t) { return t.us / 1000; }

#define WALL_TIME_TEXT 25 /* "2020-08-21T14:12:34.544Z" and its NUL */

/* Writes ISO 8601 in UTC with milliseconds and Z, the form of every date that this server sends. */
void wall_format(struct wall_time time, char ret_text[WALL_TIME_TEXT]);

#define WALL_LAST_US INT64_C(253402300799999999) /* 9999-12-31T23:59:59.999999Z */

/* Number of days from 1970-01-01 to a date of the Gregorian calendar. */
int64_t days_from_date(int64_t year, int64_t month, int64_t day);

/* Parses the forms of ISO 8601 and RFC 3339 that date libraries write (date.c). Seconds,
 * fraction, hyphens and colons may be missing. Weeks and days of the year are accepted, and so
 * is an offset: Z, +01:30, +0130 or +01, with an optional zone name in brackets (RFC 9557).
 *
 * A time without an offset is UTC, and a date alone means its midnight. Years range from 1970 to
 * 9999. */
MUST_CHECK bool wall_parse(const char *text, struct wall_time *ret_time);

#endif
