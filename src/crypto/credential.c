/* credential.c – prefix, body, checksum. */
#include "crypto/credential.h"

#include <sodium.h>
#include <string.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "base/text.h"
#include "crypto/random.h"

#define BODY_MAX 128
#define UID_LENGTH 12
#define API_KEY_BODY_BYTES 24
/* 12 characters of the uid, the colon and 5 of the prefix, 33 of the body, 6 of the checksum: a
 * multiple of three, so that the key has no padding; and the 6 after the uid are fixed, so that 8
 * characters of its base64 are. */
#define API_KEY_PLAIN_LENGTH (UID_LENGTH + 1 + 5 + 33 + CREDENTIAL_CHECKSUM_LENGTH)
#define API_KEY_TEXT_LENGTH ((size_t)API_KEY_PLAIN_LENGTH / 3 * 4)

_Static_assert(API_KEY_PLAIN_LENGTH % 3 == 0, "no padding in the key");

static const char *const prefixes[CREDENTIAL_KIND_COUNT] = {
	[CREDENTIAL_CLIENT_ID] = "grf_ci_",
	[CREDENTIAL_CLIENT_SECRET] = "grf_cs_",
	[CREDENTIAL_API_TOKEN] = "grf_at_",
	[CREDENTIAL_API_KEY_PART] = "grfak",
};

const char *credential_prefix(enum credential_kind kind)
{
	return prefixes[kind];
}

void credential_encode(enum credential_kind kind, const void *body, size_t body_length,
		       char *ret_text)
{
	size_t prefix_length = strlen(prefixes[kind]);
	size_t length = prefix_length + base62_width(body_length);

	ensure(length + CREDENTIAL_CHECKSUM_LENGTH <= CREDENTIAL_LENGTH_MAX);
	memcpy(ret_text, prefixes[kind], prefix_length);
	base62_encode(body, body_length, ret_text + prefix_length);
	base62_crc32(ret_text, length, ret_text + length);
}

void credential_make(enum credential_kind kind, size_t body_length, char *ret_text)
{
	unsigned char body[BODY_MAX];

	ensure(body_length <= sizeof(body));
	random_bytes(body, body_length);
	credential_encode(kind, body, body_length, ret_text);
	sodium_memzero(body, sizeof(body));
}

bool credential_decode(enum credential_kind kind, const char *text, void *ret_body,
		       size_t body_length)
{
	unsigned char body[BODY_MAX];
	char checksum[CREDENTIAL_CHECKSUM_LENGTH + 1];
	size_t prefix_length = strlen(prefixes[kind]), width = base62_width(body_length);
	size_t length = prefix_length + width;

	ensure(body_length <= sizeof(body));
	if (strnlen(text, length + CREDENTIAL_CHECKSUM_LENGTH + 1) !=
		    length + CREDENTIAL_CHECKSUM_LENGTH ||
	    strncmp(text, prefixes[kind], prefix_length) != 0)
		return false;
	base62_crc32(text, length, checksum);
	bool right = memcmp(checksum, text + length, CREDENTIAL_CHECKSUM_LENGTH) == 0 &&
		     base62_decode(text + prefix_length, width, body, body_length);
	if (right && ret_body)
		memcpy(ret_body, body, body_length);
	sodium_memzero(body, sizeof(body));
	return right;
}

void api_key_make(const char uid[12], char ret_key[API_KEY_TEXT_MAX])
{
	char plain[UID_LENGTH + 1 + CREDENTIAL_LENGTH_MAX + 1];

	memcpy(plain, uid, UID_LENGTH);
	plain[UID_LENGTH] = ':';
	credential_make(CREDENTIAL_API_KEY_PART, API_KEY_BODY_BYTES, plain + UID_LENGTH + 1);
	size_t length = strlen(plain);
	ensure(length == API_KEY_PLAIN_LENGTH);
	sodium_bin2base64(ret_key, API_KEY_TEXT_MAX, (const unsigned char *)plain, length,
			  sodium_base64_VARIANT_ORIGINAL);
	sodium_memzero(plain, sizeof(plain));
}

bool api_key_parse(const char *key, char ret_uid[13])
{
	char plain[API_KEY_PLAIN_LENGTH + 1] = "";
	size_t length;

	/* libsodium 1.0.18 reads bytes from 0x80 up as the digit `/`, but that digit never stands
	 * in base64 of letters, digits and a colon: what it decodes to is refused below. */
	bool right = strnlen(key, API_KEY_TEXT_LENGTH + 1) == API_KEY_TEXT_LENGTH &&
		     sodium_base642bin((unsigned char *)plain, API_KEY_PLAIN_LENGTH, key,
				       API_KEY_TEXT_LENGTH, NULL, &length, NULL,
				       sodium_base64_VARIANT_ORIGINAL) == 0 &&
		     length == API_KEY_PLAIN_LENGTH &&
		     strspn(plain, base62_alphabet) == UID_LENGTH && plain[UID_LENGTH] == ':' &&
		     credential_decode(CREDENTIAL_API_KEY_PART, plain + UID_LENGTH + 1, NULL,
				       API_KEY_BODY_BYTES);
	if (right) {
		memcpy(ret_uid, plain, UID_LENGTH);
		ret_uid[UID_LENGTH] = '\0';
	}
	sodium_memzero(plain, sizeof(plain));
	return right;
}
