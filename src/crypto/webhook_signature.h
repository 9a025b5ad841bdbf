/* webhook_signature.h – Standard Webhooks, signature version 1 (standardwebhooks.com, "Symmetric signatures").
 *
 * HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body>` with the bytes behind a `whsec_` secret. */
#ifndef GREFFIER_CRYPTO_WEBHOOK_SIGNATURE_H
#define GREFFIER_CRYPTO_WEBHOOK_SIGNATURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"

#define WEBHOOK_SECRET_BYTES 32
#define WEBHOOK_SECRET_TEXT_MAX 64

/* "whsec_" and base64 of 32 random bytes. */
void webhook_secret_make(char ret_text[WEBHOOK_SECRET_TEXT_MAX]);
/* False unless `whsec_` and base64 of 24 to 64 bytes. */
bool webhook_secret_is_valid(const char *text);

/* The value of `webhook-signature`: "v1,<base64>", in `arena`. NULL when the secret is malformed. */
char *webhook_sign(struct arena *arena, const char *secret, const char *webhook_id,
		   int64_t timestamp_s, struct bytes body);
/* The same with Ed25519 ("Asymmetric signatures"): "v1a,<base64>". `seed`: WEBHOOK_SEED_BYTES. */
#define WEBHOOK_SEED_BYTES 32
#define WEBHOOK_PUBLIC_KEY_BYTES 32
char *webhook_sign_ed25519(struct arena *arena, const unsigned char seed[WEBHOOK_SEED_BYTES],
			   const char *webhook_id, int64_t timestamp_s, struct bytes body);
/* "whpk_" and base64, as verifiers want it. */
char *webhook_public_key_text(struct arena *arena,
			      const unsigned char public_key[WEBHOOK_PUBLIC_KEY_BYTES]);
/* Any bytes under an account's key; "<base64>" of the signature. */
char *webhook_sign_bytes(struct arena *arena, const unsigned char seed[WEBHOOK_SEED_BYTES],
			 struct bytes message);
void webhook_key_make(unsigned char ret_seed[WEBHOOK_SEED_BYTES],
		      unsigned char ret_public_key[WEBHOOK_PUBLIC_KEY_BYTES]);

/* Whether one of the space-separated signatures of `header` is right. Says nothing about the timestamp's age. */
bool webhook_verify(struct arena *arena, const char *secret, const char *webhook_id,
		    int64_t timestamp_s, struct bytes body, const char *header);

#endif
