/* session_api.c – people: signing in and out, who is signed in, passwords, the second factor. */
#include "access/accounts/account_settings.h"
#include "access/identity/password_links.h"
#include "access/identity/second_factor.h"
#include "api/core/routes.h"

#include <string.h>

#include "access/accounts/accounts.h"
#include "access/accounts/operated_accounts.h"
#include "access/identity/sign_in.h"
#include "access/people/users.h"
#include "base/json.h"
#include "base/log.h"

/* ---- who is signed in ---- */

/* Features, as OneSpan Sign calls them, that this server knows. */
static json_t *their_features(const struct actor *actor)
{
	return json_pack("{s:b, s:b, s:b, s:b, s:b}", "allowIntegration",
			 (actor->features & ACCOUNT_FEATURE_API_KEY) != 0, "delegation", 1,
			 "attachments", 1, "rateLimiting", 1, "rateLimitingReportOnly", 0);
}

static json_t *permissions_to_json(unsigned permissions)
{
	json_t *list = json_array();

	for (int i = 0; i < PERMISSION_COUNT; i++) {
		if (permissions & BIT(i))
			json_array_append_new(list,
					      json_string(permission_name((enum permission)i)));
	}
	return list;
}

static json_t *session_to_json(const struct call *call, json_t *user, const struct account *account,
			       bool second_factor, struct error *err)
{
	struct context context = call_context(call);
	const struct actor *actor = &call->actor;

	context.version = NULL; /* the settings are a part of another answer here */

	scoped(json_t) json_t *settings = system_settings_read(&context, err);
	if (!settings) {
		json_decref(user);
		return NULL;
	}
	json_t *packages = *actor->package ? json_pack("[s]", actor->package) : json_array();
	return json_pack(
		"{s:o, s:o, s:o, s:o, s:b, s:b, s:{s:s, s:s}, s:I, s:b, s:b, s:b, s:o, s:o}",
		"user", user, "account", account_to_json(account), "features",
		their_features(actor), "packages", packages, "restricted", *actor->package != '\0',
		"inPerson", 0, "support", "email", "", "phone", "", "loginSessionTimeout",
		json_integer_value(json_object_get(settings, "loginSessionTimeout")),
		"certificateSigning", 0, "secondFactor", second_factor, "owner",
		actor->rights.is_owner, "permissions",
		permissions_to_json(actor->rights.permissions), "accountFeatures",
		features_to_json(actor->features));
}

static json_t *session_read(const struct call *call, struct error *err)
{
	const struct context context = call_context(call);
	struct db *db = session_db(call->session);
	struct account account;
	struct user user;
	json_t *signer;

	if (!context_account(&context, db, &account, err))
		return NULL;
	if (actor_is_signer(&call->actor)) {
		if (!package_signer_find(&context, call->actor.package, call->actor.signer, &signer,
					 err))
			return NULL;
		json_object_del(signer, "auth");
		return session_to_json(call, signer, &account, false, err);
	}
	if (!context_user(&context, db, call->actor.user, &user, err))
		return NULL;
	return session_to_json(call, sender_to_json(&user, &account), &account,
			       user.second_factor_on, err);
}

bool on_session_get(struct call *call, struct http_response *response, struct error *err)
{
	reply_no_store(response);
	return reply_answer(response, session_read(call, err));
}

/* The session of the browser that asks; its time is not prolonged. `*ret_is_there` is false, and
 * nothing is wrong, where nobody is signed in. */
static bool visitor_read(struct call *call, bool *ret_is_there, struct error *err)
{
	const struct credentials credentials = {
		.session = http_request_cookie(call->request, SESSION_COOKIE),
		.address = call->address,
		.reads = true,
		.goes_on = true,
		.now = call->now,
		.queue_now = call->queue_now,
	};
	struct rate_verdict ignored = {0};

	*ret_is_there = credentials.session &&
			authenticate(call->authenticator, call->session, &credentials, &call->actor,
				     &ignored, err) == AUTH_OK;
	if (!*ret_is_there && err->code != ERROR_NONE && error_http_status(err->code) != 401)
		return false;
	*err = (struct error){0};
	if (*ret_is_there)
		session_act_for(call->session, call->actor.account);
	return true;
}

bool on_visitor_get(struct call *call, struct http_response *response, struct error *err)
{
	bool is_there;

	reply_no_store(response);
	if (!visitor_read(call, &is_there, err))
		return false;
	json_t *session = is_there ? session_read(call, err) : json_null();
	return session && reply_json(response, json_pack("{s:o}", "session", session));
}

/* ---- in and out ---- */

bool on_session_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	struct sign_in_request request = {.agent = call_agent(call)};
	struct sign_in_answer answer;

	scoped(json_t) json_t *body = call_body(call, err);
	if (!body || !json_need_text(body, "email", NULL, &request.email, err) ||
	    !json_need_text(body, "password", NULL, &request.password, err) ||
	    !json_get_text(body, "code", NULL, &request.code, err) ||
	    !sign_in(&context, &request, &answer, &call->actor, err))
		return false;
	reply_session_cookie(call, response, answer.session);
	reply_device_cookie(call, response, answer.device);
	return reply_answer(response, session_read(call, err));
}

bool on_session_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	if (call->actor.method != METHOD_SESSION)
		return error_set(err, ERROR_NO_PERMISSION, "there is no session to end");
	if (!sign_out(&context, err))
		return false;
	reply_session_cookie(call, response, NULL);
	return reply_empty(response);
}

bool on_sessions_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	int64_t count;

	if (!sign_out_everywhere(&context, call->actor.user, &count, err))
		return false;
	if (call->actor.method == METHOD_SESSION)
		reply_session_cookie(call, response, NULL);
	return reply_json(response, json_pack("{s:I}", "count", (json_int_t)count));
}

/* ---- passwords ---- */

/* Somebody has forgotten a password. In an arena of its own: the request is gone by then. */
struct forgotten {
	struct arena *arena;
	struct context_tools tools;
	struct actor actor;
	struct wall_time now, queue_now;
	const char *email;
	struct settle settle;
};

static void forgotten_log(const struct error *err)
{
	log_error("api", "a mail with a link for a new password was not queued: %s (%s)",
		  error_message(err->code), err->technical);
}

static void forgotten_end(const struct error *err, void *arg)
{
	struct forgotten *forgotten = arg;

	if (err)
		forgotten_log(err);
	arena_free(forgotten->arena);
}

static void forgotten_run(struct session *session, void *arg)
{
	struct forgotten *forgotten = arg;
	const struct context context = context_for_call(&forgotten->tools, session,
							forgotten->arena, &forgotten->actor,
							forgotten->now, forgotten->queue_now);
	struct error err = {0}, lost = {0};

	if (!password_forgotten(&context, forgotten->email, &err))
		forgotten_log(&err);
	forgotten->settle = (struct settle){.on_settled = forgotten_end, .arg = forgotten};
	switch (session_settle(session, &forgotten->settle, &lost)) {
	case SETTLE_DURABLE:
		forgotten_end(NULL, forgotten);
		break;
	case SETTLE_FAILED:
		forgotten_end(&lost, forgotten);
		break;
	case SETTLE_LATER:
		break;
	}
}

static struct forgotten *forgotten_make(const struct call *call, const char *email)
{
	struct arena *arena = arena_new();
	struct forgotten *forgotten = arena_alloc(arena, sizeof(*forgotten));

	*forgotten = (struct forgotten){.arena = arena,
					.tools = call_tools(call),
					.actor = actor_nobody(arena_strdup(arena, call->address)),
					.now = call->now,
					.queue_now = call->queue_now,
					.email = arena_strdup(arena, email)};
	return forgotten;
}

bool on_password_forgotten(struct call *call, struct http_response *response, struct error *err)
{
	const char *email;

	scoped(json_t) json_t *body = call_body(call, err);
	if (!body || !json_need_text(body, "email", NULL, &email, err))
		return false;
	call->after = (struct call_after){forgotten_run, forgotten_make(call, email)};
	return reply_empty(response);
}

bool on_password_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *token, *password;

	scoped(json_t) json_t *body = call_body(call, err);
	return body && json_need_text(body, "token", NULL, &token, err) &&
	       json_need_text(body, "password", NULL, &password, err) &&
	       password_choose(&context, token, password, err) && reply_empty(response);
}

/* ---- the second factor ---- */

/* A token or a key is no person. */
static bool needs_person(const struct call *call, struct error *err)
{
	return actor_has_signed_in(&call->actor) ||
	       error_set(err, ERROR_NO_PERMISSION, "only for a user who has signed in");
}

static bool password_read(const json_t *body, const char **ret_password, struct error *err)
{
	return json_get_text(body, "password", NULL, ret_password, err);
}

bool on_second_factor_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *password;

	reply_no_store(response);
	if (!needs_person(call, err))
		return false;
	scoped(json_t) json_t *body = call_body_or_nothing(call, err);
	return body && password_read(body, &password, err) &&
	       reply_answer(response, second_factor_begin(&context, password, err));
}

bool on_second_factor_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *code;

	if (!needs_person(call, err))
		return false;
	scoped(json_t) json_t *body = call_body(call, err);
	return body && json_need_text(body, "code", NULL, &code, err) &&
	       second_factor_confirm(&context, code, err) && reply_empty(response);
}

bool on_second_factor_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *password;

	if (!needs_person(call, err))
		return false;
	scoped(json_t) json_t *body = call_body_or_nothing(call, err);
	return body && password_read(body, &password, err) &&
	       second_factor_end(&context, password, err) && reply_empty(response);
}
