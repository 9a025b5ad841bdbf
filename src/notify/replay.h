/* replay.h – replays send events of a period and of some types to an endpoint, again or for the
 * first time.
 *
 * A replay is a row: after a restart it continues on whichever node takes it next. It queues
 * deliveries at its rate, and the queue delivers them in the order of the events. JSON results
 * are new references, NULL on error. */
#ifndef GREFFIER_NOTIFY_REPLAY_H
#define GREFFIER_NOTIFY_REPLAY_H

#include <jansson.h>

#include "context/context.h"
#include "store/replay_store.h"

#define REPLAY_RATE_DEFAULT 50 /* deliveries per second */
#define REPLAY_RATE_MAX 1000

/* Starts a replay: {endpointId, events, packageId, since, until, afterSequence, throughSequence,
 * undeliveredOnly, rate, dryRun}. `events` defaults to those of the endpoint; an empty list, or
 * an endpoint without events, means all.
 *
 * With `action` it starts a bulk action instead (bulk.h). With dryRun it changes nothing and
 * returns {"dryRun": true, "matching"}. Fails with ERROR_WRONG_STATE for a disabled endpoint. */
json_t *replay_create(const struct context *context, const json_t *body, struct error *err);
json_t *replay_read(const struct context *context, const char *id, struct error *err);
json_t *replays_list(const struct context *context, int64_t offset, int64_t limit,
		     struct error *err);
/* Returns a replay as the API shows it; bulk.h describes the filter of a bulk action. */
json_t *replay_to_json(const struct replay *replay);
/* Reads `rate` of a request. Fails with ERROR_INVALID_FIELD. */
MUST_CHECK bool replay_rate_read(const json_t *body, int64_t *ret_rate, struct error *err);
/* Inserts the row, writes the audit entry, commits and wakes the clockwork. */
MUST_CHECK bool replay_begin(const struct context *context, struct txn **txn,
			     const struct replay *replay, struct error *err);
const char *replay_id_new(struct arena *arena); /* "rp_…" */
/* Stops a replay. Deliveries that are already queued stay queued. Fails with ERROR_WRONG_STATE
 * when it is not running. */
json_t *replay_stop(const struct context *context, const char *id, struct error *err);

/* Handles a portion of a replay that is due at the queue time `now`. *ret_next is the queue time
 * of the next portion; 0: none runs. */
MUST_CHECK bool replay_step(struct session *session, struct wall_time now, struct wall_time *ret_next,
			    struct error *err);

#endif
