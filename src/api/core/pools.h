/* pools.h – the pools of worker threads, one for each kind of work.
 *
 * Work that is long by design has a small pool with a short queue of its own. So forty people who sign in at once do not
 * slow a call that only asks the store. Each route names its pool in the table of routes. */
#ifndef GREFFIER_API_POOLS_H
#define GREFFIER_API_POOLS_H

#include "base/error.h"
#include "loop/workers.h"

struct store;

enum route_pool {
	POOL_API,       /* whatever only asks the store */
	POOL_PASSWORDS, /* Argon2: a password is proved or chosen */
	POOL_DOCUMENTS, /* the body carries documents */
	POOL_EXPORTS,   /* reads a large part of an account at once */
	POOL_COUNT
};

struct pool_config {
	unsigned threads;     /* each holds a store session: on PostgreSQL, a connection */
	unsigned queue_limit; /* calls that wait for a thread; more are answered 503 */
};

struct pools {
	struct workers *workers[POOL_COUNT];
};

/* Starts all threads. On failure pools_done is still to be called. */
MUST_CHECK bool pools_start(struct pools *pools, const struct pool_config configs[POOL_COUNT],
			    struct store *store, struct error *err);
/* Runs what is queued, then ends the threads. */
void pools_drain(struct pools *pools);
void pools_done(struct pools *pools);

/* How many calls wait for a thread. */
unsigned pool_waiting(const struct pools *pools, enum route_pool pool);

/* `key` is whom the job is for: accounts have turns in each pool (base/turns.h). `job` gets a store session. ERROR_OVERLOADED, with the name of the setting, when the queue is full or the server stops:
 * `job` will not run then. */
MUST_CHECK bool pools_submit(struct pools *pools, enum route_pool pool, uint64_t key,
			     void (*job)(void *session, void *arg), void *arg, struct error *err);

#endif
