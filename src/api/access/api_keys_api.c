/* api_keys_api.c – /api/account/authentication/apiKeys: masked, and revealed to the owner. */
#include "api/core/routes.h"

#include "access/credentials/api_keys.h"
#include "base/json.h"

bool on_api_keys_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, api_keys_list(&context, err));
}

bool on_api_key_reveal(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *password;

	reply_no_store(response);
	scoped(json_t) json_t *body = call_body_or_nothing(call, err);
	return body && json_get_text(body, "password", NULL, &password, err) &&
	       reply_answer(response,
			    api_key_reveal(&context, call->request->parameters[0], password, err));
}
