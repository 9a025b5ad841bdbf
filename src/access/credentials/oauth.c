/* oauth.c – see oauth.h. */
#include "access/credentials/oauth.h"

#include <stdlib.h>
#include <string.h>

#include "access/credentials/chain.h"
#include "access/credentials/client_assertion.h"
#include "access/credentials/client_secret.h"
#include "access/credentials/token.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/oauth_words.h"
#include "crypto/random.h"
#include "store/oauth_store.h"
#include "store/user_store.h"

/* ---- the client ---- */

static bool passed(enum auth_result result)
{
	ensure(result != AUTH_NEEDS_STORE); /* there is a session */
	return result == AUTH_OK;
}

static bool client_authenticate(const struct context *context, const struct oauth_client *client,
				struct identity *ret_app, bool *ret_is_old_secret,
				struct rate_verdict *ret_rate, struct error *err)
{
	const char *id = client->id;

	*ret_is_old_secret = false;
	if (client->assertion && !id)
		id = assertion_subject(context->arena, client->assertion);
	if (!id || !*id)
		return error_set(err, ERROR_INVALID_CLIENT, "client authentication is missing");
	if (!attempt_may_begin(context->authenticator, id, client->address, context->now, ret_rate,
			       err))
		return false;
	if (client->assertion)
		return client_assertion_check(context, client, id, ret_app, err);
	return passed(app_secret_check(context->authenticator, context->session, id,
				       client->secret ? client->secret : "", client->address,
				       context->now, ret_app, ret_is_old_secret, err));
}

/* ---- the grant ---- */

static bool app_may(const struct identity *app, const char *address, struct error *err)
{
	if (app->account.locked)
		return error_set(err, ERROR_ACCOUNT_LOCKED, NULL);
	if (!(app->account.features & ACCOUNT_FEATURE_OAUTH))
		return error_set(err, ERROR_OAUTH_CLIENT,
				 "OAuth 2.0 is not enabled for the account");
	if (!(app->account.accepted_methods & ACCEPT_OAUTH))
		return error_set(err, ERROR_OAUTH_CLIENT, "the account does not accept OAuth 2.0");
	return app_address_check(&app->app, address, err);
}

static bool scope_choose(const struct identity *app, const char *wanted, unsigned *ret_scopes,
			 struct error *err)
{
	unsigned bits = app->app.scopes;
	struct error unknown = {0};

	if (wanted && *wanted && !scopes_parse(wanted, OAUTH_SCOPE, &bits, &unknown))
		return error_set(err, ERROR_OAUTH_SCOPE, "%s", unknown.technical);
	if (bits & ~app->app.scopes)
		return error_set(err, ERROR_OAUTH_SCOPE, "scope: exceeds the scopes of the client");
	*ret_scopes = bits;
	return true;
}

static bool member_check(const struct context *context, const struct identity *app,
			 const char *member, const char *uid, struct error *err)
{
	struct identity found;

	if (strlen(uid) != USER_UID_LENGTH)
		return error_set(err, ERROR_INVALID_FIELD,
				 "%s: is not an active sender of the account", member);
	if (!passed(member_identity_find(context->authenticator, context->session, app->account.id,
					 uid, &found, err)))
		return false;
	if (!found.member.live)
		return error_set(err, ERROR_INVALID_FIELD,
				 "%s: is not an active sender of the account", member);
	struct rights rights = member_rights(&found, app->account.owner);
	return passed(
		app_maker_bind(context->authenticator, context->session, app, uid, &rights, err));
}

static bool delegation_check(const struct context *context, const struct identity *app,
			     const char *delegator, const char *delegate, struct error *err)
{
	struct identity found;

	if (!passed(delegation_identity_find(context->authenticator, context->session,
					     app->account.id, delegator, delegate, &found, err)))
		return false;
	const struct delegation_identity *delegation = &found.delegation;
	bool is_over = delegation->expires.us && delegation->expires.us <= context->now.us;
	return (delegation->stands && !is_over) ||
	       error_set(err, ERROR_INVALID_FIELD,
			 "delegator_id: has not named this sender as a delegate");
}

/* Who the token acts for: the sender, the delegator on whose behalf the sender acts, or whom the
 * app acts for by itself. */
static bool user_choose(const struct context *context, const struct identity *app,
			const struct oauth_token_request *request, const char **ret_user,
			const char **ret_delegate, struct error *err)
{
	bool has_sender = request->sender_id && *request->sender_id;
	bool has_delegator = request->delegator_id && *request->delegator_id;
	const char *sender = has_sender ? request->sender_id : app_default_user(app);

	if (!member_check(context, app, "sender_id", sender, err))
		return false;
	*ret_user = sender;
	*ret_delegate = NULL;
	if (!has_delegator)
		return true;
	if (!member_check(context, app, "delegator_id", request->delegator_id, err) ||
	    !delegation_check(context, app, request->delegator_id, sender, err))
		return false;
	*ret_user = request->delegator_id;
	*ret_delegate = sender;
	return true;
}

static const char *claims_make(const struct context *context, const struct identity *app,
			       const char *user, const char *delegate, const char *scope,
			       int64_t issued_s, int64_t expires_s)
{
	const char *base = context->authenticator->config->base_url;
	char jti[JTI_LENGTH + 1];

	random_base62(jti, JTI_LENGTH);
	json_t *claims = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:s, s:s, s:I, s:i}",
				   "iss", base, "sub", app->id + 1, "aud", base, OAUTH_CLIENT_ID,
				   app->id + 1, "iat", (json_int_t)issued_s, "exp",
				   (json_int_t)expires_s, "jti", jti, OAUTH_SCOPE, scope,
				   "accountUid", app->account.id, "sender_id", user, "epoch",
				   (json_int_t)app->app.epoch, "ver", ACCESS_TOKEN_VERSION);
	ensure(claims);
	if (delegate)
		json_object_set_new(claims, "act", json_pack("{s:s}", "sub", delegate));
	const char *text = json_encode_in(context->arena, claims);
	json_decref(claims);
	return text;
}

static int64_t life_s(const struct context *context, const struct identity *app)
{
	int64_t life = context->authenticator->config->oauth_token_life.us / 1000000;
	int64_t cap = app->account.token_life_max_s;

	return cap > 0 && cap < life ? cap : life;
}

bool oauth_token_issue(const struct context *context, const struct oauth_token_request *request,
		       struct oauth_token_answer *ret_answer, struct rate_verdict *ret_rate,
		       struct error *err)
{
	const struct authenticator *authenticator = context->authenticator;
	struct identity app = {0};
	const char *user, *delegate;
	unsigned scopes = 0;
	bool is_old;

	ensure(context->authenticator);
	if (!request->grant_type || !*request->grant_type)
		return error_set(err, ERROR_MISSING_FIELD, OAUTH_GRANT_TYPE);
	if (!client_authenticate(context, &request->client, &app, &is_old, ret_rate, err))
		return false;
	if (strcmp(request->grant_type, OAUTH_CLIENT_CREDENTIALS) != 0)
		return error_set(err, ERROR_OAUTH_GRANT_TYPE,
				 "grant_type: only client_credentials");
	if (!app_may(&app, request->client.address, err) ||
	    !scope_choose(&app, request->scope, &scopes, err) ||
	    !user_choose(context, &app, request, &user, &delegate, err))
		return false;
	int64_t issued_s = context->now.us / 1000000;
	int64_t expires_s = issued_s + life_s(context, &app);
	ret_answer->scope = scopes_text(context->arena, scopes);
	ret_answer->expires_in = (expires_s * 1000000 - context->now.us) / 1000000;
	ret_answer->access_token = token_registry_sign(
		authenticator->registry, context->session, context->arena,
		claims_make(context, &app, user, delegate, ret_answer->scope, issued_s, expires_s),
		context->now, err);
	if (!ret_answer->access_token)
		return false;
	usage_note_token(authenticator->usage, app.id + 1, is_old, context->now,
			 request->client.address);
	return true;
}

/* ---- what a token is ---- */

/* What the token itself says. False with no error: this installation did not make it. */
static bool token_read(const struct context *context, const char *text, struct token_facts *facts)
{
	const struct authenticator *authenticator = context->authenticator;
	struct error ignored = {0};
	struct jwt_identity jwt;
	struct token token;

	if (token_decode(authenticator->keyring, text, &token)) {
		memcpy(facts->user, token.user, sizeof(facts->user));
		facts->expires = token.expires;
		facts->scopes = SCOPES_ALL;
		facts->origin = token_origin(&token);
		return true;
	}
	scoped(json_t) json_t *claims = token_registry_verify(
		authenticator->registry, context->session, text, context->now, &ignored);
	if (!claims || !jwt_read(claims, &jwt, &ignored))
		return false;
	facts->is_jwt = true;
	memcpy(facts->user, jwt.user, sizeof(facts->user));
	memcpy(facts->jti, jwt.jti, sizeof(facts->jti));
	facts->expires = jwt.expires;
	facts->scopes = jwt.scopes;
	facts->origin = jwt_origin(&jwt);
	return true;
}

/* It would be let in from somewhere: the address and the rate are the call's own affair. */
static bool would_pass(const struct context *context, struct token_facts *facts, struct error *err)
{
	const struct app_link link = {&facts->origin, facts->scopes, ERROR_INVALID_CREDENTIALS};
	const struct authenticator *authenticator = context->authenticator;
	struct identity app, member;

	if (!passed(chain_app_find(authenticator, context->session, &link, context->now, &app,
				   err)) ||
	    !passed(member_identity_find(authenticator, context->session, app.account.id,
					 facts->user, &member, err)))
		return false;
	struct rights rights = member_rights(&member, app.account.owner);
	return rights.live &&
	       passed(app_maker_bind(authenticator, context->session, &app, facts->user, &rights,
				     err)) &&
	       passed(chain_delegation_check(authenticator, context->session, app.account.id,
					     facts->user, &link, context->now, err));
}

bool token_inspect(const struct context *context, const char *token, struct token_facts *ret_facts,
		   struct error *err)
{
	const struct authenticator *authenticator = context->authenticator;
	bool revoked, needs_store;
	struct error why = {0};

	ensure(context->authenticator);
	*ret_facts = (struct token_facts){0};
	if (!token_read(context, token, ret_facts))
		return true;
	ret_facts->is_known = true;
	if (!passed(app_identity_find(authenticator, context->session, ret_facts->origin.id,
				      &ret_facts->app, err)))
		return false;
	const struct identity *app = &ret_facts->app;
	if (!*app->account.id)
		return true;
	ret_facts->scopes &= app->app.scopes;
	if (!token_registry_is_revoked(authenticator->registry, context->session, token,
				       ret_facts->jti, context->now, &revoked, &needs_store, err))
		return false;
	ret_facts->is_active = !revoked && ret_facts->expires.us > context->now.us &&
			       would_pass(context, ret_facts, &why);
	if (error_http_status(why.code) >= 500) { /* nothing is known then */
		*err = why;
		return false;
	}
	return true;
}

/* With what was derived from it. */
bool token_revoke(const struct context *context, struct db *db, const char *token,
		  const struct token_facts *facts, struct error *err)
{
	char origin[ORIGIN_TEXT_MAX];

	origin_format(&facts->origin, origin);
	return token_registry_revoke(context->authenticator->keyring, db, facts->app.account.id,
				     token, facts->jti, facts->expires, err) &&
	       login_session_delete_of_origin(db, facts->app.account.id, origin, err);
}

bool oauth_token_revoke(const struct context *context, const struct oauth_client *client,
			const char *token, struct rate_verdict *ret_rate, struct error *err)
{
	struct identity app = {0};
	struct token_facts facts;
	bool is_old;

	if (!client_authenticate(context, client, &app, &is_old, ret_rate, err))
		return false;
	if (!token || !*token)
		return error_set(err, ERROR_MISSING_FIELD, "token");
	if (!token_inspect(context, token, &facts, err))
		return false;
	if (!facts.is_active || strcmp(facts.app.id, app.id) != 0)
		return true;
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !token_revoke(context, txn_db(txn), token, &facts, err))
		return false;
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return txn_commit(&txn, err);
}

json_t *oauth_token_introspect(const struct context *context, const struct oauth_client *client,
			       const char *token, struct rate_verdict *ret_rate, struct error *err)
{
	struct identity app = {0};
	struct token_facts facts;
	bool is_old;

	if (!client_authenticate(context, client, &app, &is_old, ret_rate, err))
		return NULL;
	if (!token || !*token) {
		(void)error_set(err, ERROR_MISSING_FIELD, "token");
		return NULL;
	}
	if (!token_inspect(context, token, &facts, err))
		return NULL;
	if (!facts.is_active || strcmp(facts.app.account.id, app.account.id) != 0)
		return json_pack("{s:b}", "active", 0);
	return json_pack("{s:b, s:s, s:s, s:s, s:I, s:s, s:s, s:s}", "active", 1, OAUTH_SCOPE,
			 scopes_text(context->arena, facts.scopes), OAUTH_CLIENT_ID,
			 facts.app.id + 1, OAUTH_TOKEN_TYPE, "Bearer", "exp",
			 (json_int_t)(facts.expires.us / 1000000), "sub", facts.user, "iss",
			 context->authenticator->config->base_url, "accountUid",
			 facts.app.account.id);
}

json_t *oauth_metadata(const struct access_config *config)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *base = config->base_url;
	json_t *scopes = json_array(), *algorithms = json_array();

	for (int scope = 0; scope < SCOPE_COUNT; scope++)
		json_array_append_new(scopes, json_string(scope_name((enum scope)scope)));
	for (size_t i = 0; i < jose_client_algorithm_count; i++)
		json_array_append_new(algorithms, json_string(jose_client_algorithms[i]));
	json_t *methods = json_pack("[s, s, s]", "client_secret_basic", "client_secret_post",
				    "private_key_jwt");
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:[s], s:[], s:o, s:o, s:o, s:O, s:O, s:O, s:O}",
		"issuer", base, "token_endpoint", arena_printf(arena, "%s/oauth2/token", base),
		"jwks_uri", arena_printf(arena, "%s/oauth2/jwks", base), "revocation_endpoint",
		arena_printf(arena, "%s/oauth2/revoke", base), "introspection_endpoint",
		arena_printf(arena, "%s/oauth2/introspect", base), "grant_types_supported",
		OAUTH_CLIENT_CREDENTIALS, "response_types_supported", "scopes_supported", scopes,
		"token_endpoint_auth_methods_supported", methods,
		"token_endpoint_auth_signing_alg_values_supported", algorithms,
		"revocation_endpoint_auth_methods_supported", methods,
		"revocation_endpoint_auth_signing_alg_values_supported", algorithms,
		"introspection_endpoint_auth_methods_supported", methods,
		"introspection_endpoint_auth_signing_alg_values_supported", algorithms);
}
