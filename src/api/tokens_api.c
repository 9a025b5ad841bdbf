/* tokens_api.c – POST /apitoken/clientApp/accessToken: a client app's credentials for a short-lived
 * token.
 *
 * The answer has exactly two members, because the Java SDK refuses any other. */
#include "api/routes.h"

#include "base/json.h"

bool on_tokens_post(struct call *call, struct http_response *response, struct error *err)
{
	struct token_request request;
	struct token_answer answer;

	scoped(json_t) json_t *body = call_body(call, err);
	if (!body || !json_need_text(body, "clientId", NULL, &request.client_id, err) ||
	    !json_need_text(body, "secret", NULL, &request.secret, err) ||
	    !json_need_text(body, "type", NULL, &request.type, err) ||
	    !json_get_text(body, "email", NULL, &request.email, err))
		return false;
	switch (token_issue(call->authenticator, call->session, &request, call->now, &answer,
			    err)) {
	case AUTH_OK:
		return reply_json_text(
			response,
			arena_printf(call->arena, "{\"accessToken\":\"%s\",\"expiresAt\":%lld}",
				     answer.access_token, (long long)wall_ms(answer.expires)));
	case AUTH_NEEDS_STORE:
		call->needs_store = true;
		return false;
	case AUTH_REFUSED:
		return false;
	}
	return false;
}
