/* oauth_store.h – signing keys of OAuth 2.0, revoked tokens, and used assertions. */
#ifndef GREFFIER_STORE_OAUTH_STORE_H
#define GREFFIER_STORE_OAUTH_STORE_H

#include "store/account_store.h"

struct oauth_key {
	const char *kid;
	struct bytes private_sealed; /* context "oauth_key:<kid>" */
	const char *public_jwk;
	struct wall_time created;
	struct wall_time retired; /* 0: signs new tokens; otherwise it only verifies */
};
#define OAUTH_KEYS_MAX 20

MUST_CHECK bool oauth_key_insert(struct db *db, const struct oauth_key *key, struct error *err);
/* Lists keys, newest first. */
MUST_CHECK bool oauth_key_list(struct db *db, struct arena *arena, struct oauth_key **ret_keys,
			       size_t *ret_count, struct error *err);
/* Retires all active keys and deletes those retired before `forget`. */
MUST_CHECK bool oauth_key_retire_all(struct db *db, struct wall_time now, struct wall_time forget,
				     struct error *err);

struct revoked_token {
	struct bytes hash;
	struct wall_time expires;
};
/* Repeating it is not an error. */
MUST_CHECK bool revoked_token_insert(struct db *db, const char *account, struct bytes hash,
				     struct wall_time expires, struct error *err);
/* Lists revoked tokens that would still be valid at `now`, at most `limit`. */
MUST_CHECK bool revoked_token_list(struct db *db, struct arena *arena, struct wall_time now, int64_t limit,
				   struct revoked_token **ret_tokens, size_t *ret_count,
				   struct error *err);

/* Records the use of an assertion. *ret_first is false when it was used before. */
MUST_CHECK bool assertion_use(struct db *db, const char *account, const char *client_id,
			      struct bytes hash, struct wall_time expires, bool *ret_first,
			      struct error *err);

#endif
