/* history_api.c – /api/account/history: what was changed, and undoing a change. */
#include "access/accounts/account_settings.h"
#include "access/accounts/history_json.h"
#include "api/core/routes.h"

#include <stdlib.h>
#include <string.h>

#include "access/accounts/accounts.h"
#include "access/accounts/history.h"
#include "access/credentials/client_apps.h"
#include "access/people/roles.h"
#include "base/json.h"
#include "notify/endpoint_history.h"
#include "notify/endpoints.h"

#define LIMIT_DEFAULT 25

bool on_history_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const struct http_request *request = call->request;
	int64_t before, limit;

	return call_query_int(call, "before", 1, INT64_MAX, 0, &before, err) &&
	       call_query_int(call, "limit", 1, HISTORY_PAGE_MAX, LIMIT_DEFAULT, &limit, err) &&
	       reply_answer(response, history_list(&context, http_request_query(request, "kind"),
						   http_request_query(request, "subject"), before,
						   limit, err));
}

/* ---- undoing: the call that changes such a thing, with the earlier values ---- */

typedef json_t *undo_call(const struct call *call, const struct context *context, json_t *values,
			  struct error *err);

static json_t *endpoint_state_undo(const struct context *context, const char *state,
				   struct error *err)
{
	struct endpoint endpoint;
	enum endpoint_verb verb = ENDPOINT_DISABLE;

	if (!endpoint_get(context, session_db(context->session), context->undo->subject, &endpoint,
			  err))
		return NULL;
	if (strcmp(state, "PAUSED") == 0)
		verb = ENDPOINT_PAUSE;
	else if (strcmp(state, "ACTIVE") == 0)
		verb = endpoint.state == ENDPOINT_DISABLED ? ENDPOINT_ENABLE : ENDPOINT_RESUME;
	return endpoint_steer(context, endpoint.id, verb, err);
}

/* The whole of it is replaced: members that the change did not touch stay as they are now. */
static json_t *endpoint_undo(const struct call *call, const struct context *context, json_t *values,
			     struct error *err)
{
	const char *state = json_text(values, "state");

	if (*state && json_object_size(values) == 1)
		return endpoint_state_undo(context, state, err);
	scoped(json_t) json_t *body = endpoint_configured(context, context->undo->subject, err);
	if (!body || json_object_update(body, values) != 0)
		return NULL;
	return endpoint_replace(context, context->undo->subject, body, err);
}

static json_t *client_app_undo(const struct call *call, const struct context *context,
			       json_t *values, struct error *err)
{
	return client_app_change(context, context->undo->subject, values, err);
}

static json_t *authentication_undo(const struct call *call, const struct context *context,
				   json_t *values, struct error *err)
{
	return authentication_settings_change(context, values, err);
}

static json_t *system_settings_undo(const struct call *call, const struct context *context,
				    json_t *values, struct error *err)
{
	return system_settings_change(context, values, err);
}

static json_t *role_undo(const struct call *call, const struct context *context, json_t *values,
			 struct error *err)
{
	return role_change(context, context->undo->subject, values, err);
}

static json_t *member_roles_undo(const struct call *call, const struct context *context,
				 json_t *values, struct error *err)
{
	scoped(json_t) json_t *roles = json_array();
	json_t *id;
	size_t i;

	json_array_foreach(json_object_get(values, "accountRoles"), i, id)
		json_array_append_new(roles, json_pack("{s:O}", "id", id));
	scoped(json_t) json_t *body = json_pack("{s:O}", "accountRoles", roles);
	return member_roles_set(context, context->undo->subject, body, err);
}

static json_t *retention_undo(const struct call *call, const struct context *context,
			      json_t *values, struct error *err)
{
	scoped(json_t) json_t *days = retention_own_days(context, err);

	if (!days || json_object_update(days, values) != 0)
		return NULL;
	scoped(json_t) json_t *body = json_pack("{s:O}", "days", days);
	return retention_change(context, call->retention, body, err);
}

static json_t *subaccount_undo(const struct call *call, const struct context *context,
			       json_t *values, struct error *err)
{
	return subaccount_change(context, context->undo->subject, values, err);
}

static undo_call *const undo_calls[HISTORY_KIND_COUNT] = {
	[HISTORY_ENDPOINT] = endpoint_undo,
	[HISTORY_CLIENT_APP] = client_app_undo,
	[HISTORY_AUTHENTICATION] = authentication_undo,
	[HISTORY_SYSTEM_SETTINGS] = system_settings_undo,
	[HISTORY_ROLE] = role_undo,
	[HISTORY_MEMBER_ROLES] = member_roles_undo,
	[HISTORY_RETENTION] = retention_undo,
	[HISTORY_SUBACCOUNT] = subaccount_undo,
};

/* What is not found was deleted after the change. */
static bool refusal_word(struct error *err)
{
	return error_http_status(err->code) == 404 ? error_set(err, ERROR_CANNOT_UNDO, "DELETED")
						   : false;
}

static bool change_undo(const struct call *call, const struct context *context, struct error *err)
{
	scoped(json_t) json_t *values = history_plain(context->undo->before);
	scoped(json_t) json_t *answer = undo_calls[context->undo->kind](call, context, values, err);

	return answer || refusal_word(err);
}

/* Steering is a call of its own: where a change did both, the endpoint stays in the state it has.
 */
static void state_set_apart(struct history_undo *undo)
{
	if (undo->kind != HISTORY_ENDPOINT || json_object_size(undo->after) < 2)
		return;
	json_object_del(undo->before, "state");
	json_object_del(undo->after, "state");
}

/* ERROR_RESOURCE_NOT_FOUND for what is no number. */
static int64_t sequence_of(const char *text)
{
	const size_t digits = strspn(text, "0123456789");

	return digits > 0 && digits <= 18 && !text[digits] ? strtoll(text, NULL, 10) : 0;
}

/* {undone}: the number of the change. */
bool on_history_undo(struct call *call, struct http_response *response, struct error *err)
{
	struct context context = call_context(call);
	const int64_t sequence = sequence_of(call->request->parameters[0]);
	struct history_undo undo;

	if (!history_undo_begin(&context, sequence, &undo, err))
		return false;
	state_set_apart(&undo);
	context.undo = &undo;
	context.version = NULL; /* the answer is no resource: history_record makes the check */
	bool ok = change_undo(call, &context, err);
	history_undo_end(&undo);
	return ok && reply_json(response, json_pack("{s:I}", "undone", (json_int_t)sequence));
}
