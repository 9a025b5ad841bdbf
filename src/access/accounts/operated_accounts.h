/* operated_accounts.h – accounts as the operator manages them, without any of their contents. */
#ifndef GREFFIER_ACCESS_OPERATED_ACCOUNTS_H
#define GREFFIER_ACCESS_OPERATED_ACCOUNTS_H

#include <jansson.h>

#include "base/shape.h"
#include "context/context.h"

#define ACCOUNTS_PAGE_MAX 100
#define ACCOUNTS_SEARCHED_MAX 5000 /* searched by one call; `next` continues after them */
#define ENDPOINTS_LIMIT_MAX 100000

extern const struct shape operated_account_shape; /* of a struct account */

/* Lists accounts as {results, next}, newest first. `search` is part of a name, an id, or the
 * complete e-mail address of an owner; NULL: all. `after` is `next` of the previous page; NULL:
 * the first page. Results are new references, here and below. */
json_t *operated_accounts_list(const struct context *context, const char *search,
			       const char *after, int64_t limit, struct error *err);
/* Reads the context's account. */
json_t *operated_account_read(const struct context *context, struct error *err);
/* Changes members that are present: {name, locked, features: {"api-key": true …}, limits:
 * {endpoints, callRate}}. */
json_t *operated_account_change(const struct context *context, const json_t *body,
				struct error *err);
/* Creates an account from {name, ownerEmail, ownerFirstName, ownerLastName, invite}. The answer
 * has `password`, shown only here, unless the owner was invited. */
json_t *operated_account_create(const struct context *context, const json_t *body,
				struct error *err);
/* Lists all features with their descriptions. */
json_t *features_list(void);
/* Returns {"api-key": true …}: for each feature whether it is in `bits`. */
json_t *features_to_json(unsigned bits);

/* Returns the operator's settings of an account for the history. */
json_t *account_configured(struct arena *arena, const struct account *account);
MUST_CHECK bool account_record(const struct context *context, struct db *db,
			       const struct account *account, const json_t *before, struct error *err);

#endif
