/* admission.c – see admission.h. The order of the checks is the order of what a refusal may tell:
 * who you are, where you come from, what your token may do, what you may do. */
#include "api/core/admission.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/text.h"

static bool session_is_enough(const struct call *call, const struct api_route *route,
			      struct error *err)
{
	if (call->actor.method != METHOD_SESSION)
		return true;
	bool allowed = true;
	switch (call->actor.session_kind) {
	case SESSION_SIGNER:
		allowed = route->level <= LEVEL_SIGNER;
		break;
	case SESSION_SENDER:
		allowed = route->level <= LEVEL_SENDER;
		break;
	case SESSION_USER:
	case SESSION_PASSWORD:
		break;
	}
	return allowed ||
	       error_set(err, ERROR_NO_PERMISSION, "not available in this kind of session");
}

static bool reads(const struct call *call)
{
	return call->request->method == HTTP_METHOD_GET ||
	       call->request->method == HTTP_METHOD_HEAD;
}

static bool actor_is_entitled(const struct call *call, const struct api_route *route,
			      struct error *err)
{
	const struct actor *actor = &call->actor;

	if (route->scope != SCOPE_NONE && !(actor->rights.scopes & BIT(route->scope)))
		return error_set(err, ERROR_INSUFFICIENT_SCOPE, "scope: %s is required",
				 scope_name(route->scope));
	if (route->level == LEVEL_OWNER && !actor->rights.is_owner)
		return error_set(err, ERROR_NO_PERMISSION, "only the account's owner may do this");
	if (route->permission != PERMISSION_NONE && !actor_may(actor, route->permission))
		return error_set(err, ERROR_NO_PERMISSION, "%s is required",
				 permission_name(route->permission));
	return true;
}

/* Another site's page, with the visitor's cookie, changes nothing. It may have something read, of
 * which it sees nothing; but some reads leave a trace: an entry in the audit log, an event. */
static bool same_site_check(const struct call *call, struct error *err)
{
	struct error ignored = {0};

	if (!reads(call))
		return call_is_same_site(call, err);
	if (call->session && !call_is_same_site(call, &ignored))
		session_refuse_txns(call->session, ERROR_CROSS_SITE);
	return true;
}

/* The mark of our own sender (outbound/sending.c). What is no number was not made by it. */
static bool hops_are_acceptable(struct call *call, const struct api_route *route,
				unsigned *ret_hops, struct error *err)
{
	const char *text = http_request_header(call->request, HOPS_HEADER);
	/* What causes nothing may be the end of the longest chain there is. */
	unsigned limit = call->authenticator->config->hops_limit +
			 (route->flags & ROUTE_CAUSES_NOTHING ? 1 : 0);

	*ret_hops = 0;
	if (!text)
		return true;
	size_t digits = strspn(text, "0123456789");
	if (digits == 0 || digits > 3 || text[digits])
		return error_set(err, ERROR_REQUEST_LOOP, HOPS_HEADER ": must be a number");
	*ret_hops = (unsigned)strtoul(text, NULL, 10);
	return *ret_hops <= limit ||
	       error_set(err, ERROR_REQUEST_LOOP,
			 HOPS_HEADER
			 ": %u notifications lie before this call, and --hops-limit is %u",
			 *ret_hops, call->authenticator->config->hops_limit);
}

/* Who belongs to an account is told so, and nothing else. */
static enum auth_result operator_only(struct call *call, const struct credentials *credentials,
				      struct error *err)
{
	const struct context context = call_context(call);
	const char *cookie = http_request_cookie(call->request, OPERATOR_COOKIE);
	struct rate_verdict ignored = {0};
	struct actor actor = {0};

	if (!call->session)
		return AUTH_NEEDS_STORE;
	if (!operator_admit(&context, credentials->authorization, cookie, &call->operator, err))
		return AUTH_REFUSED;
	if (call->operator.id) {
		call->actor = actor_operator(operator_audited(call->arena, &call->operator),
					     call->address);
		return !call->operator.by_session || reads(call) || call_is_same_site(call, err)
			       ? AUTH_OK
			       : AUTH_REFUSED;
	}
	if (authenticate(call->authenticator, call->session, credentials, &actor, &ignored, err) ==
	    AUTH_OK)
		(void)error_set(err, ERROR_NO_PERMISSION, "only for the installation's operators");
	return AUTH_REFUSED;
}

/* Who a route lets in, said a second time: a mistake in the checks above stops the process. */
static bool kind_fits(enum actor_kind kind, const struct api_route *route)
{
	switch (kind) {
	case ACTOR_NOBODY:
		return route->level == LEVEL_PUBLIC;
	case ACTOR_OPERATOR:
		return route->level == LEVEL_OPERATOR;
	case ACTOR_SIGNER:
		return route->level == LEVEL_SIGNER;
	case ACTOR_PERSON:
	case ACTOR_APP:
		return route->level != LEVEL_PUBLIC && route->level != LEVEL_OPERATOR;
	case ACTOR_COMMAND:
	case ACTOR_CLOCKWORK:
		break;
	}
	return false;
}

static enum auth_result judge(struct call *call, const struct api_route *route,
			      struct http_response *response, struct error *err)
{
	const struct credentials credentials = {
		.authorization = http_request_header(call->request, "Authorization"),
		.session = http_request_cookie(call->request, SESSION_COOKIE),
		.address = call->address,
		.reads = reads(call),
		.goes_on = call->goes_on,
		.now = call->now,
		.queue_now = call->queue_now,
	};
	struct rate_verdict rate = {0};
	unsigned hops;

	if (call->session) { /* a call before this one may have had it otherwise */
		session_refuse_txns(call->session, ERROR_NONE);
		session_act_for(call->session, NULL);
	}
	if (!hops_are_acceptable(call, route, &hops, err))
		return AUTH_REFUSED;
	if ((route->flags & ROUTE_SAME_SITE) && !call_is_same_site(call, err))
		return AUTH_REFUSED;
	if (route->level == LEVEL_PUBLIC)
		return AUTH_OK;
	if (route->level == LEVEL_OPERATOR)
		return operator_only(call, &credentials, err);
	enum auth_result result = authenticate(call->authenticator, call->session, &credentials,
					       &call->actor, &rate, err);
	reply_rate(call, response, &rate);
	if (result != AUTH_OK)
		return result;
	call->actor.hops = hops;
	if (call->session)
		session_act_for(call->session, call->actor.account);
	if (call->actor.method == METHOD_SESSION && !same_site_check(call, err))
		return AUTH_REFUSED;
	return session_is_enough(call, route, err) && actor_is_entitled(call, route, err)
		       ? AUTH_OK
		       : AUTH_REFUSED;
}

enum auth_result admit(struct call *call, const struct api_route *route,
		       struct http_response *response, struct error *err)
{
	enum auth_result result = judge(call, route, response, err);

	ensure(implies(result == AUTH_OK, kind_fits(call->actor.kind, route)));
	return result;
}
