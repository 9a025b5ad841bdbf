/* content.c – see content.h. */
#include "crypto/content.h"

#include <string.h>

#include "base/ensure.h"

void content_address_start(struct content_address *address, const struct keyring *keyring,
			   const char *account)
{
	unsigned char key[CONTENT_ADDRESS_BYTES];

	keyring_content_key(keyring, account, key);
	crypto_auth_hmacsha256_init(&address->state, key, sizeof(key));
	sodium_memzero(key, sizeof(key));
}

void content_address_add(struct content_address *address, struct bytes bytes)
{
	crypto_auth_hmacsha256_update(&address->state, bytes.data, bytes.length);
}

void content_address_end(struct content_address *address,
			 unsigned char ret_address[CONTENT_ADDRESS_BYTES])
{
	crypto_auth_hmacsha256_final(&address->state, ret_address);
	sodium_memzero(address, sizeof(*address));
}

void content_key_make(unsigned char ret_key[CONTENT_KEY_BYTES])
{
	crypto_aead_xchacha20poly1305_ietf_keygen(ret_key);
}

static void nonce_make(uint64_t number, bool is_last,
		       unsigned char ret_nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES])
{
	memset(ret_nonce, 0, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
	for (size_t i = 0; i < sizeof(number); i++)
		ret_nonce[i] = (unsigned char)(number >> (8 * i));
	ret_nonce[sizeof(number)] = is_last;
}

void content_piece_seal(const unsigned char key[CONTENT_KEY_BYTES], uint64_t number, bool is_last,
			struct bytes plain, unsigned char *ret_sealed)
{
	unsigned char nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];
	unsigned long long length;

	nonce_make(number, is_last, nonce);
	crypto_aead_xchacha20poly1305_ietf_encrypt(ret_sealed, &length, plain.data, plain.length,
						   NULL, 0, NULL, nonce, key);
	ensure(length == plain.length + CONTENT_PIECE_OVERHEAD);
}

bool content_piece_open(const unsigned char key[CONTENT_KEY_BYTES], uint64_t number, bool is_last,
			unsigned char *sealed, size_t length)
{
	unsigned char nonce[crypto_aead_xchacha20poly1305_ietf_NPUBBYTES];
	unsigned long long plain_length;

	nonce_make(number, is_last, nonce);
	return length >= CONTENT_PIECE_OVERHEAD &&
	       crypto_aead_xchacha20poly1305_ietf_decrypt(sealed, &plain_length, NULL, sealed,
							  length, NULL, 0, nonce, key) == 0;
}
