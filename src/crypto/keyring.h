/* keyring.h – the key-encryption key, the data key that it protects, and the keys derived from
 * the data key.
 *
 * The key-encryption key lives outside the database, in a file of mode 0600 with 64 hexadecimal
 * digits that is made at the first start. It is used only to open the data key, which is stored
 * sealed in the database. It can therefore be changed without re-encrypting anything else
 * (access/credentials/installation_keys.h).
 *
 * Each use of the data key has its own subkey (libsodium's crypto_kdf), so that no two uses
 * share key material. Once the data key is open, a keyring is read-only and may be used by all
 * threads. */
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
#define AUDIT_MAC_BYTES 32
#define VERSION_MAC_BYTES 16

/* Opens the key file. Makes it first when it does not exist and `may_create` is true. Refuses a
 * file that other users may read, and one that does not hold 64 hexadecimal digits. Fails with
 * ERROR_CONFIGURATION, which says what to do. */
struct keyring *keyring_open(const char *path, bool may_create, struct error *err);
struct keyring *keyring_from_key(const unsigned char key[32]); /* for tests: also the data key */
void keyring_free(struct keyring *keyring); /* wipes */
DEFINE_SCOPED(keyring, keyring_free)

/* The data key. One of the following three functions must be called before any function below
 * them. */
/* Makes a new data key and returns it sealed, ready for the database. */
struct bytes keyring_make_data_key(struct keyring *keyring, struct arena *arena);
/* Uses the key-encryption key as the data key. Installations of version 0.1 had no data key;
 * whatever they derived from their key file stays valid. Returns the data key sealed. */
struct bytes keyring_keep_as_data_key(struct keyring *keyring, struct arena *arena);
/* Opens a sealed data key. Returns false when this key-encryption key does not fit. */
MUST_CHECK bool keyring_open_data_key(struct keyring *keyring, struct bytes sealed);
/* Seals the data key of `keyring` with the key-encryption key of `other`. */
struct bytes keyring_seal_data_key(const struct keyring *keyring, const struct keyring *other,
				   struct arena *arena);

/* The first three characters of the credentials that this installation issues
 * (crypto/credential.h). */
const char *keyring_credential_prefix(const struct keyring *keyring);
void keyring_set_credential_prefix(struct keyring *keyring, const char *prefix);

/* Hashes client secrets and API keys for storage: BLAKE2b-256 under a subkey. They have at least
 * 190 random bits, so no slow hash is needed. Compare hashes only with keyed_hash_equal. */
void keyring_hash(const struct keyring *keyring, const void *data, size_t length,
		  unsigned char ret_hash[KEYED_HASH_BYTES]);
bool keyed_hash_equal(const unsigned char a[KEYED_HASH_BYTES], const unsigned char b[KEYED_HASH_BYTES]);

/* Authenticates API tokens: BLAKE2b-128 under a separate subkey. */
void keyring_mac(const struct keyring *keyring, const void *data, size_t length,
		 unsigned char ret_mac[MAC_BYTES]);
bool keyring_mac_is(const struct keyring *keyring, const void *data, size_t length,
		    const unsigned char mac[MAC_BYTES]); /* constant time */

/* Links the entries of the audit log: BLAKE2b-256 under a separate subkey. */
void keyring_audit_mac(const struct keyring *keyring, struct bytes entry,
		       unsigned char ret_mac[AUDIT_MAC_BYTES]);

/* Makes the versions (ETags) of resources: BLAKE2b-128 under a separate subkey
 * (access/version.h). */
void keyring_version_mac(const struct keyring *keyring, struct bytes part,
			 unsigned char ret_mac[VERSION_MAC_BYTES]);

/* The key under which contents of the account have their addresses (crypto/content.h): HMAC-SHA-256 of the account under a
 * subkey of its own. */
void keyring_content_key(const struct keyring *keyring, const char *account, unsigned char ret_key[32]);

/* Encrypts a value that must be readable later (XChaCha20-Poly1305): API keys, callback keys,
 * signing secrets. `context` says where the value is stored ("endpoint.key:<account>:<id>") and
 * is authenticated, so that a value copied to another row does not open. The result lives in
 * `arena`. */
struct bytes keyring_seal(const struct keyring *keyring, struct arena *arena, const char *context,
			  struct bytes plain);
/* Decrypts a sealed value into `arena`. Fails with ERROR_UNEXPECTED when key or context differ;
 * the error text names the context, never the value. */
MUST_CHECK bool keyring_unseal(const struct keyring *keyring, struct arena *arena, const char *context,
			       struct bytes sealed, struct bytes *ret_plain, struct error *err);

#endif
