/* endpoints_api.c – /api/notifications/endpoints: any number of places where notifications go. */
#include "api/core/routes.h"

#include "base/json.h"
#include "notify/endpoints.h"
#include "notify/statistics.h"

bool on_endpoints_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	int64_t offset, limit;

	return call_page(call, PAGE_MAX, &offset, &limit, err) &&
	       reply_answer(response,
			    endpoints_list(&context, http_request_query(call->request, "packageId"),
					   offset, limit, err));
}

bool on_endpoints_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	if (!body)
		return false;
	reply_no_store(response);
	return reply_answer(response, endpoint_create(&context, body, err));
}

bool on_endpoint_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, endpoint_read(&context, call->request->parameters[0], err));
}

bool on_endpoint_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body &&
	       reply_answer(response,
			    endpoint_replace(&context, call->request->parameters[0], body, err));
}

bool on_endpoint_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return endpoint_remove(&context, call->request->parameters[0], err) &&
	       reply_empty(response);
}

static bool steer(struct call *call, enum endpoint_verb verb, struct http_response *response,
		  struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response,
			    endpoint_steer(&context, call->request->parameters[0], verb, err));
}

bool on_endpoint_pause(struct call *call, struct http_response *response, struct error *err)
{
	return steer(call, ENDPOINT_PAUSE, response, err);
}

bool on_endpoint_resume(struct call *call, struct http_response *response, struct error *err)
{
	return steer(call, ENDPOINT_RESUME, response, err);
}

bool on_endpoint_disable(struct call *call, struct http_response *response, struct error *err)
{
	return steer(call, ENDPOINT_DISABLE, response, err);
}

bool on_endpoint_enable(struct call *call, struct http_response *response, struct error *err)
{
	return steer(call, ENDPOINT_ENABLE, response, err);
}

bool on_endpoint_rotate(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body_or_nothing(call, err);
	if (!body)
		return false;
	reply_no_store(response);
	return reply_answer(response,
			    endpoint_rotate(&context, call->request->parameters[0], body, err));
}

bool on_endpoints_health(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	int64_t offset, limit;

	return call_page(call, PAGE_MAX, &offset, &limit, err) &&
	       reply_answer(response, endpoints_health(&context, offset, limit, err));
}
