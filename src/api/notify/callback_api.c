/* callback_api.c – /api/callback and /api/callback/connectors: where the account's notifications
 * go, in the form of OneSpan Sign's API. */
#include "api/core/routes.h"

#include "base/json.h"
#include "notify/callback.h"

bool on_callback_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, callback_read(&context, "", err));
}

static bool replace(struct call *call, const char *origin, struct http_response *response,
		    struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	if (!body)
		return false;
	reply_no_store(response);
	return reply_answer(response, callback_replace(&context, origin, body, err));
}

bool on_callback_post(struct call *call, struct http_response *response, struct error *err)
{
	return replace(call, "", response, err);
}

bool on_connector_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *origin = call->request->parameters[0];

	return connector_check(origin, err) &&
	       reply_answer(response, callback_read(&context, origin, err));
}

bool on_connector_post(struct call *call, struct http_response *response, struct error *err)
{
	const char *origin = call->request->parameters[0];

	return connector_check(origin, err) && replace(call, origin, response, err);
}
