/* delivery_query.h – conditions for searching the log of deliveries. They are the same in a
 * query string, in JSON and on the command line. */
#ifndef GREFFIER_NOTIFY_DELIVERY_QUERY_H
#define GREFFIER_NOTIFY_DELIVERY_QUERY_H

#include <jansson.h>

#include "store/delivery_store.h"

#define DELIVERY_QUERY_TEXT_MAX 500 /* bytes of a text to search for */

/* Returns the text of a condition; NULL or "" when it is not set. */
typedef const char *query_get(const void *source, const char *name);

/* Fills the filter, except account, numbers, offset and limit. Conditions: state, name (event
 * names separated by commas, * as wildcard), packageId, eventId, endpointId, error (* for any),
 * httpStatus (503, 5xx), phase, failing, transaction, signer, payload (member=text), since,
 * until. Fails with ERROR_INVALID_FIELD. */
MUST_CHECK bool delivery_query_read(struct arena *arena, query_get *get, const void *source,
				    struct delivery_filter *ret_filter, struct error *err);
/* Does the same for a JSON object. Fails with ERROR_INVALID_FIELD also for an unknown member or
 * one that is not a text. */
MUST_CHECK bool delivery_query_decode(struct arena *arena, const json_t *query,
				      struct delivery_filter *ret_filter, struct error *err);

#endif
