/* jose.h – signed JSON Web Tokens (RFC 7519, RFC 7515) on top of cjose.
 *
 * The algorithm is the key's or the caller's choice, never the token's: a token that names another is refused before
 * anything else is looked at (RFC 8725 section 3.1). */
#ifndef GREFFIER_CRYPTO_JOSE_H
#define GREFFIER_CRYPTO_JOSE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

/* Longer tokens are refused unread. */
#define JOSE_TOKEN_MAX 8192

struct jose_key;

/* A new ES256 key of that kid: the private JWK as JSON (a secret), in `arena`, and the public one. */
void jose_key_make(struct arena *arena, const char *kid, const char **ret_private_jwk,
		   const char **ret_public_jwk);
/* From a JWK as JSON. NULL when it is none, or of a kind that is not supported. */
struct jose_key *jose_key_load(struct bytes jwk);
void jose_key_free(struct jose_key *key);
DEFINE_SCOPED(jose_key, jose_key_free)

/* The compact form of `payload` (JSON), signed with ES256, in `arena`. `type` is the header's `typ`. Of the two values of s that
 * verify, the signature has the lower one. */
const char *jose_sign(const struct jose_key *key, struct arena *arena, const char *kid,
		      const char *type, const char *payload);

/* Whether an ES256 token has the lower s, as those of jose_sign have. Others sign with either. */
bool jose_signature_is_low(const char *token);

/* What the header says, unverified: which key to look for. False when it is no compact JWS, not in canonical base64url, or has
 * `crit`. */
bool jose_header(struct arena *arena, const char *token, const char **ret_algorithm,
		 const char **ret_kid);
/* The payload as JSON when `key` made the signature with `algorithm`. NULL otherwise, and for what jose_header refuses. New reference, an object. */
json_t *jose_verify(const struct jose_key *key, const char *algorithm, const char *token);

/* A set of public keys (RFC 7517 section 5) that a client may sign its assertions with: at most 10, RSA of 2048 bits and
 * more or EC, each with a `kid` when there are several, and nothing private. ERROR_INVALID_FIELD names the key. */
MUST_CHECK bool jose_check_client_keys(const json_t *jwks, struct error *err);
/* The algorithms accepted in assertions: RS256, PS256, ES256, ES384, ES512. */
bool jose_is_client_algorithm(const char *algorithm);
extern const char *const jose_client_algorithms[];
extern const size_t jose_client_algorithm_count;

#endif
