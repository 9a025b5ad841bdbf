/* endpoint_history.h – an endpoint's configuration for the history of changes
 * (access/accounts/history.h). Inside src/notify only, except endpoint_configured. */
#ifndef GREFFIER_NOTIFY_ENDPOINT_HISTORY_H
#define GREFFIER_NOTIFY_ENDPOINT_HISTORY_H

#include <jansson.h>

#include "access/accounts/history.h"
#include "store/endpoint_store.h"

/* Returns the configuration of a revealed endpoint as a new reference. Secrets are replaced by
 * marks; header values, parameters and URLs with a query are hidden. */
json_t *endpoint_configuration(const struct context *context, const struct endpoint *endpoint,
			       struct error *err);
/* Stores a change with the audit entry that `txn` has just written. `before` is NULL for a new
 * endpoint, and is taken. */
MUST_CHECK bool endpoint_change_record(const struct context *context, struct db *db,
				       json_t *before, const struct endpoint *endpoint,
				       struct error *err);
/* Stores a change of the state alone: `endpoint` is as it was before, `state` is the new one. */
MUST_CHECK bool endpoint_state_record(const struct context *context, struct db *db,
				      const struct endpoint *endpoint, enum endpoint_state state,
				      struct error *err);

/* Returns the account's endpoint as a body for endpoint_replace: the answer of GET without
 * members that are not configuration. New reference. */
json_t *endpoint_configured(const struct context *context, const char *id, struct error *err);

#endif
