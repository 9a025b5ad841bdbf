/* time.h – moments and durations that do not mix.
 *
 * Microseconds throughout. Only the edges (loops, workers' start of a job, the command line) read a
 * clock; everyone else is told the time, so that each rule can be tested in no time at all. */
#ifndef GREFFIER_BASE_TIME_H
#define GREFFIER_BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"

struct wall_time { int64_t us; };  /* since 1970-01-01T00:00:00Z; what is stored and shown */
struct mono_time { int64_t us; };  /* arbitrary origin; what intervals are measured with */
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
static inline int64_t wall_ms(struct wall_time t) { return t.us / 1000; }

#define WALL_TIME_TEXT 25 /* "2020-08-21T14:12:34.544Z" and its NUL */

/* ISO 8601, UTC, milliseconds, Z: the form of every date this server sends. */
void wall_format(struct wall_time time, char ret_text[WALL_TIME_TEXT]);

#define WALL_LAST_US INT64_C(253402300799999999) /* 9999-12-31T23:59:59.999999Z */

/* Days since 1970-01-01 of a date of the Gregorian calendar. */
int64_t days_from_date(int64_t year, int64_t month, int64_t day);

/* Reads what date libraries write of ISO 8601 and RFC 3339 (date.c): with or without seconds, fraction, hyphens and colons;
 * weeks and days of the year; Z or an offset such as +01:30, +0130 or +01, also a zone's name in brackets behind it
 * (RFC 9557). A time without an offset is UTC; a date alone is its midnight. Years 1970 to 9999. */
MUST_CHECK bool wall_parse(const char *text, struct wall_time *ret_time);

#endif
