/* replay.h – replays: events of a time and a kind go to an endpoint, again or for the first time.
 *
 * A replay is a row: it goes on after a restart, on whichever node takes it next. It puts deliveries into the queue at its rate; the
 * queue does the rest, in the order of the events. JSON results are new references, NULL on error. */
#ifndef GREFFIER_NOTIFY_REPLAY_H
#define GREFFIER_NOTIFY_REPLAY_H

#include <jansson.h>

#include "context/context.h"
#include "store/replay_store.h"

#define REPLAY_RATE_DEFAULT 50 /* deliveries a second */
#define REPLAY_RATE_MAX 1000

/* With `action`: bulk_create (bulk.h). Otherwise {endpointId, events (default: those of the endpoint; all when it has none, or with []), packageId, since, until, afterSequence, throughSequence, undeliveredOnly,
 * rate, dryRun}. With dryRun nothing begins: {"dryRun": true, "matching"}. ERROR_WRONG_STATE for a disabled endpoint. */
json_t *replay_create(const struct context *context, const json_t *body, struct error *err);
json_t *replay_read(const struct context *context, const char *id, struct error *err);
json_t *replays_list(const struct context *context, int64_t offset, int64_t limit,
		     struct error *err);
/* As the API shows it; bulk.h shows the filter of a bulk action. */
json_t *replay_to_json(const struct replay *replay);
/* `rate` of a request. ERROR_INVALID_FIELD. */
MUST_CHECK bool replay_rate_read(const json_t *body, int64_t *ret_rate, struct error *err);
/* Begins it: the row, the audit log, and whoever does parts is woken. */
MUST_CHECK bool replay_begin(const struct context *context, struct txn **txn,
			     const struct replay *replay, struct error *err);
const char *replay_id_new(struct arena *arena); /* "rp_…" */
/* What it has put into the queue stays there. ERROR_WRONG_STATE when it does not run. */
json_t *replay_stop(const struct context *context, const char *id, struct error *err);

/* Does a part of what is due at the queue time `now`: true with *ret_next the queue time of the next part; 0: none runs. */
MUST_CHECK bool replay_step(struct session *session, struct wall_time now, struct wall_time *ret_next,
			    struct error *err);

#endif
