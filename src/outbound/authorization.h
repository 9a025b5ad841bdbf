/* authorization.h – what to ask an authorization server, and what its answer means (RFC 6749). Pure. Inside src/outbound only. */
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

/* Client credentials or password grant, as the setting says. */
struct token_request token_request_of(struct arena *arena, const struct oauth_setting *setting,
				      const struct endpoint_secrets *secrets);
/* The refresh-token grant at the key's host. */
struct token_request token_request_refresh(struct arena *arena, const struct refresh_key *key);

/* Of a token whose server does not say how long it lives. */
#define TOKEN_LIFE_DEFAULT_S 900
#define TOKEN_TEXT_MAX (16 * 1024) /* bytes: groups of a large company fit in */
#define TOKEN_ANSWER_MAX (64 * 1024) /* bytes that are read of an answer */

struct token_answer {
	const char *access_token;  /* NULL: there is none */
	struct duration life;      /* a little less than what the server says */
	const char *refresh_token; /* a new one, instead of the one used; NULL: it stays */
	bool refused;              /* what was sent is not accepted, now or later: invalid_grant, invalid_client … */
	const char *problem;       /* why there is no token, with what the server said; NULL when there is one. What was sent may be in it */
};
struct token_answer token_answer_read(struct arena *arena, long http_status, struct bytes body);

#endif
