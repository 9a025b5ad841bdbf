/* chain.c – see chain.h. */
#include "access/credentials/chain.h"

#include <string.h>

#include "base/ensure.h"

static enum auth_result refuse(struct error *err, enum error_code code, const char *technical)
{
	(void)error_set(err, code, "%s", technical);
	return AUTH_REFUSED;
}

/* ---- apps and their makers ---- */

bool app_is_live(const struct app_identity *app, struct wall_time now)
{
	return app->live && (app->confirm_until.us == 0 || now.us < app->confirm_until.us);
}

const char *app_default_user(const struct identity *app)
{
	return *app->app.maker ? app->app.maker : app->account.owner;
}

static enum auth_result maker_find(const struct authenticator *authenticator,
				   struct session *session, const struct identity *app,
				   struct rights *ret_maker, struct error *err)
{
	struct identity member;

	enum auth_result result = member_identity_find(authenticator, session, app->account.id,
						       app->app.maker, &member, err);
	if (result != AUTH_OK)
		return result;
	*ret_maker = member_rights(&member, app->account.owner);
	return ret_maker->live ? AUTH_OK
			       : refuse(err, ERROR_INVALID_CREDENTIALS,
					"whoever made the client app is locked, or no member of "
					"the account any more");
}

enum auth_result app_maker_bind(const struct authenticator *authenticator, struct session *session,
				const struct identity *app, const char *uid, struct rights *rights,
				struct error *err)
{
	struct rights maker;

	if (!*app->app.maker)
		return AUTH_OK;
	enum auth_result result = maker_find(authenticator, session, app, &maker, err);
	if (result != AUTH_OK)
		return result;
	if (strcmp(app->app.maker, uid) != 0 && !rights_may_act_as(maker, *rights))
		return refuse(err, ERROR_NO_PERMISSION,
			      "whoever made the client app may not act for this user");
	*rights = rights_within(*rights, maker);
	return AUTH_OK;
}

static enum auth_result app_accepted(const struct identity *app, enum origin_kind kind,
				     struct error *err)
{
	return kind == ORIGIN_OAUTH ? method_check(&app->account, ACCOUNT_FEATURE_OAUTH,
						   ACCEPT_OAUTH, "OAuth 2.0", err)
				    : method_check(&app->account, ACCOUNT_FEATURE_CLIENT_APPS,
						   ACCEPT_CLIENT_APPS, "client apps", err);
}

enum auth_result chain_app_find(const struct authenticator *authenticator, struct session *session,
				const struct app_link *link, struct wall_time now,
				struct identity *ret_app, struct error *err)
{
	enum auth_result result = app_identity_find(authenticator, session, link->origin->id,
						    ret_app, err);
	if (result != AUTH_OK)
		return result;
	if (!app_is_live(&ret_app->app, now) || ret_app->app.epoch != link->origin->epoch)
		return refuse(err, link->ended,
			      "the client app, or the secret it was asked for with, is no longer "
			      "valid");
	return app_accepted(ret_app, link->origin->kind, err);
}

/* The limits that are no sets of rights. */
static enum auth_result app_limits_check(const struct authenticator *authenticator,
					 const struct identity *app,
					 const struct credentials *credentials, struct actor *actor,
					 struct rate_verdict *ret_rate, struct error *err)
{
	int64_t rate = app->app.rate	       ? app->app.rate
		       : app->account.app_rate ? app->account.app_rate
					       : authenticator->config->app_rate;

	if (!app_address_check(&app->app, credentials->address, err))
		return AUTH_REFUSED;
	if (actor->rights.read_only && !credentials->reads) {
		(void)error_set(err, ERROR_READ_ONLY, NULL);
		return AUTH_REFUSED;
	}
	if (credentials->goes_on)
		return AUTH_OK;
	*ret_rate = rate_limit_take(authenticator->limits, app->id, rate, mono_now());
	if (!ret_rate->allowed) {
		(void)error_set_wait(err, ret_rate->wait_s, "the client app's calls a second");
		return AUTH_REFUSED;
	}
	actor->is_let_in = true;
	return AUTH_OK;
}

/* ---- delegations ---- */

enum auth_result chain_delegation_check(const struct authenticator *authenticator,
					struct session *session, const char *account,
					const char *delegator, const struct app_link *link,
					struct wall_time now, struct error *err)
{
	struct identity delegation, delegate;

	if (!*link->origin->delegate)
		return AUTH_OK;
	enum auth_result result = delegation_identity_find(authenticator, session, account,
							   delegator, link->origin->delegate,
							   &delegation, err);
	if (result == AUTH_OK)
		result = member_identity_find(authenticator, session, account,
					      link->origin->delegate, &delegate, err);
	if (result != AUTH_OK)
		return result;
	const struct wall_time expires = delegation.delegation.expires;
	if (!delegate.member.live || !delegation.delegation.stands ||
	    (expires.us && expires.us <= now.us))
		return refuse(err, link->ended, "the delegation has ended");
	return AUTH_OK;
}

enum auth_result chain_app_bind(const struct authenticator *authenticator, struct session *session,
				const struct app_link *link, const struct identity *app,
				const struct credentials *credentials, struct actor *actor,
				struct rate_verdict *ret_rate, struct error *err)
{
	struct rights rights = actor->rights;

	/* A call that is refused below still belongs to the app and is logged for it. */
	memcpy(actor->client_id, app->id + 1, strlen(app->id + 1) + 1);
	actor->is_limited = app->app.is_bound || app->app.rate > 0;
	enum auth_result result = app_maker_bind(authenticator, session, app, actor->user, &rights,
						 err);
	if (result == AUTH_OK)
		result = chain_delegation_check(authenticator, session, actor->account, actor->user,
						link, credentials->now, err);
	if (result != AUTH_OK)
		return result;
	rights = rights_within(
		rights, rights_of_link(true, link->scopes & app->app.scopes, app->app.read_only));
	actor->rights = rights;
	return app_limits_check(authenticator, app, credentials, actor, ret_rate, err);
}

/* ---- origins ---- */

static enum auth_result key_follow(const struct authenticator *authenticator,
				   struct session *session, const struct origin *origin,
				   struct wall_time now, struct error *err)
{
	struct identity key;

	enum auth_result result = key_identity_find(authenticator, session, origin->id, &key, err);
	if (result != AUTH_OK)
		return result;
	if (!key_is_live(&key, now))
		return refuse(err, ERROR_SESSION_EXPIRED,
			      "the API key that opened it is no longer valid");
	return method_check(&key.account, ACCOUNT_FEATURE_API_KEY, ACCEPT_API_KEY, "API keys", err);
}

static enum auth_result app_follow(const struct authenticator *authenticator,
				   struct session *session, const struct origin *origin,
				   const struct credentials *credentials, struct actor *actor,
				   struct rate_verdict *ret_rate, struct error *err)
{
	const struct app_link link = {origin, SCOPES_ALL, ERROR_SESSION_EXPIRED};
	struct identity app;
	struct rights maker;

	enum auth_result result = chain_app_find(authenticator, session, &link, credentials->now,
						 &app, err);
	if (result != AUTH_OK)
		return result;
	if (actor->session_kind == SESSION_SIGNER)
		return *app.app.maker ? maker_find(authenticator, session, &app, &maker, err)
				      : AUTH_OK;
	return chain_app_bind(authenticator, session, &link, &app, credentials, actor, ret_rate,
			      err);
}

/* Its use keeps the session before it alive. */
static enum auth_result session_follow(const struct authenticator *authenticator,
				       struct session *session,
				       const struct credentials *credentials, struct origin *origin,
				       struct actor *actor, struct error *err)
{
	struct identity found;

	enum auth_result result = session_identity_find(authenticator, session, origin->id,
							credentials, &found, err);
	if (result != AUTH_OK)
		return result;
	if (!*found.account.id)
		return refuse(err, ERROR_SESSION_EXPIRED, "the session that opened it has ended");
	actor->rights = rights_within(actor->rights,
				      rights_of_link(true, found.session.scopes, false));
	*origin = found.session.origin;
	return AUTH_OK;
}

enum auth_result chain_origin_follow(const struct authenticator *authenticator,
				     struct session *session, const struct origin *origin,
				     const struct credentials *credentials, struct actor *actor,
				     struct rate_verdict *ret_rate, struct error *err)
{
	struct origin link = *origin;

	for (actor->depth = 0; link.kind == ORIGIN_SESSION; actor->depth++) {
		if (actor->depth >= ORIGIN_DEPTH_MAX)
			return refuse(err, ERROR_SESSION_EXPIRED, "too many sessions behind it");
		enum auth_result result = session_follow(authenticator, session, credentials, &link,
							 actor, err);
		if (result != AUTH_OK)
			return result;
	}
	actor->root = link;
	switch (link.kind) {
	case ORIGIN_API_KEY:
		return key_follow(authenticator, session, &link, credentials->now, err);
	case ORIGIN_API_TOKEN:
	case ORIGIN_OAUTH:
		return app_follow(authenticator, session, &link, credentials, actor, ret_rate, err);
	case ORIGIN_NONE:
	case ORIGIN_SESSION:
		break;
	}
	return AUTH_OK;
}
