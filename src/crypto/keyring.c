/* keyring.c – one key in a file, one in the database, a subkey for each use. */
#include "crypto/keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ensure.h"
#include "crypto/credential.h"
#include "crypto/digest.h"

#define KEY_BYTES 32
#define KEY_TEXT_LENGTH 64
#define SEAL_VERSION 1
#define SEAL_OVERHEAD \
	(1 + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + \
	 crypto_aead_xchacha20poly1305_ietf_ABYTES)

#define DATA_KEY_CONTEXT "installation.data_key"

enum {
	SUBKEY_HASH = 1,
	SUBKEY_MAC,
	SUBKEY_SEAL,
	SUBKEY_AUDIT,
	SUBKEY_WRAP, /* of the key-encryption key: all others are the data key's */
	SUBKEY_VERSION,
	SUBKEY_CONTENT,
};

struct keyring {
	unsigned char key[KEY_BYTES];  /* the key-encryption key */
	unsigned char wrap[KEY_BYTES]; /* seals the data key */
	unsigned char data[KEY_BYTES]; /* the data key */
	unsigned char hash[KEY_BYTES], mac[KEY_BYTES], seal[KEY_BYTES], audit[KEY_BYTES];
	unsigned char version[KEY_BYTES], content[KEY_BYTES];
	char prefix[CREDENTIAL_PREFIX_LENGTH + 1];
};

static void subkey_derive(unsigned char subkey[KEY_BYTES], uint64_t number,
			  const unsigned char key[KEY_BYTES])
{
	static const char context[crypto_kdf_CONTEXTBYTES] = {'g', 'r', 'e', 'f',
							      'f', 'i', 'e', 'r'};
	crypto_kdf_derive_from_key(subkey, KEY_BYTES, number, context, key);
}

static struct keyring *keyring_new(const unsigned char key[KEY_BYTES])
{
	/* sodium_malloc: pages of its own, locked, left out of core dumps, with a guard behind
	 * them. Where the system lets nothing be locked (RLIMIT_MEMLOCK) all but that holds. */
	ensure(sodium_init() >= 0);
	struct keyring *keyring = sodium_malloc(sizeof(*keyring));

	ensure(keyring);
	sodium_memzero(keyring, sizeof(*keyring));
	memcpy(keyring->key, key, KEY_BYTES);
	subkey_derive(keyring->wrap, SUBKEY_WRAP, key);
	memcpy(keyring->prefix, CREDENTIAL_PREFIX_DEFAULT, sizeof(keyring->prefix));
	return keyring;
}

static void data_key_use(struct keyring *keyring, const unsigned char key[KEY_BYTES])
{
	memcpy(keyring->data, key, KEY_BYTES);
	subkey_derive(keyring->hash, SUBKEY_HASH, key);
	subkey_derive(keyring->mac, SUBKEY_MAC, key);
	subkey_derive(keyring->seal, SUBKEY_SEAL, key);
	subkey_derive(keyring->audit, SUBKEY_AUDIT, key);
	subkey_derive(keyring->version, SUBKEY_VERSION, key);
	subkey_derive(keyring->content, SUBKEY_CONTENT, key);
}

struct keyring *keyring_from_key(const unsigned char key[32])
{
	struct keyring *keyring = keyring_new(key);
	data_key_use(keyring, key);
	return keyring;
}

void keyring_free(struct keyring *keyring)
{
	if (!keyring)
		return;
	sodium_free(keyring); /* wipes */
}

/* The name must be durable too, or a crash leaves a database whose key is gone. */
static bool folder_sync(const char *path)
{
	char *copy = strdup(path);
	ensure(copy);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	if (fd < 0)
		return false;
	bool synced = fsync(fd) == 0 || errno == EINVAL; /* EINVAL: it cannot and need not be */
	close(fd);
	return synced;
}

static bool key_file_make(const char *path, struct error *err)
{
	unsigned char key[KEY_BYTES];
	char text[KEY_TEXT_LENGTH + 2];

	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 && errno == EEXIST) /* somebody else was first: that one is the key */
		return true;
	if (fd < 0)
		return error_set(err, ERROR_CONFIGURATION, "cannot make the key file %s: %s", path,
				 strerror(errno));
	randombytes_buf(key, sizeof(key));
	sodium_bin2hex(text, sizeof(text), key, sizeof(key));
	text[KEY_TEXT_LENGTH] = '\n';
	bool written = write(fd, text, KEY_TEXT_LENGTH + 1) == KEY_TEXT_LENGTH + 1 &&
		       fsync(fd) == 0;
	close(fd);
	sodium_memzero(key, sizeof(key));
	sodium_memzero(text, sizeof(text));
	if (!written || !folder_sync(path)) {
		unlink(path);
		return error_set(err, ERROR_CONFIGURATION,
				 "cannot write the key file %s: the disk or its folder refuses",
				 path);
	}
	return true;
}

static bool key_parse(const char *text, size_t length, unsigned char key[KEY_BYTES])
{
	size_t decoded;

	if (length > 0 && text[length - 1] == '\n')
		length--;
	if (length > 0 && text[length - 1] == '\r')
		length--;
	return length == KEY_TEXT_LENGTH &&
	       sodium_hex2bin(key, KEY_BYTES, text, length, NULL, &decoded, NULL) == 0 &&
	       decoded == KEY_BYTES;
}

static bool key_file_read(const char *path, unsigned char key[KEY_BYTES], struct error *err)
{
	char text[KEY_TEXT_LENGTH + 3]; /* the end of a line, and one byte that is too much */
	struct stat facts;

	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &facts) != 0) {
		int why = errno;
		if (fd >= 0)
			close(fd);
		return error_set(err, ERROR_CONFIGURATION, "cannot read the key file %s: %s", path,
				 strerror(why));
	}
	ssize_t length = read(fd, text, sizeof(text));
	close(fd);
	bool ok = true;
	if (facts.st_mode & (S_IRWXG | S_IRWXO))
		ok = error_set(
			err, ERROR_CONFIGURATION,
			"other users can read the key file %s: run chmod 600 and treat the key as compromised",
			path);
	else if (length < 0 || !key_parse(text, (size_t)length, key))
		ok = error_set(err, ERROR_CONFIGURATION,
			       "the key file %s does not hold 64 hexadecimal digits", path);
	sodium_memzero(text, sizeof(text));
	return ok;
}

struct keyring *keyring_open(const char *path, bool may_create, struct error *err)
{
	unsigned char key[KEY_BYTES];

	if (may_create && access(path, F_OK) != 0 && !key_file_make(path, err))
		return NULL;
	struct keyring *keyring = key_file_read(path, key, err) ? keyring_new(key) : NULL;
	sodium_memzero(key, sizeof(key));
	return keyring;
}

void keyring_hash(const struct keyring *keyring, const void *data, size_t length,
		  unsigned char ret_hash[KEYED_HASH_BYTES])
{
	crypto_generichash(ret_hash, KEYED_HASH_BYTES, data, length, keyring->hash, KEY_BYTES);
}

bool keyed_hash_equal(const unsigned char a[KEYED_HASH_BYTES],
		      const unsigned char b[KEYED_HASH_BYTES])
{
	return sodium_memcmp(a, b, KEYED_HASH_BYTES) == 0;
}

void keyring_mac(const struct keyring *keyring, const void *data, size_t length,
		 unsigned char ret_mac[MAC_BYTES])
{
	crypto_generichash(ret_mac, MAC_BYTES, data, length, keyring->mac, KEY_BYTES);
}

bool keyring_mac_is(const struct keyring *keyring, const void *data, size_t length,
		    const unsigned char mac[MAC_BYTES])
{
	unsigned char right[MAC_BYTES];

	keyring_mac(keyring, data, length, right);
	return sodium_memcmp(right, mac, MAC_BYTES) == 0;
}

void keyring_audit_mac(const struct keyring *keyring, struct bytes entry,
		       unsigned char ret_mac[AUDIT_MAC_BYTES])
{
	crypto_generichash(ret_mac, AUDIT_MAC_BYTES, entry.data, entry.length, keyring->audit,
			   KEY_BYTES);
}

void keyring_version_mac(const struct keyring *keyring, struct bytes part,
			 unsigned char ret_mac[VERSION_MAC_BYTES])
{
	crypto_generichash(ret_mac, VERSION_MAC_BYTES, part.data, part.length, keyring->version,
			   KEY_BYTES);
}

void keyring_content_key(const struct keyring *keyring, const char *account,
			 unsigned char ret_key[32])
{
	hmac_sha256((struct bytes){keyring->content, KEY_BYTES},
		    (struct bytes){(const unsigned char *)account, strlen(account)}, ret_key);
}

const char *keyring_credential_prefix(const struct keyring *keyring)
{
	return keyring->prefix;
}

void keyring_set_credential_prefix(struct keyring *keyring, const char *prefix)
{
	ensure(credential_prefix_is_valid(prefix));
	memcpy(keyring->prefix, prefix, sizeof(keyring->prefix));
}

/* version 1 | nonce | ciphertext and tag; the context is authenticated, not stored. */
static struct bytes seal(const unsigned char key[KEY_BYTES], struct arena *arena,
			 const char *context, struct bytes plain)
{
	unsigned char *sealed = arena_alloc(arena, plain.length + SEAL_OVERHEAD);
	unsigned char *nonce = sealed + 1;
	unsigned char *text = nonce + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
	unsigned long long length;

	sealed[0] = SEAL_VERSION;
	randombytes_buf(nonce, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(text, &length, plain.data, plain.length,
						   (const unsigned char *)context, strlen(context),
						   NULL, nonce, key);
	return (struct bytes){sealed, plain.length + SEAL_OVERHEAD};
}

static bool unseal(const unsigned char key[KEY_BYTES], struct arena *arena, const char *context,
		   struct bytes sealed, struct bytes *ret_plain)
{
	const size_t head = 1 + crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;

	if (sealed.length < SEAL_OVERHEAD || sealed.data[0] != SEAL_VERSION)
		return false;
	unsigned char *plain = arena_alloc(arena, sealed.length - SEAL_OVERHEAD + 1);
	unsigned long long length;
	if (crypto_aead_xchacha20poly1305_ietf_decrypt(
		    plain, &length, NULL, sealed.data + head, sealed.length - head,
		    (const unsigned char *)context, strlen(context), sealed.data + 1, key) != 0)
		return false;
	*ret_plain = (struct bytes){plain, (size_t)length};
	return true;
}

struct bytes keyring_seal(const struct keyring *keyring, struct arena *arena, const char *context,
			  struct bytes plain)
{
	return seal(keyring->seal, arena, context, plain);
}

bool keyring_unseal(const struct keyring *keyring, struct arena *arena, const char *context,
		    struct bytes sealed, struct bytes *ret_plain, struct error *err)
{
	return unseal(keyring->seal, arena, context, sealed, ret_plain) ||
	       error_set(err, ERROR_UNEXPECTED, "%s: does not open with this installation's key",
			 context);
}

struct bytes keyring_seal_data_key(const struct keyring *keyring, const struct keyring *other,
				   struct arena *arena)
{
	return seal(other->wrap, arena, DATA_KEY_CONTEXT, (struct bytes){keyring->data, KEY_BYTES});
}

struct bytes keyring_make_data_key(struct keyring *keyring, struct arena *arena)
{
	unsigned char key[KEY_BYTES];

	randombytes_buf(key, sizeof(key));
	data_key_use(keyring, key);
	sodium_memzero(key, sizeof(key));
	return keyring_seal_data_key(keyring, keyring, arena);
}

struct bytes keyring_keep_as_data_key(struct keyring *keyring, struct arena *arena)
{
	data_key_use(keyring, keyring->key);
	return keyring_seal_data_key(keyring, keyring, arena);
}

bool keyring_open_data_key(struct keyring *keyring, struct bytes sealed)
{
	scoped(arena) struct arena *arena = arena_new();
	struct bytes key;

	if (!unseal(keyring->wrap, arena, DATA_KEY_CONTEXT, sealed, &key) ||
	    key.length != KEY_BYTES)
		return false;
	data_key_use(keyring, key.data);
	explicit_bzero((void *)(uintptr_t)key.data, key.length);
	return true;
}
