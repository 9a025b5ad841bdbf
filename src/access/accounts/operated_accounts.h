/* operated_accounts.h – accounts as the operator sees and sets them. Nothing of what they hold. */
#ifndef GREFFIER_ACCESS_OPERATED_ACCOUNTS_H
#define GREFFIER_ACCESS_OPERATED_ACCOUNTS_H

#include <jansson.h>

#include "context/context.h"

#define ACCOUNTS_PAGE_MAX 100
#define ACCOUNTS_SEARCHED_MAX 5000 /* that one call looks through; `next` goes on behind them */
#define ENDPOINTS_LIMIT_MAX 100000

/* {results, next}, newest first. `search`: part of a name, an id, or an owner's whole e-mail address; NULL: all. `after`: `next` of
 * the page before; NULL: the first. New references, here and below. */
json_t *operated_accounts_list(const struct context *context, const char *search,
			       const char *after, int64_t limit, struct error *err);
/* The context's account. */
json_t *operated_account_read(const struct context *context, struct error *err);
/* {name, locked, features: {"api-key": true …}, limits: {endpoints, callRate}}: members that are absent stay. */
json_t *operated_account_change(const struct context *context, const json_t *body,
				struct error *err);
/* {name, ownerEmail, ownerFirstName, ownerLastName, invite}. The answer has `password` once, unless the owner was invited. */
json_t *operated_account_create(const struct context *context, const json_t *body,
				struct error *err);
/* Every feature, with what it gives. */
json_t *features_list(void);
/* {"api-key": true …}: each feature, and whether it is among `bits`. */
json_t *features_to_json(unsigned bits);

/* What the operator sets of an account, as the history keeps it. */
json_t *account_configured(struct arena *arena, const struct account *account);
MUST_CHECK bool account_record(const struct context *context, struct db *db,
			       const struct account *account, const json_t *before, struct error *err);

#endif
