/* keyring.h – the key-encryption key, the data key it opens, and what is derived from that.
 *
 * The key-encryption key lives outside the database: a file of mode 0600 with 64 hexadecimal digits, made at first start.
 * It does one thing: open the data key, which lies sealed in the database. So it can be changed without touching anything
 * else (access/credentials/installation_keys.h). Every use of the data key has its own subkey (libsodium's crypto_kdf), so that no two
 * uses share key material. A keyring is read-only once its data key is there and may then be used by all threads. */
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

/* Opens the key file; makes it first when it is not there and `may_create`. Refuses a file that others may
 * read, or that is not 64 hexadecimal digits (ERROR_CONFIGURATION, saying what to do). */
struct keyring *keyring_open(const char *path, bool may_create, struct error *err);
struct keyring *keyring_from_key(const unsigned char key[32]); /* for tests: the data key too */
void keyring_free(struct keyring *keyring); /* wipes */
DEFINE_SCOPED(keyring, keyring_free)

/* The data key. One of these three must come before anything below. */
/* A new one: returns it sealed, for the database. */
struct bytes keyring_make_data_key(struct keyring *keyring, struct arena *arena);
/* Installations of version 0.1 had none: what they derived from their key file stays valid. Returns it sealed. */
struct bytes keyring_keep_as_data_key(struct keyring *keyring, struct arena *arena);
/* False when this key-encryption key does not open it. */
MUST_CHECK bool keyring_open_data_key(struct keyring *keyring, struct bytes sealed);
/* The data key of `keyring`, sealed with the key-encryption key of `other`. */
struct bytes keyring_seal_data_key(const struct keyring *keyring, const struct keyring *other,
				   struct arena *arena);

/* The first three characters of the credentials this installation makes (crypto/credential.h). */
const char *keyring_credential_prefix(const struct keyring *keyring);
void keyring_set_credential_prefix(struct keyring *keyring, const char *prefix);

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

/* Links the entries of the audit log: BLAKE2b-256 under a subkey of its own. */
void keyring_audit_mac(const struct keyring *keyring, struct bytes entry,
		       unsigned char ret_mac[AUDIT_MAC_BYTES]);

/* What versions of resources are made of (access/version.h): BLAKE2b-128 under a subkey of its own. */
void keyring_version_mac(const struct keyring *keyring, struct bytes part,
			 unsigned char ret_mac[VERSION_MAC_BYTES]);

/* The key under which contents of the account have their addresses (crypto/content.h): HMAC-SHA-256 of the account under a
 * subkey of its own. */
void keyring_content_key(const struct keyring *keyring, const char *account, unsigned char ret_key[32]);

/* Sealing (XChaCha20-Poly1305) of what must be read back: API keys, callback keys, signing secrets.
 * `context` says where the sealed value belongs ("endpoint.key:<account>:<id>") and is authenticated: a
 * value moved to another row does not open. The result lives in `arena`. */
struct bytes keyring_seal(const struct keyring *keyring, struct arena *arena, const char *context,
			  struct bytes plain);
/* ERROR_UNEXPECTED when it was not sealed with this key and context: the text names the context, never the value. */
MUST_CHECK bool keyring_unseal(const struct keyring *keyring, struct arena *arena, const char *context,
			       struct bytes sealed, struct bytes *ret_plain, struct error *err);

#endif
