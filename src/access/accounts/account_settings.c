/* account_settings.c – see account_settings.h. */
#include "access/accounts/account_settings.h"

#include <assert.h>
#include <string.h>

#include "access/accounts/accounts.h"
#include "access/accounts/history.h"
#include "access/audit.h"
#include "access/rate_limit.h"
#include "access/version.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/shape_read.h"
#include "base/shape_write.h"

/* ---- authentication ---- */

/* The original has one choice of two; here they can also be mixed. */
static const char *method_name(unsigned accepted)
{
	if (accepted == (ACCEPT_API_KEY | ACCEPT_CLIENT_APPS))
		return "API_KEY_AND_CLIENT_APPS";
	if (accepted == ACCEPT_OAUTH)
		return "OAUTH2_CLIENT_CREDENTIALS";
	return accepted == ACCEPT_ALL ? "ALL" : "CUSTOM";
}

/* What is shown and set. `method` NULL: the body does not have it. */
struct authentication {
	struct account account;
	const char *method;
};

static const char *const method_names[] = {"API_KEY_AND_CLIENT_APPS", "OAUTH2_CLIENT_CREDENTIALS",
					   "ALL", "CUSTOM"};
static const char *const policies[] = {"NOTIFY", "DISABLE", "RENEW"};

#define SHAPE_OF struct account
static const struct shape_member accepted_members[] = {
	{SHAPE_BIT("apiKey", accepted_methods, ACCEPT_API_KEY)},
	{SHAPE_BIT("clientApps", accepted_methods, ACCEPT_CLIENT_APPS)},
	{SHAPE_BIT("oauth2", accepted_methods, ACCEPT_OAUTH)},
};
static const struct shape accepted_shape = {SHAPE(accepted_members)};
static const struct shape_member enabled_members[] = {
	{SHAPE_BIT("apiKey", features, ACCOUNT_FEATURE_API_KEY)},
	{SHAPE_BIT("clientApps", features, ACCOUNT_FEATURE_CLIENT_APPS)},
	{SHAPE_BIT("oauth2", features, ACCOUNT_FEATURE_OAUTH)},
};
static const struct shape enabled_shape = {SHAPE(enabled_members)};
#undef SHAPE_OF

#define SHAPE_OF struct authentication
static const struct shape_member authentication_members[] = {
	{SHAPE_CHOICE("authenticationMethod", method, method_names)},
	{SHAPE_INNER("accepted", account, &accepted_shape)},
	{SHAPE_INNER("features", account, &enabled_shape), .flags = SHAPE_ANSWER},
	{SHAPE_INT("tokenLifeMax", account.token_life_max_s), .least = TOKEN_LIFE_MAX_LEAST_S,
	 .most = TOKEN_LIFE_MAX_MOST_S, .flags = SHAPE_OR_ZERO},
	{SHAPE_CHOICE("leakPolicy", account.leak_policy, policies)},
};
const struct shape authentication_shape = {SHAPE(authentication_members)};
#undef SHAPE_OF

static json_t *authentication_to_json(const struct account *account)
{
	const struct authentication shown = {*account, method_name(account->accepted_methods)};

	return shape_to_json(&authentication_shape, &shown);
}

static const char *resource_of(const struct context *context, const char *kind)
{
	return arena_printf(context->arena, "%s:%s", kind, context->account);
}

/* Those members that can be set; the method follows from `accepted`. New reference. */
static json_t *authentication_configured(const struct account *account)
{
	const struct authentication shown = {.account = *account};
	json_t *json = shape_settable_to_json(&authentication_shape, &shown);

	json_object_del(json, "authenticationMethod");
	return json;
}

static json_t *authentication_shown(const struct context *context, const struct account *account)
{
	version_tell(context, resource_of(context, "authentication"),
		     authentication_configured(account));
	return authentication_to_json(account);
}

static bool may_manage(const struct context *context, struct error *err)
{
	return actor_may(context->actor, PERMISSION_API_ACCESS) ||
	       error_set(err, ERROR_NO_PERMISSION, "%s", permission_name(PERMISSION_API_ACCESS));
}

/* A body that was read and changed has both: the choice of a name wins, unless it is CUSTOM. */
static void method_apply(const char *name, struct account *account)
{
	static const unsigned known[] = {ACCEPT_API_KEY | ACCEPT_CLIENT_APPS, ACCEPT_OAUTH,
					 ACCEPT_ALL};

	for (size_t i = 0; name && i < ARRAY_SIZE(known); i++) {
		if (strcmp(name, method_name(known[i])) == 0)
			account->accepted_methods = known[i];
	}
}

static bool authentication_read(const struct context *context, const json_t *body,
				struct account *account, struct error *err)
{
	struct authentication read = {.account = *account};

	if (!shape_read(&authentication_shape, context->arena, body, NULL, &read, err))
		return false;
	*account = read.account;
	method_apply(read.method, account);
	return true;
}

static bool settings_record(const struct context *context, struct db *db, enum history_kind kind,
			    const json_t *before, const json_t *after, struct error *err)
{
	const struct history_change change = {.kind = kind,
					      .subject = context->account,
					      .name = "",
					      .before = before,
					      .after = after};

	return history_record(context, db, &change, err);
}

json_t *authentication_settings_read(const struct context *context, struct error *err)
{
	struct account account;

	if (!may_manage(context, err) ||
	    !context_account(context, session_db(context->session), &account, err))
		return NULL;
	return authentication_shown(context, &account);
}

json_t *authentication_settings_change(const struct context *context, const json_t *body,
				       struct error *err)
{
	struct account account;

	if (!may_manage(context, err))
		return NULL;
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !context_account(context, txn_db(txn), &account, err) ||
	    !version_check(context, resource_of(context, "authentication"),
			   authentication_configured(&account), err))
		return NULL;
	scoped(json_t) json_t *before = authentication_configured(&account);
	if (!authentication_read(context, body, &account, err) ||
	    !account_save(txn_db(txn), &account, err))
		return NULL;
	scoped(json_t) json_t *after = authentication_configured(&account);
	json_t *json = authentication_shown(context, &account);
	txn_announce(txn, STORE_TOPIC_ACCESS);
	if (audit_record(context, txn_db(txn), "account.authentication", account.id,
			 json_incref(json), err) &&
	    settings_record(context, txn_db(txn), HISTORY_AUTHENTICATION, before, after, err) &&
	    txn_commit(&txn, err))
		return json;
	json_decref(json);
	return NULL;
}

/* ---- sign-in ---- */

#define SHAPE_OF struct system_settings
static const struct shape_member system_members[] = {
	{SHAPE_INT("senderLoginMaxFailedAttempts", failures), .least = 1, .most = 100,
	 .otherwise = "5"},
	{SHAPE_INT("loginSessionTimeout", session_minutes), .least = 1, .most = 1440,
	 .otherwise = "30"},
	{SHAPE_INT("sessionTimeoutWarning", warning_minutes), .most = 1440, .otherwise = "5"},
	{SHAPE_BOOL("orderLastNameFirstName", last_name_first)},
};
const struct shape system_settings_shape = {SHAPE(system_members)};
#undef SHAPE_OF
static_assert(FAILURES_FREE == 5, "the default of senderLoginMaxFailedAttempts");

/* What another version has kept, and this one does not take, has its default. */
static struct system_settings system_load(const struct account *account)
{
	struct system_settings settings;
	struct error ignored = {0};

	scoped(arena) struct arena *arena = arena_new();
	scoped(json_t) json_t *set = json_loads(account->system_settings, 0, NULL);
	shape_default(&system_settings_shape, &settings);
	if (!shape_read(&system_settings_shape, arena, set, NULL, &settings, &ignored))
		shape_default(&system_settings_shape, &settings);
	return settings;
}

static json_t *system_to_json(const struct account *account)
{
	const struct system_settings settings = system_load(account);

	return shape_to_json(&system_settings_shape, &settings);
}

static bool system_read(struct arena *arena, const json_t *body, struct account *account,
			struct error *err)
{
	struct system_settings settings = system_load(account);

	if (!shape_read(&system_settings_shape, arena, body, NULL, &settings, err))
		return false;
	scoped(json_t) json_t *json = shape_to_json(&system_settings_shape, &settings);
	account->system_settings = json_encode_in(arena, json);
	return true;
}

static json_t *system_shown(const struct context *context, const struct account *account)
{
	version_tell(context, resource_of(context, "system"), system_to_json(account));
	return system_to_json(account);
}

json_t *system_settings_read(const struct context *context, struct error *err)
{
	struct account account;

	if (!context_account(context, session_db(context->session), &account, err))
		return NULL;
	return system_shown(context, &account);
}

json_t *system_settings_change(const struct context *context, const json_t *body, struct error *err)
{
	struct account account;

	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !context_account(context, txn_db(txn), &account, err) ||
	    !version_check(context, resource_of(context, "system"), system_to_json(&account), err))
		return NULL;
	scoped(json_t) json_t *before = system_to_json(&account);
	if (body && !system_read(context->arena, body, &account, err))
		return NULL;
	if (!body)
		account.system_settings = "{}";
	json_t *json = system_shown(context, &account);
	if (account_save(txn_db(txn), &account, err) &&
	    audit_record(context, txn_db(txn), "account.system_settings", account.id,
			 json_incref(json), err) &&
	    settings_record(context, txn_db(txn), HISTORY_SYSTEM_SETTINGS, before, json, err) &&
	    txn_commit(&txn, err))
		return json;
	json_decref(json);
	return NULL;
}
