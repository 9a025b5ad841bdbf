/* authenticator.c – see authenticator.h. The store is read on a cache miss only. */
#include "access/authenticator.h"

#include <string.h>

#include "access/token.h"
#include "base/ensure.h"
#include "base/text.h"

static void identity_set_account(struct identity *identity, const struct account *account)
{
	memcpy(identity->account, account->id, ACCOUNT_ID_LENGTH + 1);
	memcpy(identity->owner, account->owner, USER_UID_LENGTH + 1);
	identity->features = account->features;
}

static void identity_set_hash(struct identity *identity, struct bytes hash)
{
	ensure(hash.length == KEYED_HASH_BYTES);
	memcpy(identity->secret_hash, hash.data, KEYED_HASH_BYTES);
}

static enum auth_result app_read(struct session *session, struct arena *arena, const char *id,
				 struct identity *identity, struct account *ret_account,
				 struct error *err)
{
	struct client_app app;
	bool found;

	if (!client_app_find(session_db(session), arena, id, &app, &found, err))
		return AUTH_REFUSED;
	if (!found)
		return (void)error_set(err, ERROR_INVALID_CLIENT, NULL), AUTH_REFUSED;
	identity->live = app.revoked.us == 0;
	identity->epoch = (uint32_t)app.epoch;
	identity_set_hash(identity, app.secret_hash);
	if (!account_find(session_db(session), arena, app.account, ret_account, &found, err))
		return AUTH_REFUSED;
	ensure(found);
	return AUTH_OK;
}

static enum auth_result user_read(struct session *session, struct arena *arena, const char *uid,
				  struct identity *identity, struct account *ret_account,
				  struct error *err)
{
	struct user user;
	bool found;

	if (!user_find(session_db(session), arena, uid, &user, &found, err))
		return AUTH_REFUSED;
	if (!found)
		return (void)error_set(err, ERROR_INVALID_CREDENTIALS, NULL), AUTH_REFUSED;
	identity->live = strcmp(user.status, "ACTIVE") == 0;
	identity_set_hash(identity, user.api_key_hash);
	if (!account_find(session_db(session), arena, user.account, ret_account, &found, err))
		return AUTH_REFUSED;
	ensure(found);
	return AUTH_OK;
}

typedef enum auth_result identity_reader(struct session *session, struct arena *arena,
					 const char *id, struct identity *identity,
					 struct account *ret_account, struct error *err);

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
	struct account account;
	ensure(strlen(id) < sizeof(identity.id));
	memcpy(identity.id, id, strlen(id) + 1);
	enum auth_result result = read(session, arena, id, &identity, &account, err);
	if (result != AUTH_OK)
		return result;
	identity_set_account(&identity, &account);
	identity_cache_put(authenticator->cache, generation, &identity);
	*ret_identity = identity;
	return AUTH_OK;
}

static enum auth_result refuse(struct error *err, enum error_code code, const char *technical)
{
	(void)error_set(err, code, technical ? "%s" : NULL, technical);
	return AUTH_REFUSED;
}

static void caller_fill(struct caller *caller, enum caller_method method,
			const struct identity *user)
{
	*caller = (struct caller){.method = method, .features = user->features};
	memcpy(caller->account, user->account, sizeof(caller->account));
	memcpy(caller->user, user->id, sizeof(caller->user));
	caller->is_owner = strcmp(user->id, user->owner) == 0;
}

static enum auth_result authenticate_api_key(const struct authenticator *authenticator,
					     struct session *session, const char *key,
					     struct caller *ret_caller, struct error *err)
{
	char uid[USER_UID_LENGTH + 1];
	struct identity user;
	unsigned char hash[KEYED_HASH_BYTES];

	if (!api_key_parse(key, uid))
		return refuse(err, ERROR_INVALID_CREDENTIALS, NULL);
	enum auth_result result = identity_find(authenticator, session, uid, user_read, &user, err);
	if (result != AUTH_OK)
		return result;
	keyring_hash(authenticator->keyring, key, strlen(key), hash);
	if (!keyed_hash_equal(hash, user.secret_hash) || !user.live)
		return refuse(err, ERROR_INVALID_CREDENTIALS, NULL);
	if (!(user.features & ACCOUNT_FEATURE_API_KEY))
		return refuse(err, ERROR_FEATURE_DISABLED, "API keys");
	caller_fill(ret_caller, CALLER_API_KEY, &user);
	return AUTH_OK;
}

static enum auth_result authenticate_token(const struct authenticator *authenticator,
					   struct session *session, const char *text,
					   struct wall_time now, struct caller *ret_caller,
					   struct error *err)
{
	struct token token;
	struct identity app, user;

	if (!token_decode(authenticator->keyring, text, &token))
		return refuse(err, ERROR_INVALID_CREDENTIALS, NULL);
	if (now.us >= token.expires.us)
		return refuse(err, ERROR_INVALID_CREDENTIALS, "the token has expired");
	enum auth_result result = identity_find(authenticator, session, token.client_id, app_read,
						&app, err);
	if (result == AUTH_OK)
		result = identity_find(authenticator, session, token.user, user_read, &user, err);
	if (result != AUTH_OK)
		return result;
	if (!app.live || app.epoch != token.epoch || !user.live ||
	    strcmp(app.account, user.account) != 0)
		return refuse(err, ERROR_INVALID_CREDENTIALS, "the token is no longer valid");
	if (!(app.features & ACCOUNT_FEATURE_CLIENT_APPS))
		return refuse(err, ERROR_FEATURE_DISABLED, "client apps");
	caller_fill(ret_caller, CALLER_API_TOKEN, &user);
	return AUTH_OK;
}

enum auth_result authenticate(const struct authenticator *authenticator, struct session *session,
			      const char *authorization, struct wall_time now,
			      struct caller *ret_caller, struct error *err)
{
	if (!authorization)
		return refuse(err, ERROR_NO_CREDENTIALS, NULL);
	const char *credential = strchr(authorization, ' ');
	if (!credential)
		return refuse(err, ERROR_INVALID_CREDENTIALS,
			      "Authorization: expected `Basic <API key>` or `Bearer <API token>`");
	while (*credential == ' ')
		credential++;
	if (text_starts_with_nocase(authorization, "Bearer "))
		return authenticate_token(authenticator, session, credential, now, ret_caller, err);
	if (text_starts_with_nocase(authorization, "Basic "))
		return authenticate_api_key(authenticator, session, credential, ret_caller, err);
	return refuse(err, ERROR_INVALID_CREDENTIALS,
		      "Authorization: expected `Basic <API key>` or `Bearer <API token>`");
}

static enum auth_result token_user_find(struct session *session, const struct identity *app,
					const char *email, char ret_uid[USER_UID_LENGTH + 1],
					struct error *err)
{
	if (!session)
		return AUTH_NEEDS_STORE;
	scoped(arena) struct arena *arena = arena_new();
	struct user user;
	bool found;
	if (!user_find_by_email(session_db(session), arena, email, &user, &found, err))
		return AUTH_REFUSED;
	if (!found || strcmp(user.account, app->account) != 0 || strcmp(user.status, "ACTIVE") != 0)
		return refuse(err, ERROR_USER_NOT_FOUND,
			      "email: no active sender of this account has it");
	memcpy(ret_uid, user.uid, USER_UID_LENGTH + 1);
	return AUTH_OK;
}

static enum auth_result token_app_check(const struct authenticator *authenticator,
					struct session *session,
					const struct token_request *request,
					struct identity *ret_app, struct error *err)
{
	unsigned char hash[KEYED_HASH_BYTES];

	/* Hashed before the look-up, so that an unknown id takes as long as a wrong secret. */
	keyring_hash(authenticator->keyring, request->secret, strlen(request->secret), hash);
	if (!credential_decode(CREDENTIAL_CLIENT_ID, request->client_id, NULL, 16))
		return refuse(err, ERROR_INVALID_CLIENT, NULL);
	enum auth_result result = identity_find(authenticator, session, request->client_id,
						app_read, ret_app, err);
	if (result != AUTH_OK)
		return result;
	if (!keyed_hash_equal(hash, ret_app->secret_hash) || !ret_app->live)
		return refuse(err, ERROR_INVALID_CLIENT, NULL);
	if (!(ret_app->features & ACCOUNT_FEATURE_CLIENT_APPS))
		return refuse(err, ERROR_FEATURE_DISABLED, "client apps");
	return AUTH_OK;
}

enum auth_result token_issue(const struct authenticator *authenticator, struct session *session,
			     const struct token_request *request, struct wall_time now,
			     struct token_answer *ret_answer, struct error *err)
{
	struct identity app;
	struct token token = {0};
	bool for_sender = strcmp(request->type, "SENDER") == 0;

	if (!for_sender && strcmp(request->type, "OWNER") != 0)
		return refuse(err, ERROR_INVALID_FIELD, "type: must be OWNER or SENDER");
	if (for_sender && (!request->email || !*request->email))
		return refuse(err, ERROR_MISSING_FIELD, "email: required for a SENDER token");
	enum auth_result result = token_app_check(authenticator, session, request, &app, err);
	if (result == AUTH_OK && for_sender)
		result = token_user_find(session, &app, request->email, token.user, err);
	if (result != AUTH_OK)
		return result;
	if (!for_sender)
		memcpy(token.user, app.owner, sizeof(token.user));
	memcpy(token.client_id, app.id, strlen(app.id) + 1);
	token.epoch = app.epoch;
	token.expires = wall_from_us((now.us + authenticator->token_life.us) / 1000 * 1000);
	token_encode(authenticator->keyring, &token, ret_answer->access_token);
	ret_answer->expires = token.expires;
	return AUTH_OK;
}
