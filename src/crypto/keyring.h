/* keyring.h – the key-encryption key and what is derived from it.
 *
 * The key lives outside the database: a file of mode 0600 with 64 hexadecimal digits, made at first start.
 * Every use has its own subkey (libsodium's crypto_kdf), so that no two uses share key material. A keyring
 * is read-only once open and may be used by all threads. */
#ifndef GREFFIER_CRYPTO_KEYRING_H
#define GREFFIER_CRYPTO_KEYRING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

struct keyring;

#define KEYED_HASH_BYTES 32
#define MAC_BYTES 16

/* Opens the key file; makes it first when it is not there and `may_create`. Refuses a file that others may
 * read, or that is not 64 hexadecimal digits (ERROR_CONFIGURATION, saying what to do). */
struct keyring *keyring_open(const char *path, bool may_create, struct error *err);
struct keyring *keyring_from_key(const unsigned char key[32]); /* for tests */
void keyring_free(struct keyring *keyring); /* wipes */
DEFINE_SCOPED(keyring, keyring_free)

/* What client secrets and API keys are stored as: BLAKE2b-256 under a subkey. They have 190 random bits
 * and more, so no slow hash is needed. Compare with keyed_hash_equal only. */
void keyring_hash(const struct keyring *keyring, const void *data, size_t length,
		  unsigned char ret_hash[KEYED_HASH_BYTES]);
bool keyed_hash_equal(const unsigned char a[KEYED_HASH_BYTES], const unsigned char b[KEYED_HASH_BYTES]);

/* Authenticates API tokens: BLAKE2b-128 under a subkey of its own. */
void keyring_mac(const struct keyring *keyring, const void *data, size_t length,
		 unsigned char ret_mac[MAC_BYTES]);
bool keyring_mac_is(const struct keyring *keyring, const void *data, size_t length,
		    const unsigned char mac[MAC_BYTES]); /* constant time */

/* Sealing (XChaCha20-Poly1305) of what must be read back: API keys, callback keys, signing secrets.
 * `context` says where the sealed value belongs ("endpoint.key:<account>:<id>") and is authenticated: a
 * value moved to another row does not open. The result lives in `arena`. */
struct bytes keyring_seal(const struct keyring *keyring, struct arena *arena, const char *context,
			  struct bytes plain);
/* ERROR_UNEXPECTED when it was not sealed with this key and context: the text names the context, never the value. */
MUST_CHECK bool keyring_unseal(const struct keyring *keyring, struct arena *arena, const char *context,
			       struct bytes sealed, struct bytes *ret_plain, struct error *err);

#endif
