/* client_apps_api.c – /api/account/authentication/clientApps. The secret is in the answers to
 * create, regenerate-secret, take-over and collect-secret, and nowhere else. */
#include "api/core/routes.h"

#include "access/credentials/client_apps.h"
#include "base/json.h"

static const char *app_of(const struct call *call)
{
	return call->request->parameters[0];
}

bool on_client_apps_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, client_apps_list(&context, err));
}

bool on_client_apps_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	reply_no_store(response);
	scoped(json_t) json_t *body = call_body(call, err);
	return body && reply_answer(response, client_app_create(&context, body, err));
}

bool on_client_app_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, client_app_read(&context, app_of(call), err));
}

bool on_client_app_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body && reply_answer(response, client_app_change(&context, app_of(call), body, err));
}

bool on_client_app_renew(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	int64_t overlap_s = 0;

	reply_no_store(response);
	scoped(json_t) json_t *body = call_body_or_nothing(call, err);
	return body && json_get_int(body, "overlapSeconds", NULL, &overlap_s, err) &&
	       reply_answer(response, client_app_renew(&context, app_of(call), overlap_s, err));
}

bool on_client_app_retire_secret(struct call *call, struct http_response *response,
				 struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, client_app_retire_secret(&context, app_of(call), err));
}

bool on_client_app_collect(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	reply_no_store(response);
	return reply_answer(response, client_app_collect(&context, app_of(call), err));
}

bool on_client_app_take_over(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	bool keep_secret = false;

	reply_no_store(response);
	scoped(json_t) json_t *body = call_body_or_nothing(call, err);
	return body && json_get_bool(body, "keepSecret", NULL, &keep_secret, err) &&
	       reply_answer(response,
			    client_app_take_over(&context, app_of(call), keep_secret, err));
}

/* Under the sender whose they are. */
bool on_sender_client_apps_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response,
			    client_apps_that_end_with(&context, call->request->parameters[0], err));
}

bool on_client_app_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return client_app_revoke(&context, app_of(call), err) && reply_empty(response);
}
