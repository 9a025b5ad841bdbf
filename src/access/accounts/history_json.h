/* history_json.h – a stored change as JSON, and who may read and undo it. Inside src/access
 * only. */
#ifndef GREFFIER_ACCESS_HISTORY_JSON_H
#define GREFFIER_ACCESS_HISTORY_JSON_H

#include "access/accounts/history.h"
#include "store/history_store.h"

/* Opens a stored change: {name, before, after, replaced, omitted}. New reference. */
json_t *history_open(const struct context *context,
		     const struct configuration_change *change, struct error *err);
/* Returns the part of a stored value that may be shown. Borrowed. */
json_t *history_shown(json_t *value, bool *ret_hidden);

bool history_may_read(const struct context *context, enum history_kind kind);
/* Fails with ERROR_INSUFFICIENT_SCOPE or ERROR_NO_PERMISSION. */
MUST_CHECK bool history_may_undo(const struct context *context, enum history_kind kind,
				 struct error *err);
/* Returns why nobody can undo the change, as the API names it: OPERATOR, CREATED, DELETED,
 * SECRET, NEEDS_SECRET, TOO_LARGE, TAKEN_OVER. NULL: it can be undone. */
const char *history_obstacle(enum history_kind kind, const json_t *kept);

#endif
