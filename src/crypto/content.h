/* content.h – addresses and sealing of documents' contents.
 *
 * The address of a content is the HMAC-SHA-256 (RFC 2104) of its bytes under a key of its
 * account. Equal contents of one account have one address, and nobody can tell whether two
 * accounts hold the same content.
 *
 * Each stored content has a random key and is sealed in pieces (XChaCha20-Poly1305). The nonce
 * contains the piece's number and whether it is the last one, so that a moved, repeated or
 * missing piece does not open. A key seals each number once. */
#ifndef GREFFIER_CRYPTO_CONTENT_H
#define GREFFIER_CRYPTO_CONTENT_H

#include <sodium.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "crypto/keyring.h"

#define CONTENT_ADDRESS_BYTES 32
#define CONTENT_KEY_BYTES 32
#define CONTENT_PIECE_OVERHEAD 16

/* An unfinished address. Contains key material, which content_address_end wipes. */
struct content_address {
	crypto_auth_hmacsha256_state state;
};
void content_address_start(struct content_address *address, const struct keyring *keyring, const char *account);
void content_address_add(struct content_address *address, struct bytes bytes);
void content_address_end(struct content_address *address, unsigned char ret_address[CONTENT_ADDRESS_BYTES]);

void content_key_make(unsigned char ret_key[CONTENT_KEY_BYTES]);

/* Seals a piece. Writes plain.length + CONTENT_PIECE_OVERHEAD bytes; `ret_sealed` may be
 * plain.data. */
void content_piece_seal(const unsigned char key[CONTENT_KEY_BYTES], uint64_t number, bool is_last,
			struct bytes plain, unsigned char *ret_sealed);
/* Opens a piece in place. Returns false when it is not that piece under that key. */
MUST_CHECK bool content_piece_open(const unsigned char key[CONTENT_KEY_BYTES], uint64_t number, bool is_last,
				   unsigned char *sealed, size_t length);

#endif
