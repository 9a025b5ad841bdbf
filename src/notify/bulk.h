/* bulk.h – bulk actions: retry, cancel or resend all deliveries that a search finds.
 *
 * A bulk action is a replay (replay.h) with an action: a row that any node continues, one
 * portion at a time, at its rate. It walks through the event numbers that the search covered, in
 * ascending order. Each delivery that still matches is treated as by a person (repair.h), or
 * skipped when that is impossible. Each delivery is visited once. An account has at most one
 * bulk action at a time. */
#ifndef GREFFIER_NOTIFY_BULK_H
#define GREFFIER_NOTIFY_BULK_H

#include <jansson.h>

#include "context/context.h"
#include "store/replay_store.h"

/* Starts a bulk action: {action: RETRY, CANCEL or RESEND, filter (delivery_query.h), rate,
 * dryRun}. With dryRun it changes nothing and returns {"dryRun": true, "action", "matching",
 * "complete"}. Fails with ERROR_WRONG_STATE while another one runs. Returns a new reference, or
 * NULL on error. */
json_t *bulk_create(const struct context *context, const json_t *body, struct error *err);

/* Handles the next portion and advances `replay`, which the caller saves. In `txn`; `now` is
 * queue time. */
MUST_CHECK bool bulk_part(struct txn *txn, struct arena *arena, struct replay *replay,
			  struct wall_time now, struct wall_time store_time, struct error *err);

#endif
