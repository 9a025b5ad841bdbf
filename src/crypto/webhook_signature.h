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
/* Whether one of the space-separated signatures of `header` is right. Says nothing about the timestamp's age. */
bool webhook_verify(struct arena *arena, const char *secret, const char *webhook_id,
		    int64_t timestamp_s, struct bytes body, const char *header);

#endif
