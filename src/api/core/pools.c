/* pools.c – see pools.h. */
#include "api/core/pools.h"

#include "store/store.h"

static const struct {
	const char *name, *setting;
} pool_specs[POOL_COUNT] = {
	[POOL_API] = {"api", "queue-limit"},
	[POOL_PASSWORDS] = {"passwords", "password-queue-limit"},
	[POOL_DOCUMENTS] = {"documents", "document-queue-limit"},
	[POOL_EXPORTS] = {"exports", "export-queue-limit"},
};

static void *worker_session(void *store, struct error *err)
{
	struct session *session = session_open(store, err);

	if (session) /* a worker takes the next request while the disk takes this one's change */
		session_defer(session);
	return session;
}

static void worker_session_close(void *session)
{
	session_close(session);
}

bool pools_start(struct pools *pools, const struct pool_config configs[POOL_COUNT],
		 struct store *store, struct error *err)
{
	for (int i = 0; i < POOL_COUNT; i++) {
		const struct workers_config config = {
			.name = pool_specs[i].name,
			.count = configs[i].threads,
			.queue_limit = configs[i].queue_limit,
			.context_new = worker_session,
			.context_free = worker_session_close,
			.arg = store,
		};
		pools->workers[i] = workers_start(&config, err);
		if (!pools->workers[i])
			return error_wrap(err, "the worker threads \"%s\"", pool_specs[i].name);
	}
	return true;
}

void pools_drain(struct pools *pools)
{
	for (int i = 0; i < POOL_COUNT; i++) {
		if (pools->workers[i])
			workers_drain(pools->workers[i]);
	}
}

void pools_done(struct pools *pools)
{
	for (int i = 0; i < POOL_COUNT; i++)
		workers_free(pools->workers[i]);
}

bool pools_submit(struct pools *pools, enum route_pool pool, uint64_t key,
		  void (*job)(void *session, void *arg), void *arg, struct error *err)
{
	return workers_submit(pools->workers[pool], key, job, arg) ||
	       error_set(err, ERROR_OVERLOADED,
			 "too many requests of this kind are waiting (--%s), or the server stops",
			 pool_specs[pool].setting);
}

unsigned pool_waiting(const struct pools *pools, enum route_pool pool)
{
	return workers_waiting(pools->workers[pool]);
}
