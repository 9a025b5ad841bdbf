/* origin.h – the credential from which a session or a token was derived. Pure.
 *
 * A derived credential never has more rights than its origin and ends with it. The origin is
 * stored with it and checked at each use (origin_check.h). When the origin is a session, that
 * session has an origin too, and so on. */
#ifndef GREFFIER_CONTEXT_ORIGIN_H
#define GREFFIER_CONTEXT_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"
#include "store/account_store.h"

enum origin_kind {
	ORIGIN_NONE,      /* a password, or a credential made before version 0.4 */
	ORIGIN_API_KEY,   /* ends when the key is disabled or its overlap ends */
	/* Of a client app: ends with the secret that obtained it, or when it is revoked. */
	ORIGIN_API_TOKEN,
	/* The same for an OAuth 2.0 access token; also ends with its delegation. */
	ORIGIN_OAUTH,
	ORIGIN_SESSION,   /* ends when that session is signed out or has expired */
};

#define ORIGIN_ID_MAX 67 /* as in struct identity */
#define ORIGIN_TOKEN_MAX 22
#define ORIGIN_TEXT_MAX 136 /* with the NUL */
#define ORIGIN_DEPTH_MAX 8 /* length of a chain of sessions */

struct origin {
	enum origin_kind kind;
	char id[ORIGIN_ID_MAX + 1]; /* identity of the key or session, or the client id */
	uint32_t epoch;             /* epoch of the app when its token was used */
	/* The user on whose behalf the token's user acts; "": nobody. */
	char delegate[USER_UID_LENGTH + 1];
	/* Identifies the app's token: its nonce or jti; "" for others. */
	char token[ORIGIN_TOKEN_MAX + 1];
};

/* Writes "" for ORIGIN_NONE, otherwise five words: "token grf_ci_… 3 - 0123456789abcd". */
void origin_format(const struct origin *origin, char ret_text[ORIGIN_TEXT_MAX]);
/* Parses such a text. Returns false for anything that origin_format does not write. */
MUST_CHECK bool origin_parse(const char *text, struct origin *ret_origin);

#endif
