/* authorization.h – token requests to authorization servers and the meaning of their answers
 * (RFC 6749). Pure. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_AUTHORIZATION_H
#define GREFFIER_OUTBOUND_AUTHORIZATION_H

#include "notify/endpoint_options.h"
#include "notify/endpoint_secrets.h"
#include "notify/refresh_key.h"

struct token_request {
	const char *url;
	const char *body;          /* application/x-www-form-urlencoded */
	const char *authorization; /* "Basic …"; NULL when the credentials are in the body */
	bool ignore_certificate;
};

/* Builds a request with the client credentials or the password grant, as the setting says. */
struct token_request token_request_of(struct arena *arena, const struct oauth_setting *setting,
				      const struct endpoint_secrets *secrets);
/* Builds a request with the refresh token grant to the key's host. */
struct token_request token_request_refresh(struct arena *arena, const struct refresh_key *key);

/* Lifetime of a token when its server does not give one. */
#define TOKEN_LIFE_DEFAULT_S 900
/* bytes: enough for tokens that list the groups of a large company. */
#define TOKEN_TEXT_MAX (16 * 1024)
#define TOKEN_ANSWER_MAX (64 * 1024) /* bytes read of an answer */

struct token_answer {
	const char *access_token;  /* NULL: the answer has no token */
	struct duration life;      /* slightly shorter than the server says */
	const char *refresh_token; /* replaces the one used; NULL: unchanged */
	/* permanent: the server does not accept the credentials (invalid_grant, invalid_client
	 * …). */
	bool refused;
	/* Why there is no token, with the server's words; NULL when there is one. May contain
	 * secrets that were sent. */
	const char *problem;
};
struct token_answer token_answer_read(struct arena *arena, long http_status, struct bytes body);

#endif
