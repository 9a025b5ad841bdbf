/* jose.h – signed JSON Web Tokens (RFC 7519, RFC 7515), made with cjose.
 *
 * The key or the caller decides the algorithm, never the token. A token that names another
 * algorithm is refused before anything else is checked (RFC 8725 section 3.1). */
#ifndef GREFFIER_CRYPTO_JOSE_H
#define GREFFIER_CRYPTO_JOSE_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

/* Maximum length of a token in bytes. Longer tokens are refused unread. */
#define JOSE_TOKEN_MAX 8192

struct jose_key;

/* Makes a new ES256 key with that kid. Both results are JWKs as JSON in `arena`; the private one
 * is a secret. */
void jose_key_make(struct arena *arena, const char *kid, const char **ret_private_jwk,
		   const char **ret_public_jwk);
/* Loads a key from a JWK as JSON. Returns NULL when it is not a JWK or its type is not
 * supported. */
struct jose_key *jose_key_load(struct bytes jwk);
void jose_key_free(struct jose_key *key);
DEFINE_SCOPED(jose_key, jose_key_free)

/* Signs `payload` (JSON) with ES256 and returns the compact form in `arena`. `type` becomes the
 * header's `typ`. Of the two valid values of s, the signature has the lower one. */
const char *jose_sign(const struct jose_key *key, struct arena *arena, const char *kid,
		      const char *type, const char *payload);

/* Tells whether an ES256 signature has the lower s, as those of jose_sign have. Signatures of
 * other programs have either. */
bool jose_signature_is_low(const char *token);

/* Reads the header without verifying the token, to find out which key is needed. Returns false
 * when the token is not a compact JWS in canonical base64url, or contains `crit`. */
bool jose_header(struct arena *arena, const char *token, const char **ret_algorithm,
		 const char **ret_kid);
/* Verifies the signature with `key` and `algorithm` and returns the payload, an object, as a new
 * reference. Returns NULL when the signature is wrong or jose_header would refuse the token. */
json_t *jose_verify(const struct jose_key *key, const char *algorithm, const char *token);

/* Checks the public keys (RFC 7517 section 5) with which a client may sign its assertions. At
 * most 10 keys are allowed: EC, or RSA of at least 2048 bits. Each needs a `kid` when there are
 * several, and private members are refused. Fails with ERROR_INVALID_FIELD, which names the key. */
MUST_CHECK bool jose_check_client_keys(const json_t *jwks, struct error *err);
/* True for the algorithms accepted in assertions: RS256, PS256, ES256, ES384, ES512. */
bool jose_is_client_algorithm(const char *algorithm);
extern const char *const jose_client_algorithms[];
extern const size_t jose_client_algorithm_count;

#endif
