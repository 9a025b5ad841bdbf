/* authentication_tokens_api.c – tokens that let people in, and /auth, where they are exchanged. */
#include "api/core/routes.h"
#include "api/core/session_choice.h"

#include <stdlib.h>
#include <string.h>

#include "access/identity/authentication_tokens.h"
#include "base/ensure.h"
#include "base/json.h"

/* ---- making them ---- */

static bool make(const struct call *call, const struct token_subject *subject,
		 const char **ret_value, struct error *err)
{
	const struct context context = call_context(call);
	return authentication_token_make(&context, subject, ret_value, err);
}

bool on_authentication_token_user(struct call *call, struct http_response *response,
				  struct error *err)
{
	const struct token_subject subject = {
		.kind = SESSION_USER, .package = "", .signer = "", .fields = "{}"};
	const char *value;

	reply_no_store(response);
	return make(call, &subject, &value, err) &&
	       reply_json(response, json_pack("{s:s}", "value", value));
}

static bool package_is_visible(const struct call *call, const char *id, struct error *err)
{
	const struct context context = call_context(call);

	return package_is_visible_to(&context, id, err);
}

bool on_authentication_token_sender(struct call *call, struct http_response *response,
				    struct error *err)
{
	struct token_subject subject = {.kind = SESSION_SENDER, .signer = "", .fields = "{}"};
	const char *value;

	reply_no_store(response);
	scoped(json_t) json_t *body = call_body(call, err);
	return body && json_need_text(body, "packageId", NULL, &subject.package, err) &&
	       package_is_visible(call, subject.package, err) &&
	       make(call, &subject, &value, err) &&
	       reply_json(response,
			  json_pack("{s:s, s:s}", "packageId", subject.package, "value", value));
}

/* {"fields": {"<key>": "<value>"}}, free texts. *ret_fields: new reference. */
static bool session_fields_read(const struct call *call, const json_t *body, const char **ret_text,
				json_t **ret_fields, struct error *err)
{
	json_t *holder, *fields = NULL, *value;
	const char *key;

	if (!json_get_object(body, "sessionFields", NULL, &holder, err) ||
	    (holder && !json_get_object(holder, "fields", "sessionFields", &fields, err)))
		return false;
	json_object_foreach(fields, key, value)
	{
		if (!json_is_string(value))
			return error_set(err, ERROR_INVALID_FIELD,
					 "sessionFields.fields: values must be texts");
	}
	*ret_text = fields ? json_encode_in(call->arena, fields) : "{}";
	if (strlen(*ret_text) > SESSION_FIELDS_MAX)
		return error_set(err, ERROR_INVALID_FIELD,
				 "sessionFields: at most %d bytes are allowed", SESSION_FIELDS_MAX);
	*ret_fields = fields ? json_incref(fields) : json_object();
	return true;
}

static bool signer_token(struct call *call, bool multi_use, struct http_response *response,
			 struct error *err)
{
	const struct context context = call_context(call);
	struct token_subject subject = {.kind = SESSION_SIGNER, .multi_use = multi_use};
	scoped(json_t) json_t *signer = NULL, *fields = NULL;
	const char *wanted, *value;

	reply_no_store(response);
	scoped(json_t) json_t *body = call_body(call, err);
	if (!body || !json_need_text(body, "packageId", NULL, &subject.package, err) ||
	    !json_need_text(body, "signerId", NULL, &wanted, err) ||
	    !package_signer_find(&context, subject.package, wanted, &signer, err) ||
	    !session_fields_read(call, body, &subject.fields, &fields, err))
		return false;
	subject.signer = json_text(signer, "id");
	return make(call, &subject, &value, err) &&
	       reply_json(response, json_pack("{s:s, s:s, s:s, s:{s:O}}", "packageId",
					      subject.package, "signerId", wanted, "value", value,
					      "sessionFields", "fields", fields));
}

bool on_authentication_token_signer(struct call *call, struct http_response *response,
				    struct error *err)
{
	return signer_token(call, true, response, err);
}

bool on_authentication_token_signer_once(struct call *call, struct http_response *response,
					 struct error *err)
{
	return signer_token(call, false, response, err);
}

/* POST /api/sessions[?package=&signer=]: the session without the detour. */
bool on_sessions_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *package = http_request_query(call->request, "package");
	const char *wanted = http_request_query(call->request, "signer");
	struct token_subject subject = {
		.kind = SESSION_USER, .package = "", .signer = "", .fields = "{}"};
	scoped(json_t) json_t *signer = NULL;
	const char *session;

	reply_no_store(response);
	if ((package != NULL) != (wanted != NULL))
		return error_set(err, ERROR_MISSING_FIELD, "%s: package and signer go together",
				 package ? "signer" : "package");
	if (package) {
		if (!package_signer_find(&context, package, wanted, &signer, err))
			return false;
		subject.kind = SESSION_SIGNER;
		subject.package = package;
		subject.signer = json_text(signer, "id");
	}
	return session_for_subject(&context, &subject, call_agent(call), &session, err) &&
	       reply_json(response, json_pack("{s:s}", "sessionToken", session));
}

/* ---- exchanging them ---- */

static const char *token_of(const struct call *call, enum session_kind *ret_kind)
{
	static const struct {
		const char *name;
		enum session_kind kind;
	} parameters[] = {
		{"authenticationToken", SESSION_USER},
		{"senderAuthenticationToken", SESSION_SENDER},
		{"signerAuthenticationToken", SESSION_SIGNER},
	};
	for (size_t i = 0; i < ARRAY_SIZE(parameters); i++) {
		const char *value = http_request_query(call->request, parameters[i].name);
		if (value && *value) {
			*ret_kind = parameters[i].kind;
			return value;
		}
	}
	return NULL;
}

bool on_auth_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *target = http_request_query(call->request, "target");
	enum session_kind kind = SESSION_USER;
	const char *value = token_of(call, &kind), *session;
	bool is_asked = false;

	if (call->request->method == HTTP_METHOD_HEAD) /* it would use the token up */
		return error_set(err, ERROR_METHOD_NOT_ALLOWED, NULL);
	http_response_header(response, "Referrer-Policy",
			     "no-referrer"); /* the token is in the address */
	if (!value)
		return error_set(err, ERROR_MISSING_FIELD,
				 "authenticationToken, senderAuthenticationToken or "
				 "signerAuthenticationToken");
	if (target && !redirect_is_allowed(context.config, target))
		return error_set(err, ERROR_INVALID_FIELD,
				 "target: neither this server nor a host it may send to "
				 "(--redirect-hosts)");
	/* Without a target no cookie is set. */
	if (target && !session_choice_is_needed(call, kind, value, &is_asked, err))
		return false;
	if (is_asked)
		return reply_session_choice(call, response, err);
	if (!authentication_token_exchange(&context, kind, value, call_agent(call), &session, err))
		return false;
	if (!target) {
		reply_no_store(response);
		return reply_json(response, json_pack("{s:s}", "sessionToken", session));
	}
	reply_session_cookie(call, response, session);
	http_response_header(response, "Location", target);
	response->status = 302;
	return true;
}
