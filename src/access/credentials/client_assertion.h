/* client_assertion.h – private_key_jwt: a client authenticates with a signed assertion (RFC 7523
 * section 3). Inside src/access only. */
#ifndef GREFFIER_ACCESS_CLIENT_ASSERTION_H
#define GREFFIER_ACCESS_CLIENT_ASSERTION_H

#include "access/credentials/oauth.h"

/* Returns the client that the assertion names, unverified, in `arena`; NULL when it cannot be
 * read. */
const char *assertion_subject(struct arena *arena, const char *assertion);
/* Verifies an assertion. Fails with ERROR_INVALID_CLIENT and the reason in `technical`: it helps
 * the owner of the key and tells others nothing useful. */
MUST_CHECK bool client_assertion_check(const struct context *context,
				       const struct oauth_client *client, const char *client_id,
				       struct identity *ret_app, struct error *err);

#endif
