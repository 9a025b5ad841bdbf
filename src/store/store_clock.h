/* store_clock.h – the two times of a store: what is stored and shown, and what the queue waits by.
 *
 * **Store time** is the wall clock that all nodes share: the database server's on PostgreSQL, this machine's on SQLite. It can be
 * set forward or back (a step). A node of PostgreSQL whose own wall clock is wrong stores and compares right times all the same.
 *
 * **Queue time** goes on evenly: no step moves it. On PostgreSQL it is the same on all nodes. Whatever waits in the store (due
 * times, leases, how long something has been tried) is counted in queue time, so that nothing waits longer, becomes due early or
 * is given up because a clock was set.
 *
 *   queue time = monotonic clock + `ahead`       `ahead` follows the store's clock by less than CLOCK_STEP_US at once
 *   store time = queue time + `steps`            all steps there ever were, in the table `clock`
 *
 * A node that notices a step adds it to the table, unless another node has done so before (session_clock_look). So queue time
 * survives restarts. A clock that was set back while no server ran is noticed at the start: the queue had been seen later. */
#ifndef GREFFIER_STORE_STORE_CLOCK_H
#define GREFFIER_STORE_STORE_CLOCK_H

#include "store/store.h"

/* More than this between two readings of the store's clock is a step. Less is drift. */
#define CLOCK_STEP_US INT64_C(2000000)
/* A clock that was set forward by more may be set back again. Until CLOCK_SETTLES_S have gone by, nothing is deleted for its age. */
#define CLOCK_LEAP_US INT64_C(60000000)
#define CLOCK_SETTLES_S 86400
/* The same at a start, when no server was seen for CLOCK_GAP_S: that was a long stop, or a step. */
#define CLOCK_GAP_S 3600
#define CLOCK_SETTLES_AT_START_S 3600
/* For so long at least after a start, and for longer than any lease after a correction. */
#define CLOCK_UNSURE_AT_START_S 15
#define CLOCK_UNSURE_S 300

/* From any thread; neither waits for the store. */
struct wall_time store_now(const struct store *store);
struct wall_time store_queue_now(const struct store *store);
struct wall_time session_now(const struct session *session);
struct wall_time session_queue_now(const struct session *session);
struct wall_time txn_queue_now(const struct txn *txn);
/* A queue time as store time, for people. 0 stays 0. */
struct wall_time store_shown(const struct store *store, struct wall_time queue_time);
struct wall_time session_shown(const struct session *session, struct wall_time queue_time);

/* Whether something may be deleted because it is old. Not within CLOCK_SETTLES_S after the store's clock was set forward. */
bool store_clock_is_settled(const struct store *store);

/* Leases that end at this queue time or before are over. 1970 on PostgreSQL for CLOCK_UNSURE_AT_START_S after a start, and
 * for CLOCK_UNSURE_S after this node's queue time was set to that of the other nodes: it was wrong before. */
struct wall_time store_leases_over(const struct store *store);

/* Reads the store's clock, follows its drift, and records and logs a step. Does nothing while another thread does the same. For an
 * exclusive store its health probe calls this at least every HEALTH_IDLE_INTERVAL_MS. False: the store refused; queue time goes on
 * by the monotonic clock. */
MUST_CHECK bool session_clock_look(struct session *session, struct error *err);

#endif
