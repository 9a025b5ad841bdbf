/* oauth.h – OAuth 2.0 for client apps: the client credentials grant (RFC 6749 section 4.4), JWT access tokens (RFC 9068),
 * private_key_jwt (RFC 7523), revocation (RFC 7009), introspection (RFC 7662). */
#ifndef GREFFIER_ACCESS_OAUTH_H
#define GREFFIER_ACCESS_OAUTH_H

#include <jansson.h>

#include "access/identity/authenticator.h"

/* Maximum accepted lifetime of a client assertion, even if its `exp` is later. */
#define ASSERTION_LIFE_MAX_S 600
/* Accepted difference between clocks. */
#define ASSERTION_CLOCK_S 30

/* How a client authenticates: with a secret (from the Authorization header or the form), or with
 * an assertion. NULL: absent. */
struct oauth_client {
	const char *id, *secret;
	const char *assertion_type, *assertion;
	const char *address;
};

struct oauth_token_request {
	struct oauth_client client;
	const char *grant_type, *scope, *sender_id, *delegator_id; /* NULL: absent */
};
struct oauth_token_answer {
	const char *access_token; /* in the arena */
	const char *scope;
	int64_t expires_in; /* seconds, rounded down */
};

/* All functions need context->authenticator, which calls of a server have. They fail with
 * ERROR_INVALID_CLIENT, OAUTH_GRANT_TYPE, OAUTH_SCOPE, OAUTH_CLIENT, MISSING_FIELD,
 * INVALID_FIELD or TOO_MANY_REQUESTS. */
MUST_CHECK bool oauth_token_issue(const struct context *context,
				  const struct oauth_token_request *request,
				  struct oauth_token_answer *ret_answer, struct rate_verdict *ret_rate,
				  struct error *err);
/* Revokes a token of the client. An unknown token is not an error (RFC 7009 section 2.2). */
MUST_CHECK bool oauth_token_revoke(const struct context *context, const struct oauth_client *client,
				   const char *token, struct rate_verdict *ret_rate, struct error *err);
/* Returns {"active": …} and the properties of a token of the client's account. New reference. */
json_t *oauth_token_introspect(const struct context *context, const struct oauth_client *client,
			       const char *token, struct rate_verdict *ret_rate, struct error *err);

/* Facts about an API token or an access token, whoever presents it. */
struct token_facts {
	bool is_known;  /* made by this installation */
	bool is_active; /* and currently valid */
	bool is_jwt;
	struct identity app; /* when the token is known and its app still exists */
	char user[USER_UID_LENGTH + 1];
	char jti[JTI_LENGTH + 1]; /* "" unless it is a JWT */
	struct origin origin;     /* the origin of credentials derived from it */
	unsigned scopes;
	struct wall_time expires;
};
MUST_CHECK bool token_inspect(const struct context *context, const char *token,
			      struct token_facts *ret_facts, struct error *err);
/* Revokes a token of anybody at once, also for leaks. In the caller's txn, which announces. */
MUST_CHECK bool token_revoke(const struct context *context, struct db *db, const char *token,
			     const struct token_facts *facts, struct error *err);

/* Returns the server metadata (RFC 8414). New reference. */
json_t *oauth_metadata(const struct access_config *config);

#endif
