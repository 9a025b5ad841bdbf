/* replays_api.c – /api/notifications/replays. */
#include "api/core/routes.h"

#include "base/json.h"
#include "notify/replay.h"

bool on_replays_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	int64_t offset, limit;

	return call_page(call, PAGE_DEFAULT, &offset, &limit, err) &&
	       reply_answer(response, replays_list(&context, offset, limit, err));
}

bool on_replays_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body && reply_answer(response, replay_create(&context, body, err));
}

bool on_replay_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, replay_read(&context, call->request->parameters[0], err));
}

bool on_replay_cancel(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, replay_stop(&context, call->request->parameters[0], err));
}
