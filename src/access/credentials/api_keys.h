/* api_keys.h – API keys: one per user and account, fixed, never expiring, changed by the operator only.
 *
 * Only the account's owner sees them, masked until revealed; revealing takes a password given lately, and is on record. */
#ifndef GREFFIER_ACCESS_API_KEYS_H
#define GREFFIER_ACCESS_API_KEYS_H

#include <jansson.h>

#include "context/context.h"
#include "store/api_key_store.h"

/* The longest time for which an old key or secret may go on beside the new one. */
#define OVERLAP_MAX_S (7 * 86400)
#define API_KEYS_SHOWN_MAX 1000

/* A user's first key in an account; nothing happens when there is a current one. In the caller's txn. */
MUST_CHECK bool api_key_make_first(const struct context *context, struct db *db,
				   const char *account, const char *uid, struct error *err);
/* The same, and gives the key. */
MUST_CHECK bool api_key_make_new(const struct context *context, struct db *db, const char *account,
				 const char *uid, const char **ret_key, struct error *err);

/* [{userId, email, name, maskedKey, createdDate, lastUsedDate …}] of the account's members. Owner only. New reference. */
json_t *api_keys_list(const struct context *context, struct error *err);
/* {"apiKey"} in full. `password` is the caller's own, and may be NULL when it was given lately in this session.
 * ERROR_PASSWORD_REQUIRED, ERROR_API_KEY_HIDDEN. New reference. */
json_t *api_key_reveal(const struct context *context, const char *uid, const char *password,
		       struct error *err);
/* [{accountUid, accountName, apiKey}] of the caller's own keys in sub-accounts where the caller has the permissions for it.
 * New reference. */
json_t *subaccount_api_keys(const struct context *context, struct error *err);

/* The operator's: a new key; the old one goes on for `overlap_s`. In one txn. */
MUST_CHECK bool api_key_rotate(const struct context *context, const char *uid, int64_t overlap_s,
			       const char **ret_key, struct error *err);
/* No key opens anything any more. */
MUST_CHECK bool api_key_disable(const struct context *context, const char *uid, struct error *err);

#endif
