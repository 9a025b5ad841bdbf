/* workers.c – see workers.h. */
#include "loop/workers.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/ensure.h"
#include "base/turns.h"

#define OTHERS_PART 4 /* of a queue, for each who comes when it is full */

struct job {
	struct turn turn; /* first, so that a turn is its job */
	void (*run)(void *context, void *arg);
	void *arg;
};

struct workers {
	struct workers_config config;
	pthread_mutex_t lock;
	pthread_cond_t not_empty;
	struct turns turns;
	unsigned waiting; /* jobs in the queue */
	bool draining;
	unsigned started;
	struct worker {
		struct workers *workers;
		pthread_t thread;
		void *context;
	} threads[];
};

/* NULL when the pool is draining and nothing is left. */
static struct job *job_take(struct workers *workers)
{
	pthread_mutex_lock(&workers->lock);
	while (workers->waiting == 0 && !workers->draining)
		pthread_cond_wait(&workers->not_empty, &workers->lock);
	struct job *job = (struct job *)turns_take(&workers->turns);
	if (job)
		workers->waiting--;
	pthread_mutex_unlock(&workers->lock);
	return job;
}

static void *worker_main(void *arg)
{
	struct worker *worker = arg;
	struct job *job;

	while ((job = job_take(worker->workers))) {
		job->run(worker->context, job->arg);
		free(job);
	}
	return NULL;
}

static bool worker_start(struct workers *workers, struct worker *worker, struct error *err)
{
	worker->workers = workers;
	worker->context = workers->config.context_new(workers->config.arg, err);
	if (!worker->context)
		return false;
	if (pthread_create(&worker->thread, NULL, worker_main, worker) != 0) {
		workers->config.context_free(worker->context);
		return error_set(err, ERROR_IO, "cannot start a worker thread");
	}
	pthread_setname_np(worker->thread, workers->config.name);
	workers->started++;
	return true;
}

struct workers *workers_start(const struct workers_config *config, struct error *err)
{
	struct workers *workers = calloc(1, sizeof(*workers) +
						    config->count * sizeof(workers->threads[0]));

	ensure(workers);
	workers->config = *config;
	turns_init(&workers->turns);
	pthread_mutex_init(&workers->lock, NULL);
	pthread_cond_init(&workers->not_empty, NULL);
	for (unsigned i = 0; i < config->count; i++) {
		if (!worker_start(workers, &workers->threads[i], err)) {
			workers_free(workers);
			return NULL;
		}
	}
	return workers;
}

/* Turns do not help a caller who cannot enter the queue: a queue filled by one key has
 * room for others, who have less in it, until it is twice as long. */
static bool has_room(const struct workers *workers, uint64_t key)
{
	const unsigned limit = workers->config.queue_limit;

	return workers->waiting < limit ||
	       (workers->waiting < 2 * limit &&
		turns_count(&workers->turns, key) < (limit + OTHERS_PART - 1) / OTHERS_PART);
}

bool workers_submit(struct workers *workers, uint64_t key, void (*run)(void *context, void *arg),
		    void *arg)
{
	pthread_mutex_lock(&workers->lock);
	bool accepted = !workers->draining && has_room(workers, key);
	if (accepted) {
		struct job *job = malloc(sizeof(*job));
		ensure(job);
		*job = (struct job){.run = run, .arg = arg};
		turns_add(&workers->turns, &job->turn, key);
		workers->waiting++;
		pthread_cond_signal(&workers->not_empty);
	}
	pthread_mutex_unlock(&workers->lock);
	return accepted;
}

unsigned workers_waiting(struct workers *workers)
{
	pthread_mutex_lock(&workers->lock);
	unsigned waiting = workers->waiting;
	pthread_mutex_unlock(&workers->lock);
	return waiting;
}

void workers_drain(struct workers *workers)
{
	pthread_mutex_lock(&workers->lock);
	workers->draining = true;
	pthread_cond_broadcast(&workers->not_empty);
	pthread_mutex_unlock(&workers->lock);
	for (unsigned i = 0; i < workers->started; i++) {
		pthread_join(workers->threads[i].thread, NULL);
		workers->config.context_free(workers->threads[i].context);
	}
	workers->started = 0;
}

void workers_free(struct workers *workers)
{
	if (!workers)
		return;
	workers_drain(workers);
	pthread_cond_destroy(&workers->not_empty);
	pthread_mutex_destroy(&workers->lock);
	free(workers);
}
