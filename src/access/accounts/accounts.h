/* accounts.h – opening accounts and sub-accounts, and what the operator and the owner set for them. */
#ifndef GREFFIER_ACCESS_ACCOUNTS_H
#define GREFFIER_ACCESS_ACCOUNTS_H

#include <jansson.h>

#include "context/context.h"

#define ACCOUNT_NAME_MAX 255 /* characters */
#define SUBACCOUNTS_MAX 1000 /* of one account */
/* What an account may cap the life of its tokens at. */
#define TOKEN_LIFE_MAX_LEAST_S 60
#define TOKEN_LIFE_MAX_MOST_S 86400

struct account_params {
	const char *name;
	const char *owner_email;
	const char *owner_first_name, *owner_last_name; /* NULL: from the name and "Owner" */
	bool invite; /* the owner gets a mail with a link to choose a password */
};

/* Shown to the operator once; the password and the key are not stored in the clear. In the arena. */
struct account_created {
	const char *account;
	const char *owner;
	const char *email;
	const char *password;
	const char *api_key;
};

/* ERROR_MISSING_FIELD or ERROR_INVALID_FIELD names the member; ERROR_CONFLICT when the e-mail is taken. The context's
 * account is not looked at. */
MUST_CHECK bool account_create(const struct context *context, const struct account_params *params,
			       struct account_created *ret_created, struct error *err);
/* The operator's. Bits of enum account_feature to set and to clear. *ret_features: what it has now. */
MUST_CHECK bool account_features_change(const struct context *context, unsigned on, unsigned off,
					unsigned *ret_features, struct error *err);

/* Sub-accounts: owned by who owns the account. New references. */
json_t *subaccounts_list(const struct context *context, struct error *err);
json_t *subaccount_create(const struct context *context, const json_t *body, struct error *err);
json_t *subaccount_read(const struct context *context, const char *id, struct error *err);
json_t *subaccount_change(const struct context *context, const char *id, const json_t *body,
			  struct error *err);
/* The caller's own account and the sub-accounts where the caller has a role. */
json_t *accessible_accounts_list(const struct context *context, struct error *err);

/* Which credentials are accepted, the cap on tokens' lives, what happens to what leaks. New references. */
json_t *authentication_settings_read(const struct context *context, struct error *err);
json_t *authentication_settings_change(const struct context *context, const json_t *body,
				       struct error *err);
/* Sign-in: senderLoginMaxFailedAttempts, loginSessionTimeout (minutes) and the like. `body` NULL: back to the defaults. */
json_t *system_settings_read(const struct context *context, struct error *err);
json_t *system_settings_change(const struct context *context, const json_t *body,
			       struct error *err);

#endif
