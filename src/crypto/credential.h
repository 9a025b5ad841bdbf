/* credential.h – the text form of every secret that this server issues.
 *
 *   grf_cs_<base62 body><six base62 digits: CRC32 of all before>
 *
 * The first three characters belong to the installation (--credential-prefix), the rest of the
 * prefix to the kind of credential. A scanner recognises the prefix and verifies the checksum
 * offline, so it reports real finds only. This server refuses malformed credentials without a
 * database query. Bodies are base62, so that a double click selects the whole credential. */
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
#define API_TOKEN_BYTES 67 /* see access/credentials/token.c for its parts */
#define API_KEY_PART_BYTES 24
#define SESSION_BYTES 24
#define OPERATOR_CREDENTIAL_BYTES 32

enum credential_kind {
	CREDENTIAL_CLIENT_ID,            /* _ci_ */
	CREDENTIAL_CLIENT_SECRET,        /* _cs_ */
	CREDENTIAL_API_TOKEN,            /* _at_ */
	CREDENTIAL_API_KEY_PART,         /* "ak": the part of an API key after the colon */
	CREDENTIAL_SESSION,              /* _se_: value of the session cookie */
	CREDENTIAL_AUTHENTICATION_TOKEN, /* _au_: can be exchanged for a session */
	CREDENTIAL_PASSWORD_LINK,        /* _pl_: sent in a mail */
	CREDENTIAL_OPERATOR,             /* _op_: lets an operator report leaks */
	CREDENTIAL_KIND_COUNT
};

bool credential_prefix_is_valid(const char *prefix);
/* Returns the part after the installation's prefix, such as "_ci_". */
const char *credential_tag(enum credential_kind kind);
/* Number of base62 characters between prefix and checksum, and length of the whole credential. */
size_t credential_body_width(enum credential_kind kind);
size_t credential_length(enum credential_kind kind);

/* Writes prefix, body and checksum. `ret_text` needs CREDENTIAL_LENGTH_MAX + 1 bytes. */
void credential_encode(const char *prefix, enum credential_kind kind, const void *body, char *ret_text);
/* Does the same with a random body. */
void credential_make(const char *prefix, enum credential_kind kind, char *ret_text);
/* Checks form and checksum and accepts the prefix of any installation. Writes the bytes of the
 * body to `ret_body`, which may be NULL. Returns false for anything else. */
bool credential_decode(enum credential_kind kind, const char *text, void *ret_body);
/* Finds the kind of a credential and verifies its checksum. Not for API keys: see api_key_parse. */
bool credential_recognise(const char *text, enum credential_kind *ret_kind);

/* An API key is the base64 of `<user uid>:<secret>`, because OneSpan Sign's SDKs decode it that
 * way. The uid has 12 characters, which become 16 of base64. `:grfak` becomes the next 8, which
 * are the same in every key: `OmdyZmFr`. */
#define API_KEY_TEXT_MAX 128
#define API_KEY_TEXT_LENGTH 76
void api_key_make(const char *prefix, const char uid[12], char ret_key[API_KEY_TEXT_MAX]);
/* Checks form and checksum of an API key. Writes the uid and a NUL to `ret_uid`. */
bool api_key_parse(const char *key, char ret_uid[13]);

#endif
