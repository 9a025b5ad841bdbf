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
/* 12 characters of the uid, the colon and 5 of the prefix, 33 of the body, 6 of the checksum: a
 * multiple of three, so that the key has no padding; and the 6 after the uid are fixed, so that 8
 * characters of its base64 are. */
#define API_KEY_PLAIN_LENGTH (UID_LENGTH + 1 + 5 + 33 + CREDENTIAL_CHECKSUM_LENGTH)

_Static_assert(API_KEY_PLAIN_LENGTH % 3 == 0, "no padding in the key");
_Static_assert(API_KEY_TEXT_LENGTH == API_KEY_PLAIN_LENGTH / 3 * 4, "base64");

static const struct {
	const char *tag;
	size_t bytes;
} kinds[CREDENTIAL_KIND_COUNT] = {
	[CREDENTIAL_CLIENT_ID] = {"_ci_", CLIENT_ID_BYTES},
	[CREDENTIAL_CLIENT_SECRET] = {"_cs_", CLIENT_SECRET_BYTES},
	[CREDENTIAL_API_TOKEN] = {"_at_", API_TOKEN_BYTES},
	[CREDENTIAL_API_KEY_PART] = {"ak", API_KEY_PART_BYTES},
	[CREDENTIAL_SESSION] = {"_se_", SESSION_BYTES},
	[CREDENTIAL_AUTHENTICATION_TOKEN] = {"_au_", SESSION_BYTES},
	[CREDENTIAL_PASSWORD_LINK] = {"_pl_", SESSION_BYTES},
	[CREDENTIAL_OPERATOR] = {"_op_", OPERATOR_CREDENTIAL_BYTES},
};

bool credential_prefix_is_valid(const char *prefix)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789";

	return strlen(prefix) == CREDENTIAL_PREFIX_LENGTH && prefix[0] >= 'a' && prefix[0] <= 'z' &&
	       prefix[strspn(prefix, letters)] == '\0';
}

const char *credential_tag(enum credential_kind kind)
{
	return kinds[kind].tag;
}

size_t credential_body_width(enum credential_kind kind)
{
	return base62_width(kinds[kind].bytes);
}

static size_t head_length(enum credential_kind kind)
{
	return CREDENTIAL_PREFIX_LENGTH + strlen(kinds[kind].tag);
}

size_t credential_length(enum credential_kind kind)
{
	return head_length(kind) + credential_body_width(kind) + CREDENTIAL_CHECKSUM_LENGTH;
}

void credential_encode(const char *prefix, enum credential_kind kind, const void *body,
		       char *ret_text)
{
	size_t head = head_length(kind), length = head + credential_body_width(kind);

	ensure(credential_prefix_is_valid(prefix) &&
	       credential_length(kind) <= CREDENTIAL_LENGTH_MAX);
	memcpy(ret_text, prefix, CREDENTIAL_PREFIX_LENGTH);
	memcpy(ret_text + CREDENTIAL_PREFIX_LENGTH, kinds[kind].tag,
	       head - CREDENTIAL_PREFIX_LENGTH);
	base62_encode(body, kinds[kind].bytes, ret_text + head);
	base62_crc32(ret_text, length, ret_text + length);
}

void credential_make(const char *prefix, enum credential_kind kind, char *ret_text)
{
	unsigned char body[BODY_MAX];

	ensure(kinds[kind].bytes <= sizeof(body));
	random_bytes(body, kinds[kind].bytes);
	credential_encode(prefix, kind, body, ret_text);
	sodium_memzero(body, sizeof(body));
}

static bool head_is_right(enum credential_kind kind, const char *text)
{
	const char prefix[] = {text[0], text[1], text[2], '\0'};

	return credential_prefix_is_valid(prefix) &&
	       strncmp(text + CREDENTIAL_PREFIX_LENGTH, kinds[kind].tag, strlen(kinds[kind].tag)) ==
		       0;
}

bool credential_decode(enum credential_kind kind, const char *text, void *ret_body)
{
	unsigned char body[BODY_MAX];
	char checksum[CREDENTIAL_CHECKSUM_LENGTH + 1];
	size_t head = head_length(kind), width = credential_body_width(kind), length = head + width;

	ensure(kinds[kind].bytes <= sizeof(body));
	if (strnlen(text, credential_length(kind) + 1) != credential_length(kind) ||
	    !head_is_right(kind, text))
		return false;
	base62_crc32(text, length, checksum);
	bool right = memcmp(checksum, text + length, CREDENTIAL_CHECKSUM_LENGTH) == 0 &&
		     base62_decode(text + head, width, body, kinds[kind].bytes);
	if (right && ret_body)
		memcpy(ret_body, body, kinds[kind].bytes);
	sodium_memzero(body, sizeof(body));
	return right;
}

bool credential_recognise(const char *text, enum credential_kind *ret_kind)
{
	for (int kind = 0; kind < CREDENTIAL_KIND_COUNT; kind++) {
		if (kind != CREDENTIAL_API_KEY_PART &&
		    credential_decode((enum credential_kind)kind, text, NULL)) {
			*ret_kind = (enum credential_kind)kind;
			return true;
		}
	}
	return false;
}

void api_key_make(const char *prefix, const char uid[12], char ret_key[API_KEY_TEXT_MAX])
{
	char plain[UID_LENGTH + 1 + CREDENTIAL_LENGTH_MAX + 1];

	memcpy(plain, uid, UID_LENGTH);
	plain[UID_LENGTH] = ':';
	credential_make(prefix, CREDENTIAL_API_KEY_PART, plain + UID_LENGTH + 1);
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
		     credential_decode(CREDENTIAL_API_KEY_PART, plain + UID_LENGTH + 1, NULL);
	if (right) {
		memcpy(ret_uid, plain, UID_LENGTH);
		ret_uid[UID_LENGTH] = '\0';
	}
	sodium_memzero(plain, sizeof(plain));
	return right;
}
