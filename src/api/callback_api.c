/* callback_api.c – /api/callback: where the account's notifications go. */
#include "api/routes.h"

#include "base/json.h"
#include "notify/callback.h"

static struct callback callback_of(const struct call *call)
{
	return (struct callback){.session = call->session,
				 .keyring = call->keyring,
				 .account = call->caller.account,
				 .origin = ""};
}

bool on_callback_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct callback callback = callback_of(call);

	json_t *answer = callback_read(&callback, call->arena, err);
	return answer && reply_json(response, answer);
}

bool on_callback_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct callback callback = callback_of(call);

	scoped(json_t) json_t *body = call_body(call, err);
	if (!body)
		return false;
	json_t *answer = callback_replace(&callback, call->arena, body, call->now, err);
	return answer && reply_json(response, answer);
}
