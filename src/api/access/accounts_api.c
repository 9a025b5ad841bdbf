/* accounts_api.c – /api/account: sub-accounts, and the account's settings. */
#include "access/accounts/account_settings.h"
#include "api/core/routes.h"

#include "access/accounts/accounts.h"
#include "access/credentials/api_keys.h"
#include "base/json.h"

bool on_subaccounts_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, subaccounts_list(&context, err));
}

bool on_subaccounts_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body && reply_answer(response, subaccount_create(&context, body, err));
}

bool on_subaccount_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, subaccount_read(&context, call->request->parameters[0], err));
}

bool on_subaccount_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body &&
	       reply_answer(response,
			    subaccount_change(&context, call->request->parameters[0], body, err));
}

bool on_subaccount_keys_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	reply_no_store(response);
	return reply_answer(response, subaccount_api_keys(&context, err));
}

bool on_accessible_accounts_get(struct call *call, struct http_response *response,
				struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, accessible_accounts_list(&context, err));
}

bool on_system_settings_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, system_settings_read(&context, err));
}

bool on_system_settings_patch(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body && reply_answer(response, system_settings_change(&context, body, err));
}

bool on_system_settings_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, system_settings_change(&context, NULL, err));
}

bool on_authentication_settings_get(struct call *call, struct http_response *response,
				    struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, authentication_settings_read(&context, err));
}

bool on_authentication_settings_put(struct call *call, struct http_response *response,
				    struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body && reply_answer(response, authentication_settings_change(&context, body, err));
}
