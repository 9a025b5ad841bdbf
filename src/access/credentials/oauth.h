/* oauth.h – OAuth 2.0 for client apps: the client credentials grant (RFC 6749 section 4.4), JWT access tokens (RFC 9068),
 * private_key_jwt (RFC 7523), revocation (RFC 7009), introspection (RFC 7662). */
#ifndef GREFFIER_ACCESS_OAUTH_H
#define GREFFIER_ACCESS_OAUTH_H

#include <jansson.h>

#include "access/identity/authenticator.h"

/* An assertion is good for so long at most, whatever it says of itself. */
#define ASSERTION_LIFE_MAX_S 600
/* Clocks differ. */
#define ASSERTION_CLOCK_S 30

/* How a client proves itself: with a secret (from the Authorization header or the form), or with an assertion. NULL: not given. */
struct oauth_client {
	const char *id, *secret;
	const char *assertion_type, *assertion;
	const char *address;
};

struct oauth_token_request {
	struct oauth_client client;
	const char *grant_type, *scope, *sender_id, *delegator_id; /* NULL: not given */
};
struct oauth_token_answer {
	const char *access_token; /* in the arena */
	const char *scope;
	int64_t expires_in; /* seconds, rounded down */
};

/* All of these need context->authenticator, which a server's calls have.
 * Errors: ERROR_INVALID_CLIENT, OAUTH_GRANT_TYPE, OAUTH_SCOPE, OAUTH_CLIENT, MISSING_FIELD, INVALID_FIELD, TOO_MANY_REQUESTS. */
MUST_CHECK bool oauth_token_issue(const struct context *context,
				  const struct oauth_token_request *request,
				  struct oauth_token_answer *ret_answer, struct rate_verdict *ret_rate,
				  struct error *err);
/* Ends a token of the client's own; anything else is no error (RFC 7009 section 2.2). */
MUST_CHECK bool oauth_token_revoke(const struct context *context, const struct oauth_client *client,
				   const char *token, struct rate_verdict *ret_rate, struct error *err);
/* {"active": …} and what a token of the client's account is good for. New reference. */
json_t *oauth_token_introspect(const struct context *context, const struct oauth_client *client,
			       const char *token, struct rate_verdict *ret_rate, struct error *err);

/* What is known of an API token or an access token, whoever shows it. */
struct token_facts {
	bool is_known;  /* this installation made it */
	bool is_active; /* and it works */
	bool is_jwt;
	struct identity app; /* when it is known and its app still exists */
	char user[USER_UID_LENGTH + 1];
	char jti[JTI_LENGTH + 1]; /* "" unless it is a JWT */
	struct origin origin;     /* of what is derived from it */
	unsigned scopes;
	struct wall_time expires;
};
MUST_CHECK bool token_inspect(const struct context *context, const char *token,
			      struct token_facts *ret_facts, struct error *err);
/* Ends it at once, whosever it is: for leaks too. In the caller's txn, which announces. */
MUST_CHECK bool token_revoke(const struct context *context, struct db *db, const char *token,
			     const struct token_facts *facts, struct error *err);

/* Server metadata (RFC 8414). New reference. */
json_t *oauth_metadata(const struct access_config *config);

#endif
