/* record_json.h – events, deliveries and attempts as the API and the command line show them. New references. */
#ifndef GREFFIER_NOTIFY_RECORD_JSON_H
#define GREFFIER_NOTIFY_RECORD_JSON_H

#include <jansson.h>

#include "notify/waits.h"
#include "store/delivery_store.h"

/* {sequence, id, name, packageId, sessionUser, message, documentId, createdDate}, and the extra members of its type. An expunged
 * one says so, with the SHA-256 of its payload. */
json_t *event_to_json(const struct event *event);
/* With all that is known of the request and of how far it came. */
json_t *attempt_to_json(const struct attempt *attempt);
/* `is_full`: with all of each attempt, and the body as it was sent (null when the event was expunged). */
json_t *delivery_to_json(struct arena *arena, const struct delivery *delivery, bool is_full,
			 const struct wait_view *view);
/* {"count", "complete", "results"}, and "lookedBackTo" when a long log was not searched to its end; NULL on error. */
json_t *deliveries_list(struct db *db, struct arena *arena, const struct delivery_filter *filter,
			const struct wait_view *view, struct error *err);
/* {"complete", "results"}, and "lookedBackTo" as above: groups of failures, each with its cause (failure.h), an example, and the
 * conditions that find its deliveries. NULL on error. */
json_t *deliveries_failures(struct db *db, struct arena *arena, const struct delivery_filter *filter,
			    struct error *err);
/* Says of a search of the log whether it was searched to its end: "complete", "lookedBackTo". */
void looked_back_add(json_t *json, struct wall_time looked_back_to);

#endif
