/* token_registry.h – the keys that sign OAuth 2.0 access tokens, and tokens that were revoked
 * early. Thread-safe.
 *
 * Both are read from the store once and cached until something changes. Keys are ES256. The
 * newest key signs; retired keys verify until the last token they signed has expired. A key
 * older than OAUTH_KEY_LIFE_DAYS is replaced when the next token is issued. */
#ifndef GREFFIER_ACCESS_TOKEN_REGISTRY_H
#define GREFFIER_ACCESS_TOKEN_REGISTRY_H

#include <jansson.h>

#include "context/context.h"
#include "crypto/jose.h"

#define OAUTH_KEY_LIFE_DAYS 90
/* After its retirement; longer than the lifetime of any token. */
#define OAUTH_KEY_KEPT_DAYS 2
#define REVOKED_TOKENS_KEPT 100000  /* in memory; the store has all */

/* The claim "ver" of tokens whose signature has the lower s, which are all tokens of this
 * version. */
#define ACCESS_TOKEN_VERSION 2

struct token_registry;

/* Makes a registry. `store` announces changes; while this node cannot receive announcements,
 * each use reads the store. NULL: no announcements. */
struct token_registry *token_registry_new(const struct keyring *keyring, const struct store *store);
void token_registry_free(struct token_registry *registry);
/* Drops the cache. Called on STORE_TOPIC_ACCESS. */
void token_registry_drop(struct token_registry *registry);

/* Tells whether a token is revoked. `jti` is the token's, "" without one. The revocation may be
 * stored by text or by jti, because version 0.3 stored the text. Returns false on failure, and
 * when the store is needed without a session (*ret_needs_store). */
MUST_CHECK bool token_registry_is_revoked(struct token_registry *registry, struct session *session,
					  const char *token, const char *jti, struct wall_time now,
					  bool *ret_revoked, bool *ret_needs_store,
					  struct error *err);
/* Revokes a token by its text and, when it has one, by its jti. In the caller's txn. */
MUST_CHECK bool token_registry_revoke(const struct keyring *keyring, struct db *db,
				      const char *account, const char *token, const char *jti,
				      struct wall_time expires, struct error *err);
/* Returns the claims of a token that this installation has signed, as a new reference. Returns
 * NULL for other tokens, and for a second spelling of the same token. */
json_t *token_registry_verify(struct token_registry *registry, struct session *session,
			      const char *token, struct wall_time now, struct error *err);
/* Signs claims and returns the token in `arena`. Makes a key when there is none or the newest is
 * too old. NULL on failure. */
const char *token_registry_sign(struct token_registry *registry, struct session *session,
				struct arena *arena, const char *claims, struct wall_time now,
				struct error *err);
/* Returns {"keys": […]}: the public keys of all tokens that may still be valid. New reference;
 * NULL on failure. */
json_t *token_registry_public_keys(struct token_registry *registry, struct session *session,
				   struct wall_time now, struct error *err);

/* Replaces the signing key. */
MUST_CHECK bool oauth_key_rotate(const struct context *context, const char **ret_kid,
				 struct error *err);
/* Returns the keyed hash by which a token is stored. */
struct bytes token_hash(const struct keyring *keyring, struct arena *arena, const char *token);

#endif
