/* accounts.h – creates accounts and sub-accounts, and manages the settings that operator and
 * owner choose. */
#ifndef GREFFIER_ACCESS_ACCOUNTS_H
#define GREFFIER_ACCESS_ACCOUNTS_H

#include <jansson.h>

#include "context/context.h"

#define ACCOUNT_NAME_MAX 255 /* characters */
#define SUBACCOUNTS_MAX 1000 /* per account */

struct account_params {
	const char *name;
	const char *owner_email;
	const char *owner_first_name, *owner_last_name; /* NULL: the account's name and "Owner" */
	bool invite; /* mail the owner a link to choose a password */
};

/* Shown to the operator once; password and key are not stored in clear text. Lives in the arena. */
struct account_created {
	const char *account;
	const char *owner;
	const char *email;
	const char *password;
	const char *api_key;
};

/* Creates an account with its owner. Fails with ERROR_MISSING_FIELD or ERROR_INVALID_FIELD,
 * which name the member, or with ERROR_CONFLICT when the e-mail address is taken. The context's
 * account is ignored. */
MUST_CHECK bool account_create(const struct context *context, const struct account_params *params,
			       struct account_created *ret_created, struct error *err);
/* For the operator: sets and clears features (bits of enum account_feature). *ret_features is
 * the result. */
MUST_CHECK bool account_features_change(const struct context *context, unsigned on, unsigned off,
					unsigned *ret_features, struct error *err);

/* Sub-accounts, which have the same owner as the account. Results are new references. */
json_t *subaccounts_list(const struct context *context, struct error *err);
json_t *subaccount_create(const struct context *context, const json_t *body, struct error *err);
json_t *subaccount_read(const struct context *context, const char *id, struct error *err);
json_t *subaccount_change(const struct context *context, const char *id, const json_t *body,
			  struct error *err);
/* Lists the caller's own account and the sub-accounts in which the caller has a role. */
json_t *accessible_accounts_list(const struct context *context, struct error *err);

#endif
