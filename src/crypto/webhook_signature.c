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

void webhook_key_make(unsigned char ret_seed[WEBHOOK_SEED_BYTES],
		      unsigned char ret_public_key[WEBHOOK_PUBLIC_KEY_BYTES])
{
	unsigned char secret_key[crypto_sign_SECRETKEYBYTES];

	_Static_assert(crypto_sign_SEEDBYTES == WEBHOOK_SEED_BYTES &&
			       crypto_sign_PUBLICKEYBYTES == WEBHOOK_PUBLIC_KEY_BYTES,
		       "Ed25519");
	randombytes_buf(ret_seed, WEBHOOK_SEED_BYTES);
	crypto_sign_seed_keypair(ret_public_key, secret_key, ret_seed);
	sodium_memzero(secret_key, sizeof(secret_key));
}

char *webhook_sign_bytes(struct arena *arena, const unsigned char seed[WEBHOOK_SEED_BYTES],
			 struct bytes message)
{
	unsigned char public_key[crypto_sign_PUBLICKEYBYTES];
	unsigned char secret_key[crypto_sign_SECRETKEYBYTES];
	unsigned char signature[crypto_sign_BYTES];

	crypto_sign_seed_keypair(public_key, secret_key, seed);
	crypto_sign_detached(signature, NULL, message.data, message.length, secret_key);
	sodium_memzero(secret_key, sizeof(secret_key));
	return base64_encode(arena, signature, sizeof(signature));
}

char *webhook_sign_ed25519(struct arena *arena, const unsigned char seed[WEBHOOK_SEED_BYTES],
			   const char *webhook_id, int64_t timestamp_s, struct bytes body)
{
	const char *head = arena_printf(arena, "%s.%lld.", webhook_id, (long long)timestamp_s);
	size_t head_length = strlen(head);
	char *message = arena_alloc(arena, head_length + body.length + 1);

	memcpy(stpcpy(message, head), body.data, body.length);
	return arena_printf(arena, "v1a,%s",
			    webhook_sign_bytes(arena, seed,
					       (struct bytes){(unsigned char *)message,
							      head_length + body.length}));
}

char *webhook_public_key_text(struct arena *arena,
			      const unsigned char public_key[WEBHOOK_PUBLIC_KEY_BYTES])
{
	return arena_printf(arena, "whpk_%s",
			    base64_encode(arena, public_key, WEBHOOK_PUBLIC_KEY_BYTES));
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
