/* clockwork.h – what is done by the clock and not by anybody's call: pieces of fan-outs, parts of replays, statistics, retention. One thread, which sleeps until the
 * next job is due or somebody leaves one. */
#ifndef GREFFIER_CLOCKWORK_CLOCKWORK_H
#define GREFFIER_CLOCKWORK_CLOCKWORK_H

#include "notify/retention.h"
#include "store/store.h"

struct clockwork;

struct clockwork_config {
	struct store *store;
	const struct keyring *keyring;
	struct retention_config retention;
};

struct clockwork *clockwork_start(const struct clockwork_config *config, struct error *err);
/* A job may have been left. From any thread; does not block. */
void clockwork_wake(struct clockwork *clockwork);
/* Events may have been raised: they are counted for statistics soon. From any thread; cheap; does not block. */
void clockwork_note_events(struct clockwork *clockwork);
/* Ends the transaction it is in, and the thread. NULL is fine. */
void clockwork_stop_and_free(struct clockwork *clockwork);

#endif
