/* client_apps_api.c – /api/account/authentication/clientApps: create, list, revoke. The secret is
 * in the answer to create and nowhere else. */
#include "api/routes.h"

#include <string.h>

#include "access/client_apps.h"
#include "base/json.h"

static json_t *app_to_json(const struct client_app *app)
{
	return json_pack("{s:s, s:s, s:o, s:s}", "name", app->name, "clientId", app->client_id,
			 "createdDate", json_date(app->created), "createdBy", app->created_by);
}

bool on_client_apps_post(struct call *call, struct http_response *response, struct error *err)
{
	struct client_app app;
	const char *name, *secret;

	scoped(json_t) json_t *body = call_body(call, err);
	if (!body || !json_need_text(body, "name", NULL, &name, err) ||
	    !client_app_create(call->session, call->keyring, call->arena, &call->caller, name,
			       call->now, &app, &secret, err))
		return false;
	json_t *answer = app_to_json(&app);
	json_object_set_new(answer, "secret", json_string(secret));
	return reply_json(response, answer);
}

bool on_client_apps_get(struct call *call, struct http_response *response, struct error *err)
{
	struct client_app *apps;
	size_t count;

	if (!client_apps_of(call->session, call->arena, &call->caller, &apps, &count, err))
		return false;
	json_t *answer = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(answer, app_to_json(&apps[i]));
	return reply_json(response, answer);
}

bool on_client_apps_delete(struct call *call, struct http_response *response, struct error *err)
{
	return client_app_end(call->session, &call->caller, call->request->parameters[0], call->now,
			      err) &&
	       reply_empty(response);
}
