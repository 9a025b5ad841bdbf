/* api_keys.h – API keys: one per user and account, without expiry, replaced by the operator
 * only.
 *
 * Only the account's owner sees them, masked until revealed. Revealing requires a recently
 * entered password and is recorded in the audit log. */
#ifndef GREFFIER_ACCESS_API_KEYS_H
#define GREFFIER_ACCESS_API_KEYS_H

#include <jansson.h>

#include "context/context.h"
#include "store/api_key_store.h"

/* Maximum time for which an old key or secret stays valid after its replacement. */
#define OVERLAP_MAX_S (7 * 86400)
#define API_KEYS_SHOWN_MAX 1000

/* Makes a user's first key in an account; does nothing when there is a current one. In the
 * caller's txn. */
MUST_CHECK bool api_key_make_first(const struct context *context, struct db *db,
				   const char *account, const char *uid, struct error *err);
/* Does the same and returns the key. */
MUST_CHECK bool api_key_make_new(const struct context *context, struct db *db, const char *account,
				 const char *uid, const char **ret_key, struct error *err);

/* Lists the keys of the account's members: [{userId, email, name, maskedKey, createdDate,
 * lastUsedDate …}]. For the owner only. New reference. */
json_t *api_keys_list(const struct context *context, struct error *err);
/* Returns {"apiKey"} unmasked. `password` is the caller's, and may be NULL when it was entered
 * recently in this session. Fails with ERROR_PASSWORD_REQUIRED or ERROR_API_KEY_HIDDEN. New
 * reference. */
json_t *api_key_reveal(const struct context *context, const char *uid, const char *password,
		       struct error *err);
/* Lists the caller's own keys in sub-accounts in which the caller has the required permissions:
 * [{accountUid, accountName, apiKey}]. New reference. */
json_t *subaccount_api_keys(const struct context *context, struct error *err);

/* For the operator: makes a new key; the old one stays valid for `overlap_s`. One txn. */
MUST_CHECK bool api_key_rotate(const struct context *context, const char *uid, int64_t overlap_s,
			       const char **ret_key, struct error *err);
/* Disables all keys of the user. */
MUST_CHECK bool api_key_disable(const struct context *context, const char *uid, struct error *err);

#endif
