/* origin.h – the credential that a session, or a token to be exchanged for one, was derived from.
 *
 * What is derived never has more than its origin and ends with it. The origin is stored beside it and looked at again at each
 * use (origin_check.h). An origin that is a session has an origin of its own, and so on. Pure. */
#ifndef GREFFIER_CONTEXT_ORIGIN_H
#define GREFFIER_CONTEXT_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"
#include "store/account_store.h"

enum origin_kind {
	ORIGIN_NONE,      /* a password; or it was made before version 0.4 */
	ORIGIN_API_KEY,   /* ends when the key is disabled, or its overlap is over */
	ORIGIN_API_TOKEN, /* of a client app: ends with the secret it was asked for with, or when it is revoked */
	ORIGIN_OAUTH,     /* the same, with an access token of OAuth 2.0; and with the delegation it rests on */
	ORIGIN_SESSION,   /* ends when that one is signed out, or is not used any more */
};

#define ORIGIN_ID_MAX 67 /* as in struct identity */
#define ORIGIN_TOKEN_MAX 22
#define ORIGIN_TEXT_MAX 136 /* with the NUL */
#define ORIGIN_DEPTH_MAX 8 /* sessions behind one another */

struct origin {
	enum origin_kind kind;
	char id[ORIGIN_ID_MAX + 1]; /* of the key's or the session's identity, or the client id */
	uint32_t epoch;             /* of the app, when it was used */
	char delegate[USER_UID_LENGTH + 1]; /* on whose behalf the token's user is acted for; "": nobody's */
	char token[ORIGIN_TOKEN_MAX + 1];   /* which token of the app: its nonce, or its jti; "" for others */
};

/* "" for ORIGIN_NONE; else five words: "token grf_ci_… 3 - 0123456789abcd". */
void origin_format(const struct origin *origin, char ret_text[ORIGIN_TEXT_MAX]);
/* False for what origin_format does not write. */
MUST_CHECK bool origin_parse(const char *text, struct origin *ret_origin);

#endif
