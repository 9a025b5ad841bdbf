/* replays_api.c – /api/notifications/replays. */
#include "api/core/routes.h"

#include "base/json.h"
#include "notify/replay.h"

bool on_replays_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct access_service service = call_access(call);
	int64_t offset, limit;

	return call_page(call, PAGE_DEFAULT, &offset, &limit, err) &&
	       reply_answer(response, replays_list(&service, offset, limit, err));
}

bool on_replays_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct access_service service = call_access(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body && reply_answer(response, replay_create(&service, body, err));
}

bool on_replay_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct access_service service = call_access(call);
	return reply_answer(response, replay_read(&service, call->request->parameters[0], err));
}

bool on_replay_cancel(struct call *call, struct http_response *response, struct error *err)
{
	const struct access_service service = call_access(call);
	return reply_answer(response, replay_stop(&service, call->request->parameters[0], err));
}
