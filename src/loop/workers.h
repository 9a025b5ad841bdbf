/* workers.h – a small pool of threads for code that may block, such as request handlers.
 *
 * Each thread has a context, for example a store session. Jobs with the same key run in order of
 * arrival. Keys take turns (base/turns.h), so that a caller with many queued jobs delays others
 * by one job only. */
#ifndef GREFFIER_LOOP_WORKERS_H
#define GREFFIER_LOOP_WORKERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct workers;

struct workers_config {
	const char *name;     /* thread name, at most 15 characters; must outlive the pool */
	unsigned count;       /* threads */
	/* queued jobs; more are refused, except for keys that hold less than a quarter of them:
	 * for these, the limit is twice as high */
	unsigned queue_limit;
	/* Makes and frees the context of one thread; the context is passed to each job of that
	 * thread. context_new runs on the thread that calls workers_start. NULL means failure. */
	void *(*context_new)(void *arg, struct error *err);
	void (*context_free)(void *context);
	void *arg;
};

/* Starts the pool. Fails when a context cannot be made; all threads started so far are ended. */
struct workers *workers_start(const struct workers_config *config, struct error *err);
/* Queues a job. `key` says for whom it is (turns.h). Returns false when the queue is full or the
 * pool is draining: the job will not run. */
MUST_CHECK bool workers_submit(struct workers *workers, uint64_t key,
			       void (*job)(void *context, void *arg), void *arg);
/* Number of jobs that wait for a thread. */
unsigned workers_waiting(struct workers *workers);
/* Runs all queued jobs, then ends the threads. Jobs submitted afterwards are refused. */
void workers_drain(struct workers *workers);
/* Drains the pool unless that was done before, and frees it. NULL is accepted. */
void workers_free(struct workers *workers);

#endif
