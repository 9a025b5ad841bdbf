/* lease.h – how long a claimed lane is this node's, and whether it still is when a request for it would begin.
 *
 * A lease ends by time (queue time, the same on all nodes: store_clock.h), or with the database connection that stands for its node (session_stand_for); then another node may
 * claim the lane and send its later deliveries. A request that begins after that would arrive out of order. So the claim's
 * lease is looked at again by whoever is about to begin a request. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_LEASE_H
#define GREFFIER_OUTBOUND_LEASE_H

#include "store/store.h"

struct lease {
	const struct session *session; /* that claimed; NULL: nothing was claimed, it stands for ever */
	uint64_t standing;             /* session_standing when it claimed */
	struct mono_time last_start;   /* no request begins later: it must end, and be recorded, within the lease */
};

/* Whether a request may begin now. From any thread; cheap: asks the clock and the kernel. */
bool lease_stands(const struct lease *lease);

#endif
