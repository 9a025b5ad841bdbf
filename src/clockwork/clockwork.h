/* clockwork.h – one thread for scheduled jobs that no request triggers. It runs steps when they
 * are due.
 *
 * The clockwork knows no job. Each folder above registers its jobs as steps (`notify/steps.h`,
 * `signing/steps.h`, `access/steps.h`). Steps run one after another in small transactions: a
 * step does one piece of work and says when the next piece is due. */
#ifndef GREFFIER_CLOCKWORK_CLOCKWORK_H
#define GREFFIER_CLOCKWORK_CLOCKWORK_H

#include "store/store.h"

struct clockwork;

/* All times are queue times (store_clock.h). */
struct clockwork_step {
	const char *name; /* for the log */
	/* Does one piece of work. Called first at the start, for work that the last run left.
	 * Sets *ret_next to the time of the next piece; it is initially 0, which means only on
	 * demand. A failed step is retried shortly, and its `ret_next` is ignored. */
	bool (*run)(void *arg, struct session *session, struct wall_time now, struct wall_time *ret_next, struct error *err);
	void *arg;
	/* Bits of enum store_topic: a commit that announces one of them makes the step due after
	 * `gather`. */
	unsigned topics;
	struct duration gather;
	/* The step deletes old data: it waits until the store's clock is settled, because before
	 * that, data may only appear old. */
	bool needs_settled_clock;
};

#define CLOCKWORK_STEPS_MAX 32

struct clockwork *clockwork_new(struct store *store, struct error *err);
/* Registers a step before the start. The step is copied; its name and `arg` must outlive the
 * clockwork. */
void clockwork_add(struct clockwork *clockwork, const struct clockwork_step *step);
MUST_CHECK bool clockwork_start(struct clockwork *clockwork, struct error *err);
/* Tells the clockwork that a commit announced `topic`. From any thread; cheap; does not block. */
void clockwork_call(struct clockwork *clockwork, enum store_topic topic);
/* Stops the thread after the step in progress. NULL is accepted. */
void clockwork_stop_and_free(struct clockwork *clockwork);

#endif
