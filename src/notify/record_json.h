/* record_json.h – events, deliveries and attempts as JSON for the API and the command line. All
 * results are new references. */
#ifndef GREFFIER_NOTIFY_RECORD_JSON_H
#define GREFFIER_NOTIFY_RECORD_JSON_H

#include <jansson.h>

#include "notify/waits.h"
#include "store/delivery_store.h"

/* Returns {sequence, id, name, packageId, sessionUser, message, documentId, createdDate} and the
 * extra members of the type. An expunged event has a mark and the SHA-256 of its payload
 * instead. */
json_t *event_to_json(const struct event *event);
/* Returns everything that is known about the request and its phases. */
json_t *attempt_to_json(const struct attempt *attempt);
/* With `is_full`, includes all details of each attempt and the body as it was sent (null when
 * the event was expunged). */
json_t *delivery_to_json(struct arena *arena, const struct delivery *delivery, bool is_full,
			 const struct wait_view *view);
/* Returns {"count", "complete", "results"}, and "lookedBackTo" when a long log was not searched
 * completely; NULL on error. */
json_t *deliveries_list(struct db *db, struct arena *arena, const struct delivery_filter *filter,
			const struct wait_view *view, struct error *err);
/* Returns groups of failures as {"complete", "results"}, and "lookedBackTo" as above. Each group
 * has its cause (failure.h), an example, and the conditions that find its deliveries. NULL on
 * error. */
json_t *deliveries_failures(struct db *db, struct arena *arena, const struct delivery_filter *filter,
			    struct error *err);
/* Adds "complete" and "lookedBackTo", which say how far a search of the log went. */
void looked_back_add(json_t *json, struct wall_time looked_back_to);

#endif
