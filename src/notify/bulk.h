/* bulk.h – bulk actions: all deliveries that a search finds are retried, cancelled or sent again.
 *
 * A bulk action is a replay (replay.h) with an action: a row, done a part at a time, at its rate, by whichever node comes first. It
 * walks through the numbers between which the search looked, in order, and does to each delivery that still matches what a person
 * could do to it (repair.h); one for which that is impossible is skipped. A delivery is walked past once, whatever becomes of it.
 * An account has one bulk action at a time. */
#ifndef GREFFIER_NOTIFY_BULK_H
#define GREFFIER_NOTIFY_BULK_H

#include <jansson.h>

#include "context/context.h"
#include "store/replay_store.h"

/* {action: RETRY, CANCEL or RESEND, filter (delivery_query.h), rate, dryRun}. With dryRun nothing begins: {"dryRun": true, "action",
 * "matching", "complete"}. ERROR_WRONG_STATE while another one runs. New reference; NULL on error. */
json_t *bulk_create(const struct context *context, const json_t *body, struct error *err);

/* Does the next part and moves `replay` on; its caller saves it. In `txn`; `now` is queue time. */
MUST_CHECK bool bulk_part(struct txn *txn, struct arena *arena, struct replay *replay,
			  struct wall_time now, struct wall_time store_time, struct error *err);

#endif
