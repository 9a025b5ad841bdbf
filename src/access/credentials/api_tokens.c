/* api_tokens.c – see api_tokens.h. */
#include "access/credentials/api_tokens.h"

#include <string.h>

#include "access/credentials/chain.h"
#include "access/credentials/client_secret.h"
#include "access/credentials/token.h"
#include "base/ensure.h"
#include "store/user_store.h"

static enum auth_result refuse(struct error *err, enum error_code code, const char *technical)
{
	(void)error_set(err, code, "%s", technical);
	return AUTH_REFUSED;
}

enum auth_result app_user_find(struct session *session, const struct identity *app,
			       const char *email, char ret_uid[USER_UID_LENGTH + 1],
			       struct error *err)
{
	if (!session)
		return AUTH_NEEDS_STORE;
	scoped(arena) struct arena *arena = arena_new();
	struct user user;
	bool found, belongs = false;
	if (!user_find_by_email(session_db(session), arena, email, &user, &found, err) ||
	    (found &&
	     !user_is_member(session_db(session), arena, app->account.id, &user, &belongs, err)))
		return AUTH_REFUSED;
	if (!belongs || strcmp(user.status, "ACTIVE") != 0)
		return refuse(err, ERROR_USER_NOT_FOUND,
			      "email: no active sender of this account has it");
	memcpy(ret_uid, user.uid, USER_UID_LENGTH + 1);
	return AUTH_OK;
}

static enum auth_result app_check(const struct authenticator *authenticator,
				  struct session *session, const struct token_request *request,
				  struct wall_time now, struct identity *ret_app,
				  bool *ret_is_old_secret, struct error *err)
{
	enum auth_result result = app_secret_check(authenticator, session, request->client_id,
						   request->secret, request->address, now, ret_app,
						   ret_is_old_secret, err);
	if (result != AUTH_OK)
		return result;
	if (ret_app->account.locked)
		return refuse(err, ERROR_ACCOUNT_LOCKED, "account");
	if (!(ret_app->account.features & ACCOUNT_FEATURE_CLIENT_APPS))
		return refuse(err, ERROR_FEATURE_DISABLED, "client apps");
	if (!(ret_app->account.accepted_methods & ACCEPT_CLIENT_APPS))
		return refuse(err, ERROR_FEATURE_DISABLED,
			      "the account does not accept API tokens of client apps");
	return app_address_check(&ret_app->app, request->address, err) ? AUTH_OK : AUTH_REFUSED;
}

/* By an app that acts for its maker. Others act for any member. */
static enum auth_result user_may_be_acted_for(const struct authenticator *authenticator,
					      struct session *session, const struct identity *app,
					      const char *uid, struct error *err)
{
	struct identity member;

	if (!*app->app.maker)
		return AUTH_OK;
	enum auth_result result = member_identity_find(authenticator, session, app->account.id, uid,
						       &member, err);
	if (result != AUTH_OK)
		return result;
	struct rights rights = member_rights(&member, app->account.owner);
	return app_maker_bind(authenticator, session, app, uid, &rights, err);
}

static int64_t life_us(const struct authenticator *authenticator, const struct identity *app)
{
	int64_t life = authenticator->config->token_life.us;
	int64_t cap = app->account.token_life_max_s * 1000000;

	return cap > 0 && cap < life ? cap : life;
}

enum auth_result token_issue(const struct authenticator *authenticator, struct session *session,
			     const struct token_request *request, struct wall_time now,
			     struct token_answer *ret_answer, struct rate_verdict *ret_rate,
			     struct error *err)
{
	struct identity app;
	struct token token = {0};
	bool for_sender = strcmp(request->type, "SENDER") == 0, is_old;

	if (!for_sender && strcmp(request->type, "OWNER") != 0)
		return refuse(err, ERROR_INVALID_FIELD, "type: must be OWNER or SENDER");
	if (for_sender && (!request->email || !*request->email))
		return refuse(err, ERROR_MISSING_FIELD, "email: required for a SENDER token");
	/* Before anything is counted: a worker will ask again. */
	if (!session && (for_sender || !app_is_known(authenticator, request->client_id)))
		return AUTH_NEEDS_STORE;
	if (!attempt_may_begin(authenticator, request->client_id, request->address, now, ret_rate,
			       err))
		return AUTH_REFUSED;
	enum auth_result result = app_check(authenticator, session, request, now, &app, &is_old,
					    err);
	if (result == AUTH_OK && for_sender)
		result = app_user_find(session, &app, request->email, token.user, err);
	if (result != AUTH_OK)
		return result;
	if (!for_sender)
		memcpy(token.user, app_default_user(&app), sizeof(token.user));
	result = user_may_be_acted_for(authenticator, session, &app, token.user, err);
	if (result != AUTH_OK)
		return result;
	memcpy(token.client_id, app.id + 1, strlen(app.id + 1) + 1);
	token.epoch = app.app.epoch;
	token.expires = wall_from_us((now.us + life_us(authenticator, &app)) / 1000 * 1000);
	token_encode(authenticator->keyring, &token, ret_answer->access_token);
	ret_answer->expires = token.expires;
	usage_note_token(authenticator->usage, token.client_id, is_old, now, request->address);
	return AUTH_OK;
}
