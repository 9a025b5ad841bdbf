/* lease.h – tells whether a claimed lane still belongs to this node when a request is about to
 * begin. Inside src/outbound only.
 *
 * A lease ends at a queue time, which is the same on all nodes (store_clock.h), or with the
 * database connection that stands for its node (session_stand_for). Another node may then claim
 * the lane and send its later deliveries. A request that begins after that would arrive out of
 * order. The lease is therefore checked again immediately before a request begins. */
#ifndef GREFFIER_OUTBOUND_LEASE_H
#define GREFFIER_OUTBOUND_LEASE_H

#include "store/store.h"

struct lease {
	const struct session *session; /* the session that claimed; NULL: no claim, always valid */
	uint64_t standing;             /* session_standing at the time of the claim */
	/* No request may begin later: it must end and be recorded within the lease. */
	struct mono_time last_start;
};

/* True when a request may begin now. From any thread; cheap: reads the clock and asks the
 * kernel. */
bool lease_stands(const struct lease *lease);

#endif
