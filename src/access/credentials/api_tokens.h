/* api_tokens.h – exchanges a client app's credentials for an API token: POST
 * /apitoken/clientApp/accessToken. */
#ifndef GREFFIER_ACCESS_API_TOKENS_H
#define GREFFIER_ACCESS_API_TOKENS_H

#include "access/identity/authenticator.h"

struct token_request {
	const char *client_id;
	const char *secret;
	const char *type;    /* OWNER or SENDER */
	const char *email;   /* of the sender; otherwise NULL or "" */
	const char *address; /* of the client */
};
struct token_answer {
	char access_token[CREDENTIAL_LENGTH_MAX + 1];
	struct wall_time expires;
};

enum auth_result token_issue(const struct authenticator *authenticator, struct session *session,
			     const struct token_request *request, struct wall_time now,
			     struct token_answer *ret_answer, struct rate_verdict *ret_rate,
			     struct error *err);

/* Finds a user of the app's account by e-mail address. AUTH_REFUSED comes with
 * ERROR_USER_NOT_FOUND. */
enum auth_result app_user_find(struct session *session, const struct identity *app, const char *email,
			       char ret_uid[USER_UID_LENGTH + 1], struct error *err);

#endif
