/* authenticator.h – from the Authorization header to a caller, and from a client app's credentials to a token.
 *
 * Both are answered from memory when they can be: `session` may then be NULL, as on the loop thread. When the
 * store would be needed and there is no session, the answer is AUTH_NEEDS_STORE and the call is made again by a
 * worker. Neither id nor secret of a refused credential is told apart, in words or in time. */
#ifndef GREFFIER_ACCESS_AUTHENTICATOR_H
#define GREFFIER_ACCESS_AUTHENTICATOR_H

#include "access/caller.h"
#include "access/identity_cache.h"
#include "base/error.h"
#include "base/time.h"
#include "crypto/keyring.h"
#include "store/store.h"

struct authenticator {
	const struct keyring *keyring;
	struct identity_cache *cache;
	struct duration token_life;
};

enum auth_result { AUTH_OK, AUTH_REFUSED /* err says why */, AUTH_NEEDS_STORE };

/* `authorization` is the header's value, NULL when absent. `Basic <API key>` or `Bearer <API token>`, scheme in any
 * case (RFC 9110 section 11.1). */
enum auth_result authenticate(const struct authenticator *authenticator, struct session *session,
			      const char *authorization, struct wall_time now,
			      struct caller *ret_caller, struct error *err);

struct token_request {
	const char *client_id;
	const char *secret;
	const char *type;  /* OWNER or SENDER */
	const char *email; /* of the sender; NULL or "" otherwise */
};
struct token_answer {
	char access_token[CREDENTIAL_LENGTH_MAX + 1];
	struct wall_time expires;
};

enum auth_result token_issue(const struct authenticator *authenticator, struct session *session,
			     const struct token_request *request, struct wall_time now,
			     struct token_answer *ret_answer, struct error *err);

#endif
