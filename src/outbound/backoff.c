/* backoff.c – the schedule. */
#include "outbound/backoff.h"

#include "base/macros.h"

const int64_t backoff_default_waits_s[] = {
	5, 30, 2 * 60, 10 * 60, 3600, 4 * 3600, 10 * 3600, 24 * 3600, 36 * 3600,
};
const size_t backoff_default_count = ARRAY_SIZE(backoff_default_waits_s);

bool backoff_next(const struct backoff *backoff, unsigned failed, struct wall_time queued,
		  struct wall_time now, struct duration retry_after, double jitter,
		  struct wall_time *ret_next)
{
	struct duration asked = retry_after;

	if (failed == 0 || failed > backoff->count)
		return false;
	double wait_us = (double)backoff->waits_s[failed - 1] * 1e6 * (0.8 + 0.4 * jitter) /
			 backoff->scale;
	struct duration wait = duration_us((int64_t)wait_us);
	if (asked.us > duration_s(BACKOFF_RETRY_AFTER_MAX_S).us)
		asked = duration_s(BACKOFF_RETRY_AFTER_MAX_S);
	struct wall_time next = wall_add(now, asked.us > wait.us ? asked : wait);
	if ((double)wall_since(next, queued).us > (double)backoff->horizon.us / backoff->scale)
		return false;
	*ret_next = next;
	return true;
}
