/* tokens_api.c – POST /apitoken/clientApp/accessToken: a client app's credentials for a short-lived
 * token.
 *
 * The answer has exactly two members, because the Java SDK refuses any other. */
#include "api/core/routes.h"

#include "access/credentials/api_tokens.h"
#include "base/json.h"

bool on_tokens_post(struct call *call, struct http_response *response, struct error *err)
{
	struct token_request request = {.address = call->address};
	struct token_answer answer;
	struct rate_verdict rate = {0};

	scoped(json_t) json_t *body = call_body(call, err);
	if (!body || !json_need_text(body, "clientId", NULL, &request.client_id, err) ||
	    !json_need_text(body, "secret", NULL, &request.secret, err) ||
	    !json_need_text(body, "type", NULL, &request.type, err) ||
	    !json_get_text(body, "email", NULL, &request.email, err))
		return false;
	enum auth_result result = token_issue(call->authenticator, call->session, &request,
					      call->now, &answer, &rate, err);
	call->needs_store = result == AUTH_NEEDS_STORE;
	reply_rate(call, response, &rate);
	if (result != AUTH_OK)
		return false;
	reply_no_store(response);
	return reply_json_text(
		response, arena_printf(call->arena, "{\"accessToken\":\"%s\",\"expiresAt\":%lld}",
				       answer.access_token, (long long)wall_ms(answer.expires)));
}
