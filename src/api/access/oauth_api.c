/* oauth_api.c – /oauth2: the token endpoint, revocation, introspection, keys and metadata. */
#include "api/core/routes.h"

#include <string.h>

#include "access/credentials/oauth.h"
#include "base/json.h"
#include "base/oauth_words.h"
#include "base/text.h"
#include "http/pairs.h"

const char *oauth_error_name(enum error_code code)
{
	switch (error_http_status(code)) {
	case 401:
		return OAUTH_INVALID_CLIENT;
	case 403:
		return "unauthorized_client";
	case 429:
	case 503:
		return "temporarily_unavailable";
	case 500:
		return "server_error";
	default:
		break;
	}
	if (code == ERROR_OAUTH_GRANT_TYPE)
		return "unsupported_grant_type";
	if (code == ERROR_OAUTH_SCOPE)
		return "invalid_scope";
	return code == ERROR_OAUTH_CLIENT ? "unauthorized_client" : "invalid_request";
}

/* What a client says: in a form, and some of it in the query. */
struct parameters {
	struct pairs form, query;
};

/* May stand in the form only: queries are logged on the way. */
static const char *const secret_names[] = {OAUTH_CLIENT_SECRET, OAUTH_CLIENT_ASSERTION, "token"};

/* Of what may stand in the query, too: the Java SDK put its grant type there until 2024. */
static const char *value_of(const struct parameters *parameters, const char *name)
{
	const char *value = pairs_value(&parameters->form, name);

	return value ? value : pairs_value(&parameters->query, name);
}

/* RFC 6749 section 3.2: none is given twice. */
static bool names_are_acceptable(const struct parameters *parameters, struct error *err)
{
	static const char *const names[] = {OAUTH_GRANT_TYPE,
					    OAUTH_CLIENT_ID,
					    OAUTH_CLIENT_SECRET,
					    OAUTH_SCOPE,
					    "sender_id",
					    "delegator_id",
					    "token",
					    OAUTH_CLIENT_ASSERTION_TYPE,
					    OAUTH_CLIENT_ASSERTION};

	for (size_t i = 0; i < ARRAY_SIZE(secret_names); i++) {
		if (pairs_count(&parameters->query, secret_names[i]) > 0)
			return error_set(err, ERROR_INVALID_FIELD,
					 "%s: must not stand in the query; proxies log it",
					 secret_names[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (pairs_count(&parameters->form, names[i]) +
			    pairs_count(&parameters->query, names[i]) >
		    1)
			return error_set(err, ERROR_INVALID_FIELD, "%s: given twice", names[i]);
	}
	return true;
}

/* The form, decoded once. Without a body it is empty, whatever its type. */
static bool form_read(const struct call *call, struct pairs *ret_form, struct error *err)
{
	const char *type = http_request_header(call->request, "Content-Type");
	const struct bytes body = call->request->body;

	if (body.length > 0 &&
	    (!type || !http_media_type_is(type, "application/x-www-form-urlencoded")))
		return error_set(err, ERROR_INVALID_FIELD,
				 "Content-Type: must be application/x-www-form-urlencoded");
	return pairs_parse(call->arena, (const char *)body.data, body.length, ret_form, err);
}

static bool parameters_read(const struct call *call, struct parameters *ret_parameters,
			    struct error *err)
{
	const char *query = call->request->query;

	return form_read(call, &ret_parameters->form, err) &&
	       pairs_parse(call->arena, query, strlen(query), &ret_parameters->query, err) &&
	       names_are_acceptable(ret_parameters, err);
}

/* RFC 6749 section 2.3.1: id and secret are form-encoded before they are put together. */
static bool basic_read(const struct call *call, const char *authorization,
		       struct oauth_client *client, struct error *err)
{
	const char *text = authorization + strlen("Basic ");
	struct bytes pair;
	char *id, *secret;

	text += strspn(text, " ");
	if (!base64_decode(call->arena, text, strlen(text), &pair))
		return error_set(err, ERROR_INVALID_CLIENT, "Authorization: not base64");
	const char *plain = arena_strndup(call->arena, (const char *)pair.data, pair.length);
	const char *colon = strchr(plain, ':');
	if (!colon || !percent_decode(call->arena, plain, (size_t)(colon - plain), true, &id) ||
	    !percent_decode(call->arena, colon + 1, strlen(colon + 1), true, &secret))
		return error_set(err, ERROR_INVALID_CLIENT,
				 "Authorization: expected base64 of <client id>:<client secret>");
	client->id = id;
	client->secret = secret;
	return true;
}

static bool client_read(const struct call *call, const struct parameters *parameters,
			struct oauth_client *client, struct http_response *response,
			struct error *err)
{
	const char *authorization = http_request_header(call->request, "Authorization");

	*client = (struct oauth_client){
		.id = pairs_value(&parameters->form, OAUTH_CLIENT_ID),
		.secret = pairs_value(&parameters->form, OAUTH_CLIENT_SECRET),
		.assertion_type = pairs_value(&parameters->form, OAUTH_CLIENT_ASSERTION_TYPE),
		.assertion = pairs_value(&parameters->form, OAUTH_CLIENT_ASSERTION),
		.address = call->address,
	};
	reply_no_store(response);
	if (!authorization)
		return true;
	/* Section 2.3: one way at a time. */
	if (client->secret || client->assertion)
		return error_set(err, ERROR_INVALID_FIELD,
				 "client authentication is given in two ways");
	/* Section 5.2 asks for this header, in answer to this way only. */
	http_response_header(response, "WWW-Authenticate", "Basic realm=\"greffier\"");
	if (!text_starts_with_nocase(authorization, "Basic "))
		return error_set(err, ERROR_INVALID_CLIENT, "Authorization: expected Basic");
	return basic_read(call, authorization, client, err);
}

static void challenge_remove(struct http_response *response)
{
	if (response->header_count > 0 &&
	    strcmp(response->headers[response->header_count - 1].name, "WWW-Authenticate") == 0)
		response->header_count--;
}

bool on_oauth_token(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	struct oauth_token_request request;
	struct parameters parameters;
	struct oauth_token_answer answer;
	struct rate_verdict rate = {0};

	if (!parameters_read(call, &parameters, err) ||
	    !client_read(call, &parameters, &request.client, response, err))
		return false;
	request.grant_type = value_of(&parameters, OAUTH_GRANT_TYPE);
	request.scope = value_of(&parameters, OAUTH_SCOPE);
	request.sender_id = value_of(&parameters, "sender_id");
	request.delegator_id = value_of(&parameters, "delegator_id");
	bool issued = oauth_token_issue(&context, &request, &answer, &rate, err);
	if (issued || err->code != ERROR_INVALID_CLIENT)
		challenge_remove(response);
	reply_rate(call, response, &rate);
	/* Exactly these four: the Java SDK refuses any other. */
	return issued &&
	       reply_json(response,
			  json_pack("{s:s, s:s, s:s, s:I}", OAUTH_ACCESS_TOKEN, answer.access_token,
				    OAUTH_TOKEN_TYPE, "Bearer", OAUTH_SCOPE, answer.scope,
				    OAUTH_EXPIRES_IN, (json_int_t)answer.expires_in));
}

bool on_oauth_revoke(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	struct oauth_client client;
	struct parameters parameters;
	struct rate_verdict rate = {0};

	if (!parameters_read(call, &parameters, err) ||
	    !client_read(call, &parameters, &client, response, err))
		return false;
	bool revoked = oauth_token_revoke(&context, &client, pairs_value(&parameters.form, "token"),
					  &rate, err);
	if (revoked || err->code != ERROR_INVALID_CLIENT)
		challenge_remove(response);
	reply_rate(call, response, &rate);
	return revoked && reply_empty(response);
}

bool on_oauth_introspect(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	struct oauth_client client;
	struct parameters parameters;
	struct rate_verdict rate = {0};

	if (!parameters_read(call, &parameters, err) ||
	    !client_read(call, &parameters, &client, response, err))
		return false;
	json_t *answer = oauth_token_introspect(&context, &client,
						pairs_value(&parameters.form, "token"), &rate, err);
	if (answer || err->code != ERROR_INVALID_CLIENT)
		challenge_remove(response);
	reply_rate(call, response, &rate);
	return reply_answer(response, answer);
}

bool on_oauth_jwks(struct call *call, struct http_response *response, struct error *err)
{
	http_response_header(response, "Cache-Control", "public, max-age=300");
	return reply_answer(response, token_registry_public_keys(call->authenticator->registry,
								 call->session, call->now, err));
}

bool on_oauth_metadata(struct call *call, struct http_response *response, struct error *err)
{
	return reply_json(response, oauth_metadata(call->authenticator->config));
}
