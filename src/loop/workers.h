/* workers.h – a small pool of threads for straight-line code that may wait: request handlers, each with a
 * context of its own (a store session). Jobs of one key run in order of arrival, and keys have turns (base/turns.h): whoever has
 * many jobs in the queue delays the next job of anybody else by one of them. */
#ifndef GREFFIER_LOOP_WORKERS_H
#define GREFFIER_LOOP_WORKERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

struct workers;

struct workers_config {
	const char *name;     /* of the threads, at most 15 characters; outlives the pool */
	unsigned count;       /* threads */
	unsigned queue_limit; /* jobs waiting; more are refused, but for a key with less than a quarter of them: up to twice as many */
	/* Made by the caller of workers_start, one for each thread, and handed to every job of that thread. NULL means
	 * failure. */
	void *(*context_new)(void *arg, struct error *err);
	void (*context_free)(void *context);
	void *arg;
};

/* Fails when a context cannot be made; then no thread is left behind. */
struct workers *workers_start(const struct workers_config *config, struct error *err);
/* `key`: whom the job is for, turns.h. False when the queue is full or the pool is draining: `job` will not run. */
MUST_CHECK bool workers_submit(struct workers *workers, uint64_t key,
			       void (*job)(void *context, void *arg), void *arg);
/* How many jobs wait for a thread. */
unsigned workers_waiting(struct workers *workers);
/* Runs what is queued, then ends the threads. What is submitted afterwards is refused. */
void workers_drain(struct workers *workers);
/* Drains first, unless that has been done. NULL is fine. */
void workers_free(struct workers *workers);

#endif
