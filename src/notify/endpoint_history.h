/* endpoint_history.h – what of an endpoint is configuration, for the history (access/accounts/history.h). Inside src/notify only, but for
 * endpoint_configured. */
#ifndef GREFFIER_NOTIFY_ENDPOINT_HISTORY_H
#define GREFFIER_NOTIFY_ENDPOINT_HISTORY_H

#include <jansson.h>

#include "access/accounts/history.h"
#include "store/endpoint_store.h"

/* Of a revealed endpoint. Secrets are marked; header values, parameters and URLs with a query are hidden. New reference. */
json_t *endpoint_configuration(const struct context *context, const struct endpoint *endpoint,
			       struct error *err);
/* Beside the audit entry that `txn` has just written. `before` NULL: it is new. Takes `before`. */
MUST_CHECK bool endpoint_change_record(const struct context *context, struct db *db,
				       json_t *before, const struct endpoint *endpoint,
				       struct error *err);
/* Its state alone changes to `state`: the endpoint is as it was before. */
MUST_CHECK bool endpoint_state_record(const struct context *context, struct db *db,
				      const struct endpoint *endpoint, enum endpoint_state state,
				      struct error *err);

/* The account's endpoint as a body that endpoint_replace takes: what GET shows, without what is no configuration. New reference. */
json_t *endpoint_configured(const struct context *context, const char *id, struct error *err);

#endif
