/* own_sessions_api.c – /api/account/authentication/sessions: one's own sessions. For people who are
 * signed in: a program that was given a key or a token neither sees nor ends a person's sessions
 * one by one. */
#include "api/core/routes.h"

#include "access/identity/own_sessions.h"

static bool is_person(const struct call *call, struct error *err)
{
	return actor_has_signed_in(&call->actor) ||
	       error_set(err, ERROR_NO_PERMISSION, "only for a user who has signed in");
}

bool on_own_sessions_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	return is_person(call, err) && reply_answer(response, own_sessions_list(&context, err));
}

bool on_own_sessions_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	int64_t count;

	return is_person(call, err) && own_sessions_end_others(&context, &count, err) &&
	       reply_json(response, json_pack("{s:I}", "count", (json_int_t)count));
}

bool on_own_session_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	bool is_current;

	if (!is_person(call, err) ||
	    !own_session_end(&context, call->request->parameters[0], &is_current, err))
		return false;
	if (is_current)
		reply_session_cookie(call, response, NULL);
	return reply_empty(response);
}
