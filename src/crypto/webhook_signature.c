/* webhook_signature.c – HMAC-SHA256 as Standard Webhooks lays it out. */
#include "crypto/webhook_signature.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/ensure.h"
#include "base/text.h"
#include "crypto/random.h"

#define PREFIX "whsec_"
#define PREFIX_LENGTH 6
#define SECRET_BYTES_MIN 24
#define SECRET_BYTES_MAX 64
#define SIGNATURES_MAX 10 /* in one header: a few secrets may be valid at once */

void webhook_secret_make(char ret_text[WEBHOOK_SECRET_TEXT_MAX])
{
	unsigned char secret[WEBHOOK_SECRET_BYTES];

	random_bytes(secret, sizeof(secret));
	snprintf(ret_text, WEBHOOK_SECRET_TEXT_MAX, "%s", PREFIX);
	sodium_bin2base64(ret_text + PREFIX_LENGTH, WEBHOOK_SECRET_TEXT_MAX - PREFIX_LENGTH, secret,
			  sizeof(secret), sodium_base64_VARIANT_ORIGINAL);
	sodium_memzero(secret, sizeof(secret));
}

static bool secret_decode(struct arena *arena, const char *text, struct bytes *ret_secret)
{
	return strncmp(text, PREFIX, PREFIX_LENGTH) == 0 &&
	       base64_decode(arena, text + PREFIX_LENGTH, strlen(text) - PREFIX_LENGTH,
			     ret_secret) &&
	       ret_secret->length >= SECRET_BYTES_MIN && ret_secret->length <= SECRET_BYTES_MAX;
}

bool webhook_secret_is_valid(const char *text)
{
	scoped(arena) struct arena *arena = arena_new();
	struct bytes secret;

	return secret_decode(arena, text, &secret);
}

static void signature_compute(struct bytes secret, const char *webhook_id, int64_t timestamp_s,
			      struct bytes body,
			      unsigned char ret_mac[crypto_auth_hmacsha256_BYTES])
{
	crypto_auth_hmacsha256_state state;
	char timestamp[32];

	snprintf(timestamp, sizeof(timestamp), ".%lld.", (long long)timestamp_s);
	crypto_auth_hmacsha256_init(&state, secret.data, secret.length);
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)webhook_id,
				      strlen(webhook_id));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)timestamp, strlen(timestamp));
	crypto_auth_hmacsha256_update(&state, body.data, body.length);
	crypto_auth_hmacsha256_final(&state, ret_mac);
}

char *webhook_sign(struct arena *arena, const char *secret, const char *webhook_id,
		   int64_t timestamp_s, struct bytes body)
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	struct bytes key;

	if (!secret_decode(arena, secret, &key))
		return NULL;
	signature_compute(key, webhook_id, timestamp_s, body, mac);
	return arena_printf(arena, "v1,%s", base64_encode(arena, mac, sizeof(mac)));
}

static bool signature_is(struct arena *arena, const char *text, size_t length,
			 const unsigned char mac[crypto_auth_hmacsha256_BYTES])
{
	struct bytes given;

	return length > 3 && strncmp(text, "v1,", 3) == 0 &&
	       base64_decode(arena, text + 3, length - 3, &given) &&
	       given.length == crypto_auth_hmacsha256_BYTES &&
	       sodium_memcmp(given.data, mac, crypto_auth_hmacsha256_BYTES) == 0;
}

bool webhook_verify(struct arena *arena, const char *secret, const char *webhook_id,
		    int64_t timestamp_s, struct bytes body, const char *header)
{
	unsigned char mac[crypto_auth_hmacsha256_BYTES];
	struct bytes key;

	if (!secret_decode(arena, secret, &key))
		return false;
	signature_compute(key, webhook_id, timestamp_s, body, mac);
	for (int i = 0; *header && i < SIGNATURES_MAX; i++) {
		size_t length = strcspn(header, " ");
		if (signature_is(arena, header, length, mac))
			return true;
		header += length;
		header += strspn(header, " ");
	}
	return false;
}
