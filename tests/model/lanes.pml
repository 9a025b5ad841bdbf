/* lanes.pml – the protocol by which nodes share a lane, for spin (docs/internals/lanes.md shows model and code side by side).
 *
 * One lane with a few deliveries, two nodes on one database. What may happen at any moment: a token is slow, a request fails, a
 * connection is lost, a commit's answer is lost, a node dies, a lease runs out. Each at most as often as the budgets below say,
 * so that every run ends.
 *
 * Shown: no request begins behind a later one of its lane (assert in BEGIN), nothing is skipped (assert in RECORD), and a run
 * only ends when all is delivered (end states).
 *
 * Clocks: the lease's holder counts by its own monotonic clock (`late`), the others by queue time, which is the same everywhere but
 * on a node that starts while the database's clock is being set: it may be ahead until it has looked again (`ahead`), and does
 * not end leases by time until it is sure (store_clock.h, store_leases_over).
 *
 * With -DNO_LEASE_CHECK a request begins without asking whether its lease stands; with -DNO_GENERATION a verdict is recorded
 * whoever holds the lane; with -DOLD_OWNER a lane that moves on keeps the name it was claimed under; with
 * -DNO_DOUBT a node trusts its queue time from the start. Each must be found. */

#ifndef DELIVERIES
#define DELIVERIES 3
#endif
#ifndef LOSSES
#define LOSSES 1 /* of connections */
#endif
#ifndef FAILURES
#define FAILURES 1 /* of requests */
#endif
#define NODES 2

mtype = { FREE, CLAIMED };                             /* a lane: fresh or waiting; claimed */
mtype = { IDLE, ASKS, READY, SENT, ANSWERED, BACK };   /* a node's job */

/* The row of the lane in the database, and its first pending delivery. */
mtype lane = FREE;
byte owner = 0;      /* a node's name */
byte generation = 0;
byte head = 1;
bool ran_out = false; /* the lease is over by time, as other nodes see it */

/* What the receiver has seen begin. */
byte latest = 0;
bool delivered[DELIVERIES + 2];

/* A node's connection: the lock of session_stand_for is held while it is up. */
bool up[NODES];
byte name[NODES];     /* that it stands for: node_renew takes a new one */
byte standing[NODES]; /* session_standing: counts connections and names */
byte names = 0;
bool ahead[NODES]; /* its queue time is, by more than a lease */
bool sure[NODES];  /* CLOCK_UNSURE_AT_START_S are over, in which it has looked at the clock again */

byte losses = LOSSES, renewals = 1, deaths = 1, runouts = 1, failures = FAILURES;

#define ALIVE(who) ((up[0] && name[0] == who) || (up[1] && name[1] == who))

proctype node(byte me)
{
	mtype job = IDLE;
	byte job_generation, job_delivery, job_standing;
	bool late = false, success = false; /* late: lease.last_start is over */

	do
	/* claims.c: CLAIM_DUE */
	:: atomic { job == IDLE && up[me] && lane == FREE && head <= DELIVERIES ->
		lane = CLAIMED; owner = name[me]; generation++; ran_out = false;
		job_generation = generation; job_delivery = head; job_standing = standing[me];
		late = false; job = ASKS }

	/* authorizer.c: the token has come */
	:: job == ASKS -> job = READY

	/* lease.c, asked by sender.c: BEGIN */
	:: atomic { job == READY ->
		if
#ifndef NO_LEASE_CHECK
		:: late || !up[me] || standing[me] != job_standing -> job = BACK
		:: !late && up[me] && standing[me] == job_standing ->
#else
		:: true ->
#endif
			assert(job_delivery >= latest);
			latest = job_delivery; job = SENT
		fi }

	/* The request ends, within the lease: its time-out is shorter. */
	:: atomic { job == SENT -> success = true; delivered[job_delivery] = true; job = ANSWERED }
	:: atomic { job == SENT && failures > 0 -> failures--; success = false; job = ANSWERED }

	/* outcomes.c and lane_store.c: RECORD */
	:: atomic { job == ANSWERED && up[me] ->
		if
#ifndef NO_GENERATION
		:: generation != job_generation -> job = IDLE /* stale */
		:: generation == job_generation ->
#else
		:: true ->
#endif
			if
			:: !success -> lane = FREE; job = IDLE
			:: success ->
				assert(delivered[job_delivery] && job_delivery == head);
				head = job_delivery + 1;
				if
				:: head > DELIVERIES -> lane = FREE; job = IDLE
				:: head <= DELIVERIES -> /* the next, under the same claim: RENEW_LANE */
					lane = CLAIMED; ran_out = false;
#ifndef OLD_OWNER
					owner = name[me];
#endif
					job_delivery = head; job_standing = standing[me];
					late = false; job = ASKS
				fi
			fi
		fi }
	/* lane_put_off */
	:: atomic { job == BACK && up[me] ->
		if
		:: generation == job_generation && lane == CLAIMED -> lane = FREE
		:: else
		fi;
		job = IDLE }

	/* lane_end_leases, by any node that looks around */
	:: atomic { up[me] && lane == CLAIMED && !ALIVE(owner) -> lane = FREE }
#ifndef NO_DOUBT
	:: atomic { up[me] && lane == CLAIMED && sure[me] && (ran_out || ahead[me]) -> lane = FREE }
#else
	:: atomic { up[me] && lane == CLAIMED && (ran_out || ahead[me]) -> lane = FREE }
#endif

	/* session_clock_look: it finds the step that another node has recorded. Then, later, it is sure. */
	:: atomic { ahead[me] -> ahead[me] = false }
	:: atomic { !sure[me] && !ahead[me] -> sure[me] = true }

	/* Time: the last moment to begin comes first, and the lease ends when no request can be under way any more. */
	:: atomic { (job == ASKS || job == READY) && runouts > 0 && !late -> runouts--; late = true }
	:: atomic { late && job != SENT && lane == CLAIMED && generation == job_generation && !ran_out ->
		ran_out = true }

	/* The connection is lost, and made again. */
	:: atomic { up[me] && losses > 0 -> losses--; up[me] = false }
	:: atomic { !up[me] -> up[me] = true; standing[me]++ }
	/* ledger.c, node_renew: nobody knows what a commit has done. */
	:: atomic { up[me] && renewals > 0 -> renewals--; names++; name[me] = names; standing[me]++ }
	/* It dies, and starts anew: nothing is remembered. */
	:: atomic { deaths > 0 -> deaths--; names++; name[me] = names; up[me] = true; standing[me]++; job = IDLE; late = false;
		sure[me] = false;
		if
		:: ahead[me] = true
		:: ahead[me] = false
		fi }

	/* It ends well when all is delivered and nothing is under way. */
	:: atomic { head > DELIVERIES && job == IDLE -> break }
	od
}

init
{
	byte i;

	atomic {
		for (i : 0 .. NODES - 1) {
			names++; name[i] = names; standing[i] = 1; up[i] = true; sure[i] = true;
		}
		for (i : 0 .. NODES - 1) {
			run node(i);
		}
	}
}
