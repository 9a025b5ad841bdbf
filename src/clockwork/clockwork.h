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
	/* Does one piece of work; called first at the start, for what the last run has left. Leaves in *ret_next when it is due
	 * again; 0, which is there before: only when called. When it fails, it is run again shortly, and `ret_next` is ignored. */
	bool (*run)(void *arg, struct session *session, struct wall_time now, struct wall_time *ret_next, struct error *err);
	void *arg;
	/* Bits of enum store_topic: a commit that announces one of them makes the step due, `gather` later. */
	unsigned topics;
	struct duration gather;
	/* Removes what is old: waits until the store's clock is settled, because until then, what looks old may not be. */
	bool needs_settled_clock;
};

#define CLOCKWORK_STEPS_MAX 32

struct clockwork *clockwork_new(struct store *store, struct error *err);
/* Before the start. The step is copied; its name and `arg` must outlive the clockwork. */
void clockwork_add(struct clockwork *clockwork, const struct clockwork_step *step);
MUST_CHECK bool clockwork_start(struct clockwork *clockwork, struct error *err);
/* A commit announced `topic`. From any thread; cheap; does not block. */
void clockwork_call(struct clockwork *clockwork, enum store_topic topic);
/* Returns when the step that runs has come back. NULL is fine. */
void clockwork_stop_and_free(struct clockwork *clockwork);

#endif
