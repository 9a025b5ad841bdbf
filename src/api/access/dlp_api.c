/* dlp_api.c – /api/account/authentication/dlp: rules for scanners, reports of leaks, is this one
 * ours? */
#include "access/leaks/leak_reports.h"
#include "api/core/routes.h"

#include <string.h>

#include "access/credentials/installation_keys.h"
#include "access/leaks/dlp_rules.h"
#include "access/leaks/leaks.h"
#include "base/json.h"
#include "base/network.h"
#include "base/text.h"
#include "crypto/digest.h"

#define CREDENTIAL_TEXT_MAX 8192 /* bytes; what is longer is none of ours */

bool on_dlp_rules_get(struct call *call, struct http_response *response, struct error *err)
{
	const char *format = http_request_query(call->request, "format");
	const char *prefixes, *text, *type;

	if (!credential_prefixes_read(call->session, call->arena, &prefixes, err))
		return false;
	if (!dlp_rules(call->arena, format ? format : "regex", prefixes,
		       call->authenticator->config->base_url, &text, &type))
		return error_set(err, ERROR_INVALID_FIELD, "format: must be %s", dlp_rule_formats);
	return reply_bytes(response, type,
			   (struct bytes){(const unsigned char *)text, strlen(text)});
}

bool on_dlp_fingerprints_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	reply_no_store(response);
	return reply_answer(response, leak_fingerprints(&context, err));
}

bool on_dlp_reports_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	int64_t offset, limit;

	return call_page(call, PAGE_DEFAULT, &offset, &limit, err) &&
	       reply_answer(response, leak_reports_list(&context, offset, limit, err));
}

/* Strangers may ask: a limit by address, the one of all that takes credentials. */
static bool rate_take(struct call *call, struct http_response *response, struct error *err)
{
	char group[NETWORK_ADDRESS_TEXT];

	network_group(call->address, group);
	struct rate_verdict rate = rate_limit_take(
		call->authenticator->limits, arena_printf(call->arena, "leaks %s", group),
		call->authenticator->config->token_rate, mono_now());

	reply_rate(call, response, &rate);
	return rate.allowed || error_set_wait(err, rate.wait_s, "requests from this address");
}

bool on_dlp_verify_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	struct leak_subject subject;
	const char *credential;

	if (!rate_take(call, response, err))
		return false;
	scoped(json_t) json_t *body = call_body(call, err);
	if (!body || !json_need_text(body, "credential", NULL, &credential, err))
		return false;
	if (strlen(credential) > CREDENTIAL_TEXT_MAX)
		return error_set(err, ERROR_INVALID_FIELD,
				 "credential: longer than any credential of this server");
	return leak_identify(&context, credential, &subject, err) &&
	       reply_json(response, json_pack("{s:s, s:s}", "state", leak_state_name(subject.state),
					      "kind", subject.kind));
}

/* ---- reports ---- */

static json_t *verdict_to_json(const struct call *call, const char *credential, const char *type,
			       const struct leak_subject *subject, const char *action, bool github)
{
	unsigned char digest[SHA256_BYTES];
	bool is_ours = subject->state != LEAK_UNKNOWN;

	if (!github)
		return json_pack("{s:s, s:s, s:s}", "state", leak_state_name(subject->state),
				 "kind", subject->kind, "action", action);
	sha256(credential, strlen(credential), digest);
	return json_pack("{s:s, s:s, s:s}", "token_hash",
			 base64_encode(call->arena, digest, sizeof(digest)), "token_type", type,
			 "label", is_ours ? "true_positive" : "false_positive");
}

/* One report: the plain form says `credential`, the partners' `token`. */
static bool report_take(const struct call *call, const json_t *report, const struct leak *from,
			bool github, json_t *verdicts, struct error *err)
{
	const struct context context = call_context(call);
	struct leak leak = *from;
	struct leak_subject subject;
	const char *action, *type;

	if (!json_is_object(report))
		return error_set(err, ERROR_INVALID_JSON, "each report must be an object");
	if (!json_need_text(report, github ? "token" : "credential", NULL, &leak.credential, err) ||
	    !json_get_text(report, "url", NULL, &leak.url, err) ||
	    !json_get_text(report, "source", NULL, &leak.source, err) ||
	    !json_get_text(report, "type", NULL, &type, err))
		return false;
	if (strlen(leak.credential) > CREDENTIAL_TEXT_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "longer than any credential of ours");
	leak.url = leak.url ? leak.url : "";
	leak.source = leak.source ? leak.source : "";
	if (!leak_handle(&context, &leak, &subject, &action, err))
		return false;
	json_array_append_new(verdicts, verdict_to_json(call, leak.credential, type ? type : "",
							&subject, action, github));
	return true;
}

static bool reports_take(const struct call *call, const struct leak *from, bool github,
			 struct http_response *response, struct error *err)
{
	scoped(json_t) json_t *body = json_decode(call->request->body, err);
	if (!body)
		return false;
	size_t count = json_is_array(body) ? json_array_size(body) : 1;
	if (count > LEAK_REPORTS_AT_ONCE)
		return error_set(err, ERROR_INVALID_FIELD, "%d reports at most",
				 LEAK_REPORTS_AT_ONCE);
	json_t *verdicts = json_array();
	for (size_t i = 0; i < count; i++) {
		const json_t *report = json_is_array(body) ? json_array_get(body, i) : body;
		if (!report_take(call, report, from, github, verdicts, err)) {
			json_decref(verdicts);
			return error_wrap(err, "[%zu]", i);
		}
	}
	return reply_json(response, verdicts);
}

bool on_dlp_reports_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const struct http_request *request = call->request;
	const char *key = http_request_header(request, "Github-Public-Key-Identifier");
	const char *signature = http_request_header(request, "Github-Public-Key-Signature");
	const char *authorization = http_request_header(request, "Authorization");
	struct leak from = {.reporter_kind = "OPERATOR"};

	if (!rate_take(call, response, err))
		return false;
	if (key && signature) {
		if (!leak_partner_check(context.config, call->arena, key, signature, request->body,
					err))
			return false;
		from.reporter_kind = "PARTNER";
		from.reporter = key;
		return reports_take(call, &from, true, response, err);
	}
	if (!authorization)
		return error_set(err, ERROR_NO_CREDENTIALS,
				 "an operator's credential, or a partner's signature");
	if (!text_starts_with_nocase(authorization, "Bearer ") ||
	    !operator_credential_check(&context, authorization + strlen("Bearer "), &from.reporter,
				       err))
		return error_set(err, ERROR_INVALID_CREDENTIALS, "not an operator's credential");
	return reports_take(call, &from, false, response, err);
}
