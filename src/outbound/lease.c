/* lease.c – see lease.h. */
#include "outbound/lease.h"

bool lease_stands(const struct lease *lease)
{
	return !lease->session || (mono_now().us <= lease->last_start.us &&
				   session_standing(lease->session) == lease->standing);
}
