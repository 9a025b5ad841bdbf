/* backoff.c – the schedule. */
#include "outbound/backoff.h"

#include "base/macros.h"

/* Seconds after the first, second … failure. */
static const int64_t waits_s[BACKOFF_ATTEMPTS_MAX - 1] = {
	5, 30, 2 * 60, 10 * 60, 3600, 4 * 3600, 10 * 3600, 24 * 3600, 36 * 3600,
};

bool backoff_next(unsigned failed, struct wall_time now, struct duration retry_after, double jitter,
		  double scale, struct wall_time *ret_next)
{
	if (failed == 0 || failed > ARRAY_SIZE(waits_s))
		return false;
	double wait_us = (double)waits_s[failed - 1] * 1e6 * (0.8 + 0.4 * jitter) / scale;
	struct duration wait = duration_us((int64_t)wait_us);
	struct duration asked = retry_after;
	if (asked.us > duration_s(BACKOFF_RETRY_AFTER_MAX_S).us)
		asked = duration_s(BACKOFF_RETRY_AFTER_MAX_S);
	*ret_next = wall_add(now, asked.us > wait.us ? asked : wait);
	return true;
}
