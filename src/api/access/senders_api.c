/* senders_api.c – /api/account/senders: the account's users, and who may act for them. */
#include "access/people/delegates.h"
#include "api/core/routes.h"

#include <string.h>

#include "access/identity/sign_in.h"
#include "access/people/users.h"
#include "base/json.h"
#include "base/macros.h"
#include "base/words.h"

static const char *sender_of(const struct call *call)
{
	return call->request->parameters[0];
}

/* ERROR_INVALID_FIELD for a status that no user can have. */
static bool status_check(const char *status, struct error *err)
{
	static const char *const statuses[] = {"INVITED", "ACTIVE", "LOCKED"};

	return !status || word_find(status, statuses, ARRAY_SIZE(statuses)) != WORD_NONE ||
	       error_set(err, ERROR_INVALID_FIELD, "status: must be INVITED, ACTIVE or LOCKED");
}

bool on_senders_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *direction = http_request_query(call->request, "dir");
	struct user_filter filter = {
		.account = call->actor.account,
		.search = http_request_query(call->request, "search"),
		.role = http_request_query(call->request, "roleId"),
		.status = http_request_query(call->request, "status"),
		.descending = direction && strcmp(direction, "desc") == 0,
	};

	/* Without from and to OneSpan Sign returns one sender. */
	return status_check(filter.status, err) &&
	       call_page(call, http_request_query(call->request, "from") ? PAGE_DEFAULT : 1,
			 &filter.offset, &filter.limit, err) &&
	       reply_answer(response, users_list(&context, &filter, err));
}

bool on_senders_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body && reply_answer(response, user_create(&context, body, err));
}

bool on_sender_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, user_read(&context, sender_of(call), err));
}

bool on_sender_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body && reply_answer(response, user_change(&context, sender_of(call), body, err));
}

bool on_sender_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return user_remove(&context, sender_of(call), err) && reply_empty(response);
}

bool on_sender_invite(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, user_invite(&context, sender_of(call), err));
}

bool on_sender_reset(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, user_reset_password(&context, sender_of(call), err));
}

/* {email, password, newPassword, code}: one's own, with the old one. */
bool on_sender_password(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *old_password, *new_password, *code;

	if (strcmp(sender_of(call), call->actor.user) != 0)
		return error_set(err, ERROR_NO_PERMISSION,
				 "the password of another user cannot be set: send a link instead");
	scoped(json_t) json_t *body = call_body(call, err);
	return body && json_need_text(body, "password", NULL, &old_password, err) &&
	       json_need_text(body, "newPassword", NULL, &new_password, err) &&
	       json_get_text(body, "code", NULL, &code, err) &&
	       password_change(&context, old_password, code, new_password, err) &&
	       reply_answer(response, user_read(&context, sender_of(call), err));
}

bool on_sender_sign_out(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	int64_t count;

	return user_sign_out(&context, sender_of(call), &count, err) &&
	       reply_json(response, json_pack("{s:I}", "count", (json_int_t)count));
}

/* ---- delegates ---- */

bool on_delegates_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, delegates_list(&context, sender_of(call), err));
}

bool on_delegates_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *list = call_body_list(call, err);
	return list && delegates_replace(&context, sender_of(call), list, err) &&
	       reply_empty(response);
}

bool on_delegates_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return delegate_remove(&context, sender_of(call), NULL, err) && reply_empty(response);
}

bool on_delegate_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return delegate_add(&context, sender_of(call), call->request->parameters[1], err) &&
	       reply_empty(response);
}

bool on_delegate_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return delegate_remove(&context, sender_of(call), call->request->parameters[1], err) &&
	       reply_empty(response);
}
