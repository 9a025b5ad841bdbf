/* authenticator.c – see authenticator.h. The store is read on a cache miss only. */
#include "access/identity/authenticator.h"

#include <stdio.h>
#include <string.h>

#include "access/credentials/chain.h"
#include "access/credentials/token.h"
#include "access/identity/identities.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/oauth_words.h"
#include "base/text.h"

/* ---- identities ---- */

static enum auth_result identity_find(const struct authenticator *authenticator,
				      struct session *session, const char *id,
				      identity_reader *read, struct identity *ret_identity,
				      struct error *err)
{
	if (identity_cache_get(authenticator->cache, id, ret_identity))
		return AUTH_OK;
	if (!session)
		return AUTH_NEEDS_STORE;

	scoped(arena) struct arena *arena = arena_new();
	uint64_t generation = identity_cache_generation(authenticator->cache);
	struct identity identity = {0};
	ensure(strlen(id) < sizeof(identity.id));
	memcpy(identity.id, id, strlen(id) + 1);
	if (!read(session, arena, id, &identity, err))
		return AUTH_REFUSED;
	identity_cache_put(authenticator->cache, generation, &identity);
	*ret_identity = identity;
	return AUTH_OK;
}

#define HASH_ID_LENGTH (1 + 2 * KEYED_HASH_BYTES)

static void hash_id(char kind, const unsigned char hash[KEYED_HASH_BYTES],
		    char ret_id[HASH_ID_LENGTH + 1])
{
	static const char digits[] = "0123456789abcdef";

	ret_id[0] = kind;
	for (size_t i = 0; i < KEYED_HASH_BYTES; i++) {
		ret_id[1 + 2 * i] = digits[hash[i] >> 4];
		ret_id[2 + 2 * i] = digits[hash[i] & 15];
	}
	ret_id[HASH_ID_LENGTH] = '\0';
}

enum auth_result app_identity_find(const struct authenticator *authenticator,
				   struct session *session, const char *client_id,
				   struct identity *ret_app, struct error *err)
{
	char id[CREDENTIAL_LENGTH_MAX + 2];

	snprintf(id, sizeof(id), "a%s", client_id);
	return identity_find(authenticator, session, id, app_identity_read, ret_app, err);
}

enum auth_result member_identity_find(const struct authenticator *authenticator,
				      struct session *session, const char *account, const char *uid,
				      struct identity *ret_member, struct error *err)
{
	char id[1 + ACCOUNT_ID_LENGTH + USER_UID_LENGTH + 1];

	snprintf(id, sizeof(id), "m%s%s", account, uid);
	return identity_find(authenticator, session, id, member_identity_read, ret_member, err);
}

enum auth_result delegation_identity_find(const struct authenticator *authenticator,
					  struct session *session, const char *account,
					  const char *delegator, const char *delegate,
					  struct identity *ret_delegation, struct error *err)
{
	char id[1 + ACCOUNT_ID_LENGTH + 2 * USER_UID_LENGTH + 1];

	snprintf(id, sizeof(id), "d%s%s%s", account, delegator, delegate);
	return identity_find(authenticator, session, id, delegation_identity_read, ret_delegation,
			     err);
}

enum auth_result key_identity_find(const struct authenticator *authenticator,
				   struct session *session, const char *id,
				   struct identity *ret_key, struct error *err)
{
	return identity_find(authenticator, session, id, key_identity_read, ret_key, err);
}

static enum auth_result refuse(struct error *err, enum error_code code, const char *technical)
{
	(void)error_set(err, code, technical ? "%s" : NULL, technical);
	return AUTH_REFUSED;
}

/* ---- what all ways have in common ---- */

enum auth_result method_check(const struct identity_account *account, enum account_feature feature,
			      enum accepted_method method, const char *what, struct error *err)
{
	if (account->locked)
		return refuse(err, ERROR_ACCOUNT_LOCKED, NULL);
	if (!(account->features & feature))
		return refuse(err, ERROR_FEATURE_DISABLED, what);
	if (!(account->accepted_methods & method))
		return refuse(err, ERROR_METHOD_DISABLED, what);
	return AUTH_OK;
}

struct rights member_rights(const struct identity *member, const char *owner)
{
	const bool is_owner = strcmp(member->member.user, owner) == 0;

	return rights_of_person(member->member.live, is_owner, member->member.permissions);
}

static enum auth_result actor_fill(const struct authenticator *authenticator,
				   struct session *session, enum actor_method method,
				   const struct identity_account *account, const char *uid,
				   struct actor *actor, struct error *err)
{
	struct identity member;

	*actor = (struct actor){.method = method, .features = account->features};
	memcpy(actor->account, account->id, sizeof(actor->account));
	enum auth_result result = member_identity_find(authenticator, session, account->id, uid,
						       &member, err);
	if (result != AUTH_OK)
		return result;
	const struct rights rights = member_rights(&member, account->owner);
	if (!rights.live)
		return refuse(err, ERROR_INVALID_CREDENTIALS,
			      "the user is locked, or no member of the account any more");
	memcpy(actor->user, member.member.user, sizeof(actor->user));
	actor->rights = rights;
	return AUTH_OK;
}

bool app_address_check(const struct app_identity *app, const char *address, struct error *err)
{
	if (!app->is_bound || network_list_contains(&app->networks, address))
		return true;
	return error_set(err, ERROR_ADDRESS_NOT_ALLOWED,
			 "%s is in none of the client app's networks", address);
}

static enum auth_result revocation_check(const struct authenticator *authenticator,
					 struct session *session, const char *token,
					 const char *jti, struct wall_time now, struct error *err)
{
	bool revoked, needs_store;

	if (!token_registry_is_revoked(authenticator->registry, session, token, jti, now, &revoked,
				       &needs_store, err))
		return needs_store ? AUTH_NEEDS_STORE : AUTH_REFUSED;
	return revoked ? refuse(err, ERROR_INVALID_CREDENTIALS, "the token has been revoked")
		       : AUTH_OK;
}

static struct origin origin_of(enum origin_kind kind, const char *id)
{
	struct origin origin = {.kind = kind};

	ensure(strlen(id) < sizeof(origin.id)); /* a client id, or that of an identity */
	memcpy(origin.id, id, strlen(id) + 1);
	return origin;
}

/* ---- API keys ---- */

bool key_is_live(const struct identity *key, struct wall_time now)
{
	return *key->account.id &&
	       (key->key.valid_until.us == 0 || key->key.valid_until.us > now.us);
}

static enum auth_result authenticate_api_key(const struct authenticator *authenticator,
					     struct session *session, const char *key,
					     const struct credentials *credentials,
					     struct actor *ret_actor, struct error *err)
{
	char uid[USER_UID_LENGTH + 1], id[HASH_ID_LENGTH + 1];
	unsigned char hash[KEYED_HASH_BYTES];
	struct identity found;

	if (!api_key_parse(key, uid))
		return refuse(err, ERROR_INVALID_CREDENTIALS, NULL);
	keyring_hash(authenticator->keyring, key, strlen(key), hash);
	hash_id('k', hash, id);
	enum auth_result result = key_identity_find(authenticator, session, id, &found, err);
	if (result != AUTH_OK)
		return result;
	if (!key_is_live(&found, credentials->now))
		return refuse(err, ERROR_INVALID_CREDENTIALS, NULL);
	result = method_check(&found.account, ACCOUNT_FEATURE_API_KEY, ACCEPT_API_KEY, "API keys",
			      err);
	if (result == AUTH_OK)
		result = actor_fill(authenticator, session, METHOD_API_KEY, &found.account,
				    found.key.user, ret_actor, err);
	ret_actor->origin = ret_actor->root = origin_of(ORIGIN_API_KEY, id);
	if (result == AUTH_OK && !credentials->goes_on)
		usage_note_key(authenticator->usage, hash, credentials->now, credentials->address);
	return result;
}

/* ---- API tokens ---- */

struct origin token_origin(const struct token *token)
{
	struct origin origin = origin_of(ORIGIN_API_TOKEN, token->client_id);

	origin.epoch = token->epoch;
	memcpy(origin.token, token->id, sizeof(token->id));
	return origin;
}

static enum auth_result authenticate_token(const struct authenticator *authenticator,
					   struct session *session, const char *text,
					   const struct credentials *credentials,
					   struct actor *ret_actor, struct rate_verdict *ret_rate,
					   struct error *err)
{
	struct token token;
	struct identity app;

	if (!token_decode(authenticator->keyring, text, &token))
		return refuse(err, ERROR_INVALID_CREDENTIALS, NULL);
	if (credentials->now.us >= token.expires.us)
		return refuse(err, ERROR_INVALID_CREDENTIALS, "the token has expired");
	const struct origin origin = token_origin(&token);
	const struct app_link link = {&origin, SCOPES_ALL, ERROR_INVALID_CREDENTIALS};
	enum auth_result result = revocation_check(authenticator, session, text, "",
						   credentials->now, err);
	if (result == AUTH_OK)
		result = chain_app_find(authenticator, session, &link, credentials->now, &app, err);
	if (result == AUTH_OK)
		result = actor_fill(authenticator, session, METHOD_API_TOKEN, &app.account,
				    token.user, ret_actor, err);
	if (result != AUTH_OK)
		return result;
	ret_actor->origin = ret_actor->root = origin;
	return chain_app_bind(authenticator, session, &link, &app, credentials, ret_actor, ret_rate,
			      err);
}

/* ---- OAuth 2.0 access tokens ---- */

bool jwt_read(const json_t *claims, struct jwt_identity *ret_jwt, struct error *err)
{
	struct jwt_identity *jwt = ret_jwt;
	struct duration expires = {0}; /* since 1970; without it the token has expired */

	*jwt = (struct jwt_identity){0};
	if (!scopes_parse(json_text(claims, OAUTH_SCOPE), OAUTH_SCOPE, &jwt->scopes, err))
		return false;
	snprintf(jwt->client_id, sizeof(jwt->client_id), "%s", json_text(claims, OAUTH_CLIENT_ID));
	snprintf(jwt->user, sizeof(jwt->user), "%s", json_text(claims, "sender_id"));
	snprintf(jwt->delegate, sizeof(jwt->delegate), "%s",
		 json_text(json_object_get(claims, "act"), "sub"));
	snprintf(jwt->jti, sizeof(jwt->jti), "%s", json_text(claims, "jti"));
	jwt->epoch = (uint32_t)json_integer_value(json_object_get(claims, "epoch"));
	if (json_seconds(json_object_get(claims, "exp"), &expires))
		jwt->expires = wall_from_us(expires.us);
	return true;
}

/* Verifying a signature costs a tenth of a millisecond: its result is remembered by the
 * token's hash. */
static enum auth_result jwt_find(const struct authenticator *authenticator, struct session *session,
				 const char *text, struct wall_time now, struct identity *ret_found,
				 struct error *err)
{
	unsigned char hash[KEYED_HASH_BYTES];
	struct identity found = {0};

	keyring_hash(authenticator->keyring, text, strlen(text), hash);
	hash_id('j', hash, found.id);
	if (identity_cache_get(authenticator->cache, found.id, ret_found))
		return AUTH_OK;
	if (!session)
		return AUTH_NEEDS_STORE;
	uint64_t generation = identity_cache_generation(authenticator->cache);
	scoped(json_t) json_t *claims = token_registry_verify(authenticator->registry, session,
							      text, now, err);
	if (!claims)
		return AUTH_REFUSED;
	if (!jwt_read(claims, &found.jwt, err))
		return AUTH_REFUSED;
	identity_cache_put(authenticator->cache, generation, &found);
	*ret_found = found;
	return AUTH_OK;
}

struct origin jwt_origin(const struct jwt_identity *jwt)
{
	struct origin origin = origin_of(ORIGIN_OAUTH, jwt->client_id);

	origin.epoch = jwt->epoch;
	memcpy(origin.delegate, jwt->delegate, sizeof(jwt->delegate));
	memcpy(origin.token, jwt->jti, sizeof(jwt->jti));
	return origin;
}

static enum auth_result authenticate_jwt(const struct authenticator *authenticator,
					 struct session *session, const char *text,
					 const struct credentials *credentials,
					 struct actor *ret_actor, struct rate_verdict *ret_rate,
					 struct error *err)
{
	struct identity token, app;

	enum auth_result result = jwt_find(authenticator, session, text, credentials->now, &token,
					   err);
	if (result != AUTH_OK)
		return result;
	if (credentials->now.us >= token.jwt.expires.us)
		return refuse(err, ERROR_INVALID_CREDENTIALS, "the token has expired");
	const struct origin origin = jwt_origin(&token.jwt);
	const struct app_link link = {&origin, token.jwt.scopes, ERROR_INVALID_CREDENTIALS};
	result = revocation_check(authenticator, session, text, token.jwt.jti, credentials->now,
				  err);
	if (result == AUTH_OK)
		result = chain_app_find(authenticator, session, &link, credentials->now, &app, err);
	if (result == AUTH_OK)
		result = actor_fill(authenticator, session, METHOD_OAUTH, &app.account,
				    token.jwt.user, ret_actor, err);
	if (result != AUTH_OK)
		return result;
	ret_actor->origin = ret_actor->root = origin;
	return chain_app_bind(authenticator, session, &link, &app, credentials, ret_actor, ret_rate,
			      err);
}

/* ---- sessions ---- */

static bool session_has_ended(const struct session_identity *found, struct wall_time now)
{
	return wall_since(now, found->last_seen).us > found->idle_s * 1000000;
}

#define SESSION_NOTED_PARTS 20 /* its use is noted when this part of its idle time has gone by */

/* A session lives as long as it is used; but a call must not cost a write. */
static void session_use(const struct authenticator *authenticator, struct identity *found,
			struct wall_time now)
{
	unsigned char hash[KEYED_HASH_BYTES];
	int64_t since_us = wall_since(now, found->session.last_seen).us;

	if (since_us < found->session.idle_s * 1000000 / SESSION_NOTED_PARTS)
		return;
	uint64_t generation = identity_cache_generation(authenticator->cache);
	identity_hash(found->id, hash);
	usage_note_session(authenticator->usage, hash, now);
	found->session.last_seen = now;
	identity_cache_put(authenticator->cache, generation, found);
}

/* A signer need not be a user; everybody else must still be one. */
static enum auth_result session_actor_fill(const struct authenticator *authenticator,
					   struct session *session, const struct identity *found,
					   const unsigned char hash[KEYED_HASH_BYTES],
					   struct actor *actor, struct error *err)
{
	const struct session_identity *from = &found->session;
	enum auth_result result = AUTH_OK;

	if (found->account.locked)
		return refuse(err, ERROR_ACCOUNT_LOCKED, NULL);
	if (from->kind == SESSION_SIGNER) {
		*actor = (struct actor){.method = METHOD_SESSION,
					.features = found->account.features,
					.rights = {.live = true, .scopes = SCOPES_ALL}};
		memcpy(actor->account, found->account.id, sizeof(actor->account));
	} else {
		result = actor_fill(authenticator, session, METHOD_SESSION, &found->account,
				    from->user, actor, err);
	}
	actor->rights.scopes = from->scopes;
	actor->origin = origin_of(ORIGIN_SESSION, found->id);
	actor->session_kind = from->kind;
	memcpy(actor->session_hash, hash, KEYED_HASH_BYTES);
	actor->authenticated = from->authenticated;
	memcpy(actor->package, from->package, sizeof(actor->package));
	memcpy(actor->signer, from->signer, sizeof(actor->signer));
	return result;
}

enum auth_result session_identity_find(const struct authenticator *authenticator,
				       struct session *session, const char *id,
				       const struct credentials *credentials,
				       struct identity *ret_found, struct error *err)
{
	enum auth_result result = identity_find(authenticator, session, id, session_identity_read,
						ret_found, err);
	if (result != AUTH_OK || !*ret_found->account.id)
		return result;
	if (session_has_ended(&ret_found->session, credentials->queue_now)) {
		/* Another node may have seen it since: the store knows. */
		scoped(arena) struct arena *arena = arena_new();
		if (!session)
			return AUTH_NEEDS_STORE;
		*ret_found = (struct identity){0};
		memcpy(ret_found->id, id, strlen(id) + 1);
		if (!session_identity_read(session, arena, id, ret_found, err))
			return AUTH_REFUSED;
		if (session_has_ended(&ret_found->session, credentials->queue_now))
			ret_found->account.id[0] = '\0';
	}
	if (*ret_found->account.id && !credentials->goes_on)
		session_use(authenticator, ret_found, credentials->queue_now);
	return AUTH_OK;
}

static enum auth_result authenticate_session(const struct authenticator *authenticator,
					     struct session *session,
					     const struct credentials *credentials,
					     struct actor *ret_actor, struct rate_verdict *ret_rate,
					     struct error *err)
{
	const char *value = credentials->session;
	unsigned char hash[KEYED_HASH_BYTES];
	char id[HASH_ID_LENGTH + 1];
	struct identity found;

	if (!credential_decode(CREDENTIAL_SESSION, value, NULL))
		return refuse(err, ERROR_SESSION_EXPIRED, NULL);
	keyring_hash(authenticator->keyring, value, strlen(value), hash);
	hash_id('s', hash, id);
	enum auth_result result = session_identity_find(authenticator, session, id, credentials,
							&found, err);
	if (result != AUTH_OK)
		return result;
	if (!*found.account.id)
		return refuse(err, ERROR_SESSION_EXPIRED, NULL);
	result = session_actor_fill(authenticator, session, &found, hash, ret_actor, err);
	if (result != AUTH_OK)
		return result;
	return chain_origin_follow(authenticator, session, &found.session.origin, credentials,
				   ret_actor, ret_rate, err);
}

/* ---- which of them ---- */

#define EXPECTED "Authorization: expected `Basic <API key>` or `Bearer <token>`"

static enum auth_result credential_prove(const struct authenticator *authenticator,
					 struct session *session,
					 const struct credentials *credentials,
					 struct actor *ret_actor, struct rate_verdict *ret_rate,
					 struct error *err)
{
	const char *authorization = credentials->authorization;
	char uid[13];

	if (!authorization && credentials->session)
		return authenticate_session(authenticator, session, credentials, ret_actor,
					    ret_rate, err);
	if (!authorization)
		return refuse(err, ERROR_NO_CREDENTIALS, NULL);
	const char *credential = strchr(authorization, ' ');
	if (!credential)
		return refuse(err, ERROR_INVALID_CREDENTIALS, EXPECTED);
	while (*credential == ' ')
		credential++;
	if (text_starts_with_nocase(authorization, "Basic "))
		return authenticate_api_key(authenticator, session, credential, credentials,
					    ret_actor, err);
	if (!text_starts_with_nocase(authorization, "Bearer "))
		return refuse(err, ERROR_INVALID_CREDENTIALS, EXPECTED);
	if (api_key_parse(credential, uid))
		return refuse(err, ERROR_INVALID_CREDENTIALS,
			      "Authorization: an API key goes with `Basic`, a token with `Bearer`");
	return (strchr(credential, '.') ? authenticate_jwt : authenticate_token)(
		authenticator, session, credential, credentials, ret_actor, ret_rate, err);
}

enum auth_result authenticate(const struct authenticator *authenticator, struct session *session,
			      const struct credentials *credentials, struct actor *ret_actor,
			      struct rate_verdict *ret_rate, struct error *err)
{
	enum auth_result result = credential_prove(authenticator, session, credentials, ret_actor,
						   ret_rate, err);

	ret_actor->address = credentials->address;
	if (result != AUTH_OK)
		return result;
	ret_actor->kind = actor_kind_proven(ret_actor);
	ensure(ret_actor->rights.live && *ret_actor->account && ret_actor->kind != ACTOR_NOBODY);
	return AUTH_OK;
}
