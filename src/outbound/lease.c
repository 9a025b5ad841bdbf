/* lease.c – see lease.h. */
#include "outbound/lease.h"

#include <stdlib.h>

void lease_clock_set(struct lease_clock *clock, struct wall_time store_now, struct mono_time now,
		     struct duration longest)
{
	const int64_t ahead_us = store_now.us - now.us;
	const int64_t step_us = llabs(ahead_us - clock->ahead_us);

	if (clock->is_set && step_us > duration_s(LEASE_CLOCK_STEP_MAX_S).us)
		clock->sure_from = (struct mono_time){now.us + longest.us};
	clock->ahead_us = ahead_us;
	clock->is_set = true;
}

struct wall_time lease_clock_now(const struct lease_clock *clock, struct mono_time now)
{
	return wall_from_us(now.us + clock->ahead_us);
}

struct wall_time lease_clock_over(const struct lease_clock *clock, struct mono_time now)
{
	return now.us < clock->sure_from.us ? wall_from_us(0) : lease_clock_now(clock, now);
}

bool lease_stands(const struct lease *lease)
{
	return !lease->session || (mono_now().us <= lease->last_start.us &&
				   session_standing(lease->session) == lease->standing);
}
