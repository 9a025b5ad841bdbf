/* client_assertion.h – private_key_jwt: a client proves itself with a signed assertion (RFC 7523 section 3). Inside src/access
 * only. */
#ifndef GREFFIER_ACCESS_CLIENT_ASSERTION_H
#define GREFFIER_ACCESS_CLIENT_ASSERTION_H

#include "access/credentials/oauth.h"

/* Whose it claims to be, unverified; NULL when it is unreadable. In `arena`. */
const char *assertion_subject(struct arena *arena, const char *assertion);
/* ERROR_INVALID_CLIENT, with the reason in `technical`: who can sign may know it, who cannot learns nothing of use. */
MUST_CHECK bool client_assertion_check(const struct context *context,
				       const struct oauth_client *client, const char *client_id,
				       struct identity *ret_app, struct error *err);

#endif
