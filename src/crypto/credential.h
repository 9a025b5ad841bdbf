/* credential.h – the form of everything secret this server hands out.
 *
 *   grf_cs_<base62 body><six base62 digits: CRC32 of all before>
 *
 * The first three characters are the installation's (--credential-prefix), the rest of the prefix is the kind's. A scanner
 * recognises the prefix, checks the checksum offline and reports only real finds; this server refuses garbage without a
 * look-up. Bodies are base62, so a double click selects the whole. */
#ifndef GREFFIER_CRYPTO_CREDENTIAL_H
#define GREFFIER_CRYPTO_CREDENTIAL_H

#include <stdbool.h>
#include <stddef.h>

#define CREDENTIAL_PREFIX_LENGTH 3 /* a lower-case letter and two lower-case letters or digits */
#define CREDENTIAL_PREFIX_DEFAULT "grf"
#define CREDENTIAL_CHECKSUM_LENGTH 6
#define CREDENTIAL_LENGTH_MAX 200

#define CLIENT_ID_BYTES 16
#define CLIENT_SECRET_BYTES 32
#define API_TOKEN_BYTES 67 /* access/credentials/token.c says which */
#define API_KEY_PART_BYTES 24
#define SESSION_BYTES 24
#define OPERATOR_CREDENTIAL_BYTES 32

enum credential_kind {
	CREDENTIAL_CLIENT_ID,            /* _ci_ */
	CREDENTIAL_CLIENT_SECRET,        /* _cs_ */
	CREDENTIAL_API_TOKEN,            /* _at_ */
	CREDENTIAL_API_KEY_PART,         /* ak: the part of an API key after the colon */
	CREDENTIAL_SESSION,              /* _se_: value of the session cookie */
	CREDENTIAL_AUTHENTICATION_TOKEN, /* _au_: exchanged for a session */
	CREDENTIAL_PASSWORD_LINK,        /* _pl_: in a mail */
	CREDENTIAL_OPERATOR,             /* _op_: an operator's, for leak reports */
	CREDENTIAL_KIND_COUNT
};

bool credential_prefix_is_valid(const char *prefix);
/* What follows the installation's prefix: "_ci_". */
const char *credential_tag(enum credential_kind kind);
/* Characters of base62 between prefix and checksum, and all together. */
size_t credential_body_width(enum credential_kind kind);
size_t credential_length(enum credential_kind kind);

/* Writes prefix, body and checksum; `ret_text` needs CREDENTIAL_LENGTH_MAX + 1 bytes. */
void credential_encode(const char *prefix, enum credential_kind kind, const void *body, char *ret_text);
/* The same with random bytes. */
void credential_make(const char *prefix, enum credential_kind kind, char *ret_text);
/* True when form and checksum are right, whichever installation's prefix it has; the body's bytes go to `ret_body` (may be
 * NULL). */
bool credential_decode(enum credential_kind kind, const char *text, void *ret_body);
/* Which kind a text is of, checksum included. Not for API keys: api_key_parse. */
bool credential_recognise(const char *text, enum credential_kind *ret_kind);

/* API keys are base64 of `<user uid>:<secret>`, because the vendor's SDKs decode them so. The uid has 12
 * characters and becomes 16 of base64; `:grfak` becomes the next 8, the same in every key: `OmdyZmFr`. */
#define API_KEY_TEXT_MAX 128
#define API_KEY_TEXT_LENGTH 76
void api_key_make(const char *prefix, const char uid[12], char ret_key[API_KEY_TEXT_MAX]);
/* True when it is base64 of the right form with a right checksum; `ret_uid` gets the uid and a NUL. */
bool api_key_parse(const char *key, char ret_uid[13]);

#endif
