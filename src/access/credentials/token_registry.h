/* token_registry.h – the keys that sign OAuth 2.0 access tokens, and the tokens that were revoked before their time: read from
 * the store once, kept in memory until something changes. Thread-safe.
 *
 * Keys: ES256. The newest signs; retired ones verify until the last token they signed has expired. A key older than
 * OAUTH_KEY_LIFE_DAYS is replaced when the next token is issued. */
#ifndef GREFFIER_ACCESS_TOKEN_REGISTRY_H
#define GREFFIER_ACCESS_TOKEN_REGISTRY_H

#include <jansson.h>

#include "context/context.h"
#include "crypto/jose.h"

#define OAUTH_KEY_LIFE_DAYS 90
#define OAUTH_KEY_KEPT_DAYS 2       /* after it was retired; more than any token lives */
#define REVOKED_TOKENS_KEPT 100000  /* in memory; the store has all */

/* The claim "ver" of tokens whose signature has the lower s: all that this version signs. */
#define ACCESS_TOKEN_VERSION 2

struct token_registry;

/* `store`: whose announcements it rests on; while this node cannot hear the others, each use reads it. NULL: on nobody's. */
struct token_registry *token_registry_new(const struct keyring *keyring, const struct store *store);
void token_registry_free(struct token_registry *registry);
/* STORE_TOPIC_ACCESS: what is in memory may be old. */
void token_registry_drop(struct token_registry *registry);

/* `jti` is the token's, "" for one that has none. Either its text or its jti may stand revoked: version 0.3 wrote the text.
 * False when it would have to be read and there is no session (then *ret_needs_store), or on failure. */
MUST_CHECK bool token_registry_is_revoked(struct token_registry *registry, struct session *session,
					  const char *token, const char *jti, struct wall_time now,
					  bool *ret_revoked, bool *ret_needs_store,
					  struct error *err);
/* Revokes it by its text and, when it has one, by its jti. In the caller's txn. */
MUST_CHECK bool token_registry_revoke(const struct keyring *keyring, struct db *db,
				      const char *account, const char *token, const char *jti,
				      struct wall_time expires, struct error *err);
/* The claims of a token this installation signed; NULL otherwise, and for a second text of the same token. New reference. */
json_t *token_registry_verify(struct token_registry *registry, struct session *session,
			      const char *token, struct wall_time now, struct error *err);
/* Signs claims; makes a key when there is none or the newest is too old. In `arena`; NULL on failure. */
const char *token_registry_sign(struct token_registry *registry, struct session *session,
				struct arena *arena, const char *claims, struct wall_time now,
				struct error *err);
/* {"keys": […]}: the public keys of all tokens that can still be valid. New reference; NULL on failure. */
json_t *token_registry_public_keys(struct token_registry *registry, struct session *session,
				   struct wall_time now, struct error *err);

/* Replaces the signing key. */
MUST_CHECK bool oauth_key_rotate(const struct context *context, const char **ret_kid,
				 struct error *err);
/* The keyed hash a token is known by. */
struct bytes token_hash(const struct keyring *keyring, struct arena *arena, const char *token);

#endif
