/* history_json.h – a kept change as the API shows it, and who may see and undo it. Inside src/access only. */
#ifndef GREFFIER_ACCESS_HISTORY_JSON_H
#define GREFFIER_ACCESS_HISTORY_JSON_H

#include "access/accounts/history.h"
#include "store/history_store.h"

/* {name, before, after, replaced, omitted}, as it is kept. New reference. */
json_t *history_open(const struct context *context,
		     const struct configuration_change *change, struct error *err);
/* What is shown of a kept value. Borrowed. */
json_t *history_shown(json_t *value, bool *ret_hidden);

bool history_may_read(const struct context *context, enum history_kind kind);
/* ERROR_INSUFFICIENT_SCOPE, ERROR_NO_PERMISSION. */
MUST_CHECK bool history_may_undo(const struct context *context, enum history_kind kind,
				 struct error *err);
/* Why nobody undoes it, in a word that the API has: OPERATOR, CREATED, DELETED, SECRET, TOO_LARGE, TAKEN_OVER. NULL: somebody may. */
const char *history_obstacle(enum history_kind kind, const json_t *kept);

#endif
