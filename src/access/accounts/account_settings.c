/* account_settings.c – see account_settings.h. */
#include "access/accounts/account_settings.h"

#include <stdlib.h>
#include <string.h>

#include "access/accounts/accounts.h"
#include "access/accounts/history.h"
#include "access/audit.h"
#include "access/rate_limit.h"
#include "access/version.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/words.h"

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

static const struct {
	const char *member;
	unsigned bit;
	enum account_feature feature;
} methods[] = {
	{"apiKey", ACCEPT_API_KEY, ACCOUNT_FEATURE_API_KEY},
	{"clientApps", ACCEPT_CLIENT_APPS, ACCOUNT_FEATURE_CLIENT_APPS},
	{"oauth2", ACCEPT_OAUTH, ACCOUNT_FEATURE_OAUTH},
};

static json_t *authentication_to_json(const struct account *account)
{
	json_t *accepted = json_object(), *enabled = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(methods); i++) {
		json_object_set_new(accepted, methods[i].member,
				    json_boolean(account->accepted_methods & methods[i].bit));
		json_object_set_new(enabled, methods[i].member,
				    json_boolean(account->features & methods[i].feature));
	}
	return json_pack("{s:s, s:o, s:o, s:I, s:s}", "authenticationMethod",
			 method_name(account->accepted_methods), "accepted", accepted, "features",
			 enabled, "tokenLifeMax", (json_int_t)account->token_life_max_s,
			 "leakPolicy", account->leak_policy);
}

static const char *resource_of(const struct context *context, const char *kind)
{
	return arena_printf(context->arena, "%s:%s", kind, context->account);
}

/* Those members that can be set. New reference. */
static json_t *authentication_configured(const struct account *account)
{
	json_t *json = authentication_to_json(account);

	json_object_del(json, "authenticationMethod");
	json_object_del(json, "features");
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

static bool method_read(const char *name, unsigned *accepted, struct error *err)
{
	static const unsigned known[] = {ACCEPT_API_KEY | ACCEPT_CLIENT_APPS, ACCEPT_OAUTH,
					 ACCEPT_ALL};

	if (strcmp(name, "CUSTOM") == 0) /* as read: `accepted` says which */
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (strcmp(name, method_name(known[i])) == 0) {
			*accepted = known[i];
			return true;
		}
	}
	return error_set(err, ERROR_INVALID_FIELD,
			 "authenticationMethod: must be API_KEY_AND_CLIENT_APPS, "
			 "OAUTH2_CLIENT_CREDENTIALS, ALL or CUSTOM");
}

static bool accepted_read(const json_t *body, unsigned *accepted, struct error *err)
{
	const char *name;
	json_t *single;

	if (!json_get_text(body, "authenticationMethod", NULL, &name, err) ||
	    !json_get_object(body, "accepted", NULL, &single, err) ||
	    (name && !method_read(name, accepted, err)))
		return false;
	/* A body that was read and changed has both: the choice of a name wins. */
	if (name && strcmp(name, "CUSTOM") != 0)
		return true;
	for (size_t i = 0; single && i < ARRAY_SIZE(methods); i++) {
		bool on = (*accepted & methods[i].bit) != 0;
		if (!json_get_bool(single, methods[i].member, "accepted", &on, err))
			return false;
		*accepted = on ? *accepted | methods[i].bit : *accepted & ~methods[i].bit;
	}
	return true;
}

static bool authentication_read(const json_t *body, struct account *account, struct error *err)
{
	static const char *const policies[] = {"NOTIFY", "DISABLE", "RENEW"};
	const char *policy;

	if (!accepted_read(body, &account->accepted_methods, err) ||
	    !json_get_int(body, "tokenLifeMax", NULL, &account->token_life_max_s, err) ||
	    !json_get_text(body, "leakPolicy", NULL, &policy, err))
		return false;
	if (account->token_life_max_s != 0 && (account->token_life_max_s < TOKEN_LIFE_MAX_LEAST_S ||
					       account->token_life_max_s > TOKEN_LIFE_MAX_MOST_S))
		return error_set(err, ERROR_INVALID_FIELD,
				 "tokenLifeMax: must be from %d to %d seconds, or 0 for no limit",
				 TOKEN_LIFE_MAX_LEAST_S, TOKEN_LIFE_MAX_MOST_S);
	if (policy && word_find(policy, policies, ARRAY_SIZE(policies)) == WORD_NONE)
		return error_set(err, ERROR_INVALID_FIELD,
				 "leakPolicy: must be NOTIFY, DISABLE or RENEW");
	if (policy)
		account->leak_policy = policy;
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
	if (!authentication_read(body, &account, err) || !account_save(txn_db(txn), &account, err))
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

static const struct {
	const char *member;
	int64_t least, most, otherwise;
} numbers[] = {
	{"senderLoginMaxFailedAttempts", 1, 100, FAILURES_FREE},
	{"loginSessionTimeout", 1, 1440, 30},  /* minutes */
	{"sessionTimeoutWarning", 0, 1440, 5}, /* minutes before its end */
};
#define NAME_ORDER "orderLastNameFirstName"

static json_t *system_to_json(const struct account *account)
{
	scoped(json_t) json_t *set = json_loads(account->system_settings, 0, NULL);
	json_t *json = json_object();

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		const json_t *value = json_object_get(set, numbers[i].member);
		json_object_set_new(json, numbers[i].member,
				    json_integer(value ? json_integer_value(value)
						       : (json_int_t)numbers[i].otherwise));
	}
	json_object_set_new(json, NAME_ORDER,
			    json_boolean(json_is_true(json_object_get(set, NAME_ORDER))));
	return json;
}

static bool system_read(struct arena *arena, const json_t *body, struct account *account,
			struct error *err)
{
	scoped(json_t) json_t *json = system_to_json(account);
	bool order = json_is_true(json_object_get(json, NAME_ORDER));

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		int64_t value = json_integer_value(json_object_get(json, numbers[i].member));
		if (!json_get_int(body, numbers[i].member, NULL, &value, err))
			return false;
		if (value < numbers[i].least || value > numbers[i].most)
			return error_set(err, ERROR_INVALID_FIELD, "%s: must be from %lld to %lld",
					 numbers[i].member, (long long)numbers[i].least,
					 (long long)numbers[i].most);
		json_object_set_new(json, numbers[i].member, json_integer((json_int_t)value));
	}
	if (!json_get_bool(body, NAME_ORDER, NULL, &order, err))
		return false;
	json_object_set_new(json, NAME_ORDER, json_boolean(order));
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
