/* operator_api.c – /api/operator: who is signed in as an operator, and the accounts. */
#include "api/core/routes.h"

#include "access/accounts/operated_accounts.h"
#include "base/json.h"

#define PAGE_ACCOUNTS 25

/* ---- in and out ---- */

static json_t *operator_to_json(const struct call *call)
{
	return json_pack("{s:s, s:s, s:o}", "id", call->operator.id, "name", call->operator.name,
			 "features", features_list());
}

bool on_operator_session_get(struct call *call, struct http_response *response, struct error *err)
{
	reply_no_store(response);
	return reply_answer(response, operator_to_json(call));
}

/* The same for a browser that nobody may have signed in with: there is an answer then, too. */
bool on_operator_visitor_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *cookie = http_request_cookie(call->request, OPERATOR_COOKIE);

	reply_no_store(response);
	if (cookie && !operator_admit(&context, NULL, cookie, &call->operator, err)) {
		if (error_http_status(err->code) != 401)
			return false;
		*err = (struct error){0};
		call->operator.id = NULL;
	}
	return reply_json(response,
			  json_pack("{s:o}", "operator",
				    call->operator.id ? operator_to_json(call) : json_null()));
}

bool on_operator_session_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *credential, *value;

	scoped(json_t) json_t *body = call_body(call, err);
	if (!body || !json_need_text(body, "credential", NULL, &credential, err) ||
	    !operator_sign_in(&context, credential, &call->operator, & value, err))
		return false;
	reply_operator_cookie(call, response, value);
	return reply_answer(response, operator_to_json(call));
}

bool on_operator_session_delete(struct call *call, struct http_response *response,
				struct error *err)
{
	const struct context context = call_context(call);

	if (!call->operator.by_session)
		return error_set(err, ERROR_NO_PERMISSION, "there is no session to end");
	if (!operator_sign_out(&context, &call->operator, err))
		return false;
	reply_operator_cookie(call, response, NULL);
	return reply_empty(response);
}

/* ---- accounts ---- */

bool on_operated_accounts_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	int64_t limit;

	return call_query_int(call, "limit", 1, ACCOUNTS_PAGE_MAX, PAGE_ACCOUNTS, &limit, err) &&
	       reply_answer(response,
			    operated_accounts_list(
				    &context, http_request_query(call->request, "search"),
				    http_request_query(call->request, "after"), limit, err));
}

bool on_operated_accounts_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	reply_no_store(response);
	return body && reply_answer(response, operated_account_create(&context, body, err));
}

bool on_operated_account_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context_about(call, call->request->parameters[0]);
	return reply_answer(response, operated_account_read(&context, err));
}

bool on_operated_account_patch(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context_about(call, call->request->parameters[0]);

	scoped(json_t) json_t *body = call_body(call, err);
	return body && reply_answer(response, operated_account_change(&context, body, err));
}
