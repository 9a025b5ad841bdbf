/* history_json.h – a stored change as JSON, and who may read and undo it. */
#ifndef GREFFIER_ACCESS_HISTORY_JSON_H
#define GREFFIER_ACCESS_HISTORY_JSON_H

#include "access/accounts/history.h"

/* Lists changes as {results, next}, newest first, of the kinds that the caller may read. `kind`
 * and `subject` NULL mean any; a subject requires its kind. `before` selects lower numbers; 0:
 * all. `limit` is at most HISTORY_PAGE_MAX. Fails with ERROR_NO_PERMISSION. New reference. */
json_t *history_list(const struct context *context, const char *kind, const char *subject,
		     int64_t before, int64_t limit, struct error *err);

bool history_may_read(const struct context *context, enum history_kind kind);
/* Fails with ERROR_INSUFFICIENT_SCOPE or ERROR_NO_PERMISSION. */
MUST_CHECK bool history_may_undo(const struct context *context, enum history_kind kind,
				 struct error *err);
/* Returns why nobody can undo the change, as the API names it: OPERATOR, CREATED, DELETED,
 * SECRET, NEEDS_SECRET, TOO_LARGE, TAKEN_OVER. NULL: it can be undone. */
const char *history_obstacle(enum history_kind kind, const json_t *kept);

#endif
