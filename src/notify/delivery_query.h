/* delivery_query.h – what is asked of the log of deliveries: the same members in a query, in JSON and on the command line. */
#ifndef GREFFIER_NOTIFY_DELIVERY_QUERY_H
#define GREFFIER_NOTIFY_DELIVERY_QUERY_H

#include <jansson.h>

#include "store/delivery_store.h"

#define DELIVERY_QUERY_TEXT_MAX 500 /* bytes of a text that is looked for */

/* Who knows the text of a member; NULL or "" when it is not asked for. */
typedef const char *query_get(const void *source, const char *name);

/* Fills all but account, numbers, offset and limit: state, name (an event name, several with commas, * for any letters), packageId,
 * eventId, endpointId, error (* for any), httpStatus (503, 5xx), phase, failing, transaction, signer, payload (member=text), since,
 * until. ERROR_INVALID_FIELD. */
MUST_CHECK bool delivery_query_read(struct arena *arena, query_get *get, const void *source,
				    struct delivery_filter *ret_filter, struct error *err);
/* The same of a JSON object. ERROR_INVALID_FIELD also for a member that is none of these, or no text. */
MUST_CHECK bool delivery_query_decode(struct arena *arena, const json_t *query,
				      struct delivery_filter *ret_filter, struct error *err);

#endif
