/* origin.h – the credential that a session, or a token to be exchanged for one, was derived from.
 *
 * What is derived never has more than its origin and ends with it. The origin is stored beside it and looked at again at each
 * use (authenticator.c). Something derived from a session has that session's origin. Pure. */
#ifndef GREFFIER_ACCESS_ORIGIN_H
#define GREFFIER_ACCESS_ORIGIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/macros.h"

enum origin_kind {
	ORIGIN_NONE,      /* a password; or it was made before version 0.4 */
	ORIGIN_API_KEY,   /* ends when the key is disabled, or its overlap is over */
	ORIGIN_API_TOKEN, /* of a client app: ends with the secret it was asked for with */
	ORIGIN_OAUTH,     /* the same, with an access token of OAuth 2.0 */
};

#define ORIGIN_ID_MAX 67 /* as in struct identity */
#define ORIGIN_TEXT_MAX 88 /* with the NUL */

struct origin {
	enum origin_kind kind;
	char id[ORIGIN_ID_MAX + 1]; /* of the key's identity, or the client id */
	uint32_t epoch;             /* of the app, when it was used */
};

/* "" for ORIGIN_NONE; else a word, an id and a number: "token grf_ci_… 3". */
void origin_format(const struct origin *origin, char ret_text[ORIGIN_TEXT_MAX]);
/* False for what origin_format does not write. */
MUST_CHECK bool origin_parse(const char *text, struct origin *ret_origin);

#endif
