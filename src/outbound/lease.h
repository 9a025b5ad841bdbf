/* lease.h – how long a claimed lane is this node's, and whether it still is when a request for it would begin.
 *
 * A lease ends by time, or with the database connection that stands for its node (session_stand_for); then another node may
 * claim the lane and send its later deliveries. A request that begins after that would arrive out of order. So the claim's
 * lease is looked at again by whoever is about to begin a request. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_LEASE_H
#define GREFFIER_OUTBOUND_LEASE_H

#include "store/store.h"

/* All nodes must count leases on one clock, or one whose wall clock is an hour ahead would end all leases of the others. It is
 * the database's clock, read from time to time and carried on by this machine's monotonic clock: a step of the wall clock does
 * not move it. */
struct lease_clock {
	int64_t ahead_us;           /* of the monotonic clock */
	struct mono_time sure_from; /* the database's clock was seen to step: until then no lease counts as over by time */
	bool is_set;
};

/* More than this between two readings is a step of the database's clock, and no drift. */
#define LEASE_CLOCK_STEP_MAX_S 5

/* The store's clock shows `store_now`. After a step nothing is sure for `longest`: all leases counted before it are over then. */
void lease_clock_set(struct lease_clock *clock, struct wall_time store_now, struct mono_time now,
		     struct duration longest);
struct wall_time lease_clock_now(const struct lease_clock *clock, struct mono_time now);
/* A lease that ends later stands. 1970 while the clock is not sure. */
struct wall_time lease_clock_over(const struct lease_clock *clock, struct mono_time now);

struct lease {
	const struct session *session; /* that claimed; NULL: nothing was claimed, it stands for ever */
	uint64_t standing;             /* session_standing when it claimed */
	struct mono_time last_start;   /* no request begins later: it must end, and be recorded, within the lease */
};

/* Whether a request may begin now. From any thread; cheap: asks the clock and the kernel. */
bool lease_stands(const struct lease *lease);

#endif
