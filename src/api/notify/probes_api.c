/* probes_api.c – /api/notifications/endpoints/{endpointId}/test and check, and probes of settings
 * before they are saved: one request to the endpoint, now, and its result. Nobody waits in a
 * worker: the handler is run again with each result (call_wait). */
#include "api/core/routes.h"

#include "access/rate_limit.h"
#include "base/json.h"
#include "notify/catcher.h"
#include "notify/endpoints.h"
#include "notify/probes.h"
#include "notify/record_json.h"

#define PROBES_PER_SECOND \
	5 /* of an account: they make this server connect to where a caller says */

static bool endpoint_choose(const struct call *call, struct endpoint *ret_endpoint,
			    struct error *err)
{
	const struct context context = call_context(call);

	return endpoint_get(&context, session_db(call->session), call->request->parameters[0],
			    ret_endpoint, err) &&
	       (*ret_endpoint->url || error_set(err, ERROR_WRONG_STATE, "the endpoint has no URL"));
}

static bool probe_await(struct call *call, const struct endpoint *endpoint, enum event_type type,
			bool is_check)
{
	const struct context context = call_context(call);
	struct call_wait *wait = call->wait;

	probe_make(&context, endpoint, type, &wait->probe);
	wait->probe.wants_chain = is_check;
	wait->probe.is_forged = is_check && wait->result_count > 0;
	wait->what = WAIT_FOR_PROBE;
	wait->account = context.account;
	wait->begun = true;
	return true;
}

/* With `dryRun` the answer is what would be sent. */
static bool test_begin(struct call *call, const struct endpoint *endpoint, enum event_type type,
		       const json_t *body, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	bool is_dry = false;
	struct probe probe;

	probe_make(&context, endpoint, type, &probe);
	if (!json_get_bool(body, "dryRun", NULL, &is_dry, err) ||
	    !probe_choose_package(&context, body, &probe, err))
		return false;
	if (is_dry)
		return reply_json(response,
				  json_pack("{s:s, s:s, s:s, s:n}", "name", probe.event.type,
					    "body", probe_body(&context, &probe), "problem", "",
					    "attempt"));
	if (!probe_await(call, endpoint, type, false))
		return false;
	call->wait->probe.event = probe.event;
	return true;
}

bool on_endpoint_test(struct call *call, struct http_response *response, struct error *err)
{
	struct endpoint endpoint;
	enum event_type type;

	scoped(json_t) json_t *body = call_body_or_nothing(call, err);
	if (!body || !endpoint_choose(call, &endpoint, err) ||
	    !probe_type_read(body, &endpoint, &type, err))
		return false;
	if (call->wait->result_count == 0)
		return test_begin(call, &endpoint, type, body, response, err);
	const struct probe_result *result = call->wait->results[0];
	return reply_json(response,
			  json_pack("{s:s, s:o, s:s, s:o}", "name", event_type_info(type)->name,
				    "body", json_string_of(result->body), "problem",
				    result->problem ? result->problem : "", "attempt",
				    attempt_to_json(&result->attempt)));
}

bool on_endpoint_check(struct call *call, struct http_response *response, struct error *err)
{
	struct call_wait *wait = call->wait;
	struct endpoint endpoint;
	enum event_type type;

	scoped(json_t) json_t *body = call_body_or_nothing(call, err);
	if (!body || !endpoint_choose(call, &endpoint, err) ||
	    !probe_type_read(body, &endpoint, &type, err))
		return false;
	/* A receiver that accepts what is right is asked about what is wrong. */
	const bool is_catcher = catcher_has_url(call->authenticator->config, endpoint.url);
	if (wait->result_count == 0 ||
	    (wait->result_count == 1 && !is_catcher && probe_is_accepted(wait->results[0])))
		return probe_await(call, &endpoint, type, true);
	json_t *report = check_report(&endpoint, is_catcher, wait->results[0],
				      wait->result_count > 1 ? wait->results[1] : NULL, call->now);
	json_object_set_new(report, "url", json_string(endpoint.url));
	json_object_set_new(report, "checkedDate", json_date(call->now));
	json_object_set_new(report, "attempt", attempt_to_json(&wait->results[0]->attempt));
	return reply_json(response, report);
}

static bool rate_take(struct call *call, struct http_response *response, struct error *err)
{
	struct rate_verdict rate = rate_limit_take(
		call->authenticator->limits,
		arena_printf(call->arena, "probes %s", call->actor.account), PROBES_PER_SECOND,
		mono_now());

	reply_rate(call, response, &rate);
	return rate.allowed || error_set_wait(err, rate.wait_s, "probes of this account");
}

/* The receiver's answer is judged, and not passed on: whatever lies behind an address that may be
 * delivered to is not to be read this way. */
bool on_probes_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	struct call_wait *wait = call->wait;
	struct endpoint endpoint;
	enum event_type type;

	scoped(json_t) json_t *body = call_body(call, err);
	if (!body ||
	    !endpoint_draft(&context, http_request_query(call->request, "endpointId"), body,
			    &endpoint, err) ||
	    !probe_type_read(NULL, &endpoint, &type, err))
		return false;
	if (wait->result_count == 0) {
		if (!rate_take(call, response, err))
			return false;
		(void)probe_await(call, &endpoint, type, true);
		wait->probe.is_draft = true;
		return true;
	}
	const struct attempt *attempt = &wait->results[0]->attempt;
	json_t *report = check_report(&endpoint, catcher_has_url(context.config, endpoint.url),
				      wait->results[0], NULL, call->now);
	json_object_set_new(report, "url", json_string(endpoint.url));
	json_object_set_new(report, "checkedDate", json_date(call->now));
	json_object_set_new(report, "httpStatus", json_integer(attempt->http_status));
	json_object_set_new(report, "durationMs", json_real((double)attempt->took.us / 1000));
	return reply_json(response, report);
}
