/* store_clock.h – the two time scales of a store: store time, which is stored and shown, and
 * queue time, by which the queue waits.
 *
 * **Store time** is the wall clock that all nodes share: the PostgreSQL server's, or this
 * machine's on SQLite. It can be set forward or back; such a change is a step. With PostgreSQL,
 * a node whose own wall clock is wrong still stores and compares correct times.
 *
 * **Queue time** runs evenly, and no step moves it. On PostgreSQL all nodes have the same queue
 * time. Due times, leases and durations of retries are in queue time, so that setting a clock
 * neither delays nor hastens anything.
 *
 *   queue time = monotonic clock + `ahead`       `ahead` follows the store's clock by less than CLOCK_STEP_US at once
 *   store time = queue time + `steps`            the sum of all steps ever, in the table `clock`
 *
 * A node that notices a step adds it to the table, unless another node has done so before
 * (session_clock_look). Queue time therefore survives restarts. A clock that was set back while
 * no server ran is noticed at the next start, because a later queue time is on record. */
#ifndef GREFFIER_STORE_STORE_CLOCK_H
#define GREFFIER_STORE_STORE_CLOCK_H

#include "store/store.h"

/* A larger difference between two readings of the store's clock is a step. A smaller one is
 * drift. */
#define CLOCK_STEP_US INT64_C(2000000)
/* A clock that was set forward by more than this may be set back again. Nothing is deleted for
 * its age until CLOCK_SETTLES_S have passed. */
#define CLOCK_LEAP_US INT64_C(60000000)
#define CLOCK_SETTLES_S 86400
/* The same at a start when no server was seen for CLOCK_GAP_S: either a long stop or a step. */
#define CLOCK_GAP_S 3600
#define CLOCK_SETTLES_AT_START_S 3600
/* How long store_leases_over ends no leases: after a start, and after a correction (longer than
 * any lease). */
#define CLOCK_UNSURE_AT_START_S 15
#define CLOCK_UNSURE_S 300

/* Read the current time. From any thread; they never wait for the store. */
struct wall_time store_now(const struct store *store);
struct wall_time store_queue_now(const struct store *store);
struct wall_time session_now(const struct session *session);
struct wall_time session_queue_now(const struct session *session);
struct wall_time txn_queue_now(const struct txn *txn);
/* Convert a queue time to store time, for people. 0 stays 0. */
struct wall_time store_shown(const struct store *store, struct wall_time queue_time);
struct wall_time session_shown(const struct session *session, struct wall_time queue_time);

/* True when data may be deleted for its age. False for CLOCK_SETTLES_S after the store's clock
 * was set forward. */
bool store_clock_is_settled(const struct store *store);

/* Leases that end at or before this queue time have expired. On PostgreSQL it is 1970 for
 * CLOCK_UNSURE_AT_START_S after a start, and for CLOCK_UNSURE_S after this node corrected its
 * queue time to that of the other nodes. */
struct wall_time store_leases_over(const struct store *store);

/* Reads the store's clock, follows its drift, and records and logs a step. Does nothing while
 * another thread does so. The health probe of an exclusive store calls it at least every
 * HEALTH_IDLE_INTERVAL_MS. Returns false when the store fails; queue time continues with the
 * monotonic clock. */
MUST_CHECK bool session_clock_look(struct session *session, struct error *err);

#endif
