/* credential.h – the form of everything secret this server hands out.
 *
 *   grf_cs_<base62 body><six base62 digits: CRC32 of all before>
 *
 * A scanner recognises the prefix, checks the checksum offline and reports only real finds; this server
 * refuses garbage without a look-up. Bodies are base62, so a double click selects the whole. */
#ifndef GREFFIER_CRYPTO_CREDENTIAL_H
#define GREFFIER_CRYPTO_CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>

#define CREDENTIAL_CHECKSUM_LENGTH 6
#define CREDENTIAL_LENGTH_MAX 200

enum credential_kind {
	CREDENTIAL_CLIENT_ID,     /* grf_ci_ 16 bytes */
	CREDENTIAL_CLIENT_SECRET, /* grf_cs_ 32 bytes */
	CREDENTIAL_API_TOKEN,     /* grf_at_ the token's own bytes: access/token.h */
	CREDENTIAL_API_KEY_PART,  /* grfak 24 bytes: the part of an API key after the colon */
	CREDENTIAL_KIND_COUNT
};

const char *credential_prefix(enum credential_kind kind);

/* Writes prefix, body and checksum; `ret_text` needs CREDENTIAL_LENGTH_MAX + 1 bytes. */
void credential_encode(enum credential_kind kind, const void *body, size_t body_length, char *ret_text);
/* The same with `body_length` random bytes. */
void credential_make(enum credential_kind kind, size_t body_length, char *ret_text);
/* True when prefix, width and checksum are right; the body's bytes go to `ret_body` (may be NULL). */
bool credential_decode(enum credential_kind kind, const char *text, void *ret_body, size_t body_length);

/* API keys are base64 of `<user uid>:<secret>`, because the vendor's SDKs decode them so. The uid has 12
 * characters and becomes 16 of base64; `:grfak` becomes the next 8, the same in every key: `OmdyZmFr`. */
#define API_KEY_TEXT_MAX 128
void api_key_make(const char uid[12], char ret_key[API_KEY_TEXT_MAX]);
/* True when it is base64 of the right form with a right checksum; `ret_uid` gets the uid and a NUL. */
bool api_key_parse(const char *key, char ret_uid[13]);

#endif
