/* client_assertion.c – see client_assertion.h. */
#include "access/credentials/client_assertion.h"

#include <stdlib.h>
#include <string.h>

#include "access/credentials/chain.h"
#include "access/credentials/client_secret.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "store/client_app_store.h"
#include "store/oauth_store.h"

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
#define JTI_MAX 255

const char *assertion_subject(struct arena *arena, const char *assertion)
{
	struct bytes payload;
	const char *start = strchr(assertion, '.'), *end = start ? strchr(start + 1, '.') : NULL;

	if (!end || strnlen(assertion, JOSE_TOKEN_MAX + 1) > JOSE_TOKEN_MAX)
		return NULL;
	size_t length = (size_t)(end - start - 1);
	const char *padded = arena_printf(arena, "%.*s%.*s", (int)length, start + 1,
					  (int)((4 - length % 4) % 4), "===");
	if (!base64_decode(arena, padded, strlen(padded), &payload))
		return NULL;
	scoped(json_t)
		json_t *claims = json_loadb((const char *)payload.data, payload.length, 0, NULL);
	return arena_strdup(arena, json_text(claims, "sub"));
}

/* The key that the header names, or the only one. */
static struct jose_key *key_choose(struct arena *arena, const char *public_keys, const char *kid)
{
	scoped(json_t) json_t *jwks = json_loads(public_keys, 0, NULL);
	const json_t *keys = json_object_get(jwks, "keys"), *chosen = NULL;

	for (size_t i = 0; i < json_array_size(keys); i++) {
		const json_t *jwk = json_array_get(keys, i);
		const char *own = json_text(jwk, "kid");
		bool is_only = json_array_size(keys) == 1 && (!*kid || !*own);
		if (is_only || (*kid && strcmp(own, kid) == 0))
			chosen = jwk;
	}
	if (!chosen)
		return NULL;
	char *text = json_encode(chosen, NULL);
	struct jose_key *key = jose_key_load((struct bytes){(unsigned char *)text, strlen(text)});
	free(text);
	return key;
}

static bool audience_is_us(const json_t *claims, const struct access_config *config,
			   struct arena *arena)
{
	const json_t *audience = json_object_get(claims, "aud");
	const char *const ours[] = {config->base_url,
				    arena_printf(arena, "%s/oauth2/token", config->base_url),
				    arena_printf(arena, "%s/oauth2/revoke", config->base_url),
				    arena_printf(arena, "%s/oauth2/introspect", config->base_url)};
	size_t count = json_is_array(audience) ? json_array_size(audience) : 1;

	for (size_t i = 0; i < count; i++) {
		const char *one = json_string_value(
			json_is_array(audience) ? json_array_get(audience, i) : audience);
		for (size_t j = 0; one && j < ARRAY_SIZE(ours); j++) {
			if (strcmp(one, ours[j]) == 0)
				return true;
		}
	}
	return false;
}

/* The times an assertion names. `not_before` is 1970 when absent. */
struct assertion_times {
	struct wall_time expires, not_before;
};

/* RFC 7519 section 4.1: a NumericDate may have a fraction. */
static const char *times_fault(const json_t *claims, struct wall_time now,
			       struct assertion_times *ret_times)
{
	const json_t *nbf = json_object_get(claims, "nbf"), *iat = json_object_get(claims, "iat");
	const struct duration clock = duration_s(ASSERTION_CLOCK_S);
	struct duration expires = {0}, not_before = {0}, issued;

	if (!json_seconds(json_object_get(claims, "exp"), &expires))
		return "exp is needed, a number of seconds since 1970";
	if ((nbf && !json_seconds(nbf, &not_before)) || (iat && !json_seconds(iat, &issued)))
		return "nbf and iat must be numbers of seconds since 1970";
	*ret_times = (struct assertion_times){wall_from_us(expires.us),
					      wall_from_us(not_before.us)};
	if (ret_times->expires.us <= now.us - clock.us)
		return "it has expired";
	if (ret_times->expires.us > wall_add(now, duration_s(ASSERTION_LIFE_MAX_S)).us)
		return "exp is more than ten minutes ahead";
	if (ret_times->not_before.us > wall_add(now, clock).us)
		return "nbf lies ahead";
	return NULL;
}

/* RFC 7523 section 3, numbers 1 to 7. */
static const char *claims_fault(const json_t *claims, const char *client_id,
				const struct context *context, struct assertion_times *ret_times)
{
	const char *jti = json_text(claims, "jti");

	if (strcmp(json_text(claims, "iss"), client_id) != 0 ||
	    strcmp(json_text(claims, "sub"), client_id) != 0)
		return "iss and sub must be the client id";
	if (!audience_is_us(claims, context->authenticator->config, context->arena))
		return "aud must be this server's issuer or token endpoint";
	const char *fault = times_fault(claims, context->now, ret_times);
	if (fault)
		return fault;
	if (!*jti || strlen(jti) > JTI_MAX)
		return "jti is needed, 255 bytes at most";
	return NULL;
}

/* One time means one time, on every node: the store keeps what was used until it has expired. */
static bool use_once(const struct context *context, const struct client_app *app,
		     const json_t *claims, struct wall_time expires, bool *ret_first,
		     struct error *err)
{
	const char *jti = json_text(claims, "jti");

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	return txn &&
	       assertion_use(txn_db(txn), app->account, app->client_id,
			     token_hash(context->authenticator->keyring, context->arena, jti),
			     wall_add(expires, duration_s(ASSERTION_CLOCK_S)), ret_first, err) &&
	       txn_commit(&txn, err);
}

/* NULL: it holds. */
static bool assertion_fault(const struct context *context, const struct client_app *app,
			    const char *assertion, const char **ret_fault, struct error *err)
{
	const char *algorithm, *kid;
	struct assertion_times times;
	bool first;

	*ret_fault = "it is not a signed JWT of an algorithm that is supported";
	if (!jose_header(context->arena, assertion, &algorithm, &kid) ||
	    !jose_is_client_algorithm(algorithm))
		return true;
	scoped(jose_key) struct jose_key *key = key_choose(context->arena, app->public_keys, kid);
	scoped(json_t) json_t *claims = key ? jose_verify(key, algorithm, assertion) : NULL;
	*ret_fault = "none of the client's keys has made its signature";
	if (!claims)
		return true;
	*ret_fault = claims_fault(claims, app->client_id, context, &times);
	if (*ret_fault)
		return true;
	if (!use_once(context, app, claims, times.expires, &first, err))
		return false;
	*ret_fault = first ? NULL : "it has been used before";
	return true;
}

bool client_assertion_check(const struct context *context, const struct oauth_client *client,
			    const char *client_id, struct identity *ret_app, struct error *err)
{
	struct client_app app;
	const char *fault = "the client has no public keys";
	bool found = false;

	if (!client->assertion_type || strcmp(client->assertion_type, ASSERTION_TYPE) != 0)
		return error_set(err, ERROR_INVALID_FIELD,
				 "client_assertion_type: must be " ASSERTION_TYPE);
	if (!credential_decode(CREDENTIAL_CLIENT_ID, client_id, NULL)) {
		attempt_failed(context->authenticator, client_id, client->address, context->now);
		return error_set(err, ERROR_INVALID_CLIENT, NULL);
	}
	if (app_identity_find(context->authenticator, context->session, client_id, ret_app, err) !=
		    AUTH_OK ||
	    !client_app_find(session_db(context->session), context->arena, client_id, &app, &found,
			     err))
		return false;
	const bool is_live = found && app_is_live(&ret_app->app, context->now);
	if (is_live && ret_app->app.has_keys &&
	    !assertion_fault(context, &app, client->assertion, &fault, err))
		return false;
	if (!is_live || fault) {
		attempt_failed(context->authenticator, client_id, client->address, context->now);
		return error_set(err, ERROR_INVALID_CLIENT, is_live ? "client_assertion: %s" : NULL,
				 fault);
	}
	return true;
}
