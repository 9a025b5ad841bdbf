/* pools.h – pools of worker threads, one per kind of work.
 *
 * Long work has a small pool with a short queue, so that forty simultaneous sign-ins do not slow
 * down ordinary calls. The table of routes names the pool of each route. */
#ifndef GREFFIER_API_POOLS_H
#define GREFFIER_API_POOLS_H

#include "base/error.h"
#include "loop/workers.h"

struct store;

enum route_pool {
	POOL_API,       /* calls that only use the store */
	POOL_PASSWORDS, /* Argon2: a password is verified or chosen */
	POOL_DOCUMENTS, /* the body carries documents */
	POOL_EXPORTS,   /* reads a large part of an account at once */
	POOL_COUNT
};

struct pool_config {
	unsigned threads;     /* each holds a store session, which on PostgreSQL is a connection */
	unsigned queue_limit; /* calls that wait for a thread; further calls are answered 503 */
};

struct pools {
	struct workers *workers[POOL_COUNT];
};

/* Starts all threads. After a failure, pools_done must still be called. */
MUST_CHECK bool pools_start(struct pools *pools, const struct pool_config configs[POOL_COUNT],
			    struct store *store, struct error *err);
/* Runs queued jobs, then ends the threads. */
void pools_drain(struct pools *pools);
void pools_done(struct pools *pools);

/* Number of calls that wait for a thread. */
unsigned pool_waiting(const struct pools *pools, enum route_pool pool);

/* Queues a job. `key` says for whom it is: accounts take turns in each pool (base/turns.h).
 * `job` gets a store session. Fails with ERROR_OVERLOADED, which names the setting, when the
 * queue is full or the server is stopping; `job` is not run then. */
MUST_CHECK bool pools_submit(struct pools *pools, enum route_pool pool, uint64_t key,
			     void (*job)(void *session, void *arg), void *arg, struct error *err);

#endif
