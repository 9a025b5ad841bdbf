/* roles_api.c – /api/account/roles, and who has which. */
#include "api/core/routes.h"

#include <string.h>

#include "access/people/roles.h"
#include "base/json.h"

bool on_roles_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, roles_list(&context, err));
}

bool on_roles_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body && reply_answer(response, role_create(&context, body, err));
}

bool on_role_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, role_read(&context, call->request->parameters[0], err));
}

bool on_role_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body && reply_answer(response,
				    role_change(&context, call->request->parameters[0], body, err));
}

/* 304 when it is predefined or somebody has it, as in OneSpan Sign. */
bool on_role_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	bool changed;

	if (!role_remove(&context, call->request->parameters[0], &changed, err))
		return false;
	response->status = changed ? 200 : 304;
	return true;
}

bool on_role_users_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, role_users(&context, call->request->parameters[0], err));
}

/* The account asked about: the caller's, or a sub-account that the caller's account has. */
static bool account_choose(const struct call *call, const char *wanted, struct context *context,
			   struct error *err)
{
	struct account account;
	bool found;

	if (!wanted || !*wanted || strcmp(wanted, call->actor.account) == 0)
		return true;
	if (!account_find(session_db(call->session), call->arena, wanted, &account, &found, err))
		return false;
	if (!found || strcmp(account.parent, call->actor.account) != 0)
		return error_set(err, ERROR_ACCOUNT_NOT_FOUND, "accountId");
	if (!actor_may(&call->actor, PERMISSION_SUBACCOUNTS))
		return error_set(err, ERROR_NO_PERMISSION, "%s is required",
				 permission_name(PERMISSION_SUBACCOUNTS));
	*context = context_about(context, account.id);
	return true;
}

bool on_sender_roles_get(struct call *call, struct http_response *response, struct error *err)
{
	struct context context = call_context(call);

	return account_choose(call, http_request_query(call->request, "accountId"), &context,
			      err) &&
	       reply_answer(response,
			    member_roles_list(&context, call->request->parameters[0], err));
}

bool on_sender_roles_post(struct call *call, struct http_response *response, struct error *err)
{
	struct context context = call_context(call);
	const char *account;

	scoped(json_t) json_t *body = call_body(call, err);
	return body && json_get_text(body, "accountId", NULL, &account, err) &&
	       account_choose(call, account, &context, err) &&
	       reply_answer(response,
			    member_roles_set(&context, call->request->parameters[0], body, err));
}
