/* webhook_signature.h – signatures of notifications as Standard Webhooks defines them
 * (standardwebhooks.com, "Symmetric signatures", version 1).
 *
 * The signature is HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>`. The key is the
 * decoded part of the secret after `whsec_`. */
#ifndef GREFFIER_CRYPTO_WEBHOOK_SIGNATURE_H
#define GREFFIER_CRYPTO_WEBHOOK_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

#define WEBHOOK_SECRET_BYTES 32
#define WEBHOOK_SECRET_TEXT_MAX 64

/* Makes a secret: "whsec_" and the base64 of 32 random bytes. */
void webhook_secret_make(char ret_text[WEBHOOK_SECRET_TEXT_MAX]);
/* True for `whsec_` followed by the base64 of 24 to 64 bytes. */
bool webhook_secret_is_valid(const char *text);

/* Returns the value of `webhook-signature`, "v1,<base64>", in `arena`. Returns NULL when the
 * secret is malformed. */
char *webhook_sign(struct arena *arena, const char *secret, const char *webhook_id,
		   int64_t timestamp_s, struct bytes body);
/* Signs with Ed25519 instead ("Asymmetric signatures") and returns "v1a,<base64>". `seed` has
 * WEBHOOK_SEED_BYTES. */
#define WEBHOOK_SEED_BYTES 32
#define WEBHOOK_PUBLIC_KEY_BYTES 32
char *webhook_sign_ed25519(struct arena *arena, const unsigned char seed[WEBHOOK_SEED_BYTES],
			   const char *webhook_id, int64_t timestamp_s, struct bytes body);
/* Returns the public key in the form that verifiers expect: "whpk_" and base64. */
char *webhook_public_key_text(struct arena *arena,
			      const unsigned char public_key[WEBHOOK_PUBLIC_KEY_BYTES]);
/* Signs any bytes with an account's key and returns the signature in base64. */
char *webhook_sign_bytes(struct arena *arena, const unsigned char seed[WEBHOOK_SEED_BYTES],
			 struct bytes message);
void webhook_key_make(unsigned char ret_seed[WEBHOOK_SEED_BYTES],
		      unsigned char ret_public_key[WEBHOOK_PUBLIC_KEY_BYTES]);

/* Tells whether one of the space-separated signatures in `header` is valid. Does not check the
 * age of the timestamp. */
bool webhook_verify(struct arena *arena, const char *secret, const char *webhook_id,
		    int64_t timestamp_s, struct bytes body, const char *header);

#endif
