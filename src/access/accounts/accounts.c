/* accounts.c – what an account needs to exist: itself, an owner who can sign in, and the owner's
 * API key. And sub-accounts, which share the owner. */
#include "access/accounts/accounts.h"

#include <string.h>

#include "access/accounts/history.h"
#include "access/accounts/operated_accounts.h"
#include "access/audit.h"
#include "access/credentials/api_keys.h"
#include "access/identity/password_links.h"
#include "access/identity/sign_in.h"
#include "access/people/users.h"
#include "access/version.h"
#include "base/ensure.h"
#include "base/json.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "store/role_store.h"

static struct user owner_of(const struct account_params *params, struct wall_time now)
{
	return (struct user){
		.email = params->owner_email,
		.first_name = params->owner_first_name ? params->owner_first_name : params->name,
		.last_name = params->owner_last_name ? params->owner_last_name : "Owner",
		.title = "",
		.phone = "",
		.company = params->name,
		.language = "en",
		.status = "ACTIVE",
		.type = "MANAGER",
		.profile = "{}",
		.created = now,
		.updated = now,
		.activated = now,
	};
}

static struct account account_of(const struct context *context, const char *name)
{
	char id[ACCOUNT_ID_LENGTH + 1];

	random_base62(id, ACCOUNT_ID_LENGTH);
	return (struct account){
		.id = arena_strdup(context->arena, id),
		.name = name,
		.parent = "",
		.features = context->config->default_features,
		.accepted_methods = ACCEPT_ALL,
		.leak_policy = "NOTIFY",
		.system_settings = "{}",
		.created = context->now,
	};
}

static bool account_store(const struct context *context, const struct account *account,
			  const struct user *owner, bool invite, const char **ret_key,
			  struct error *err)
{
	const struct context own = context_about(context, account->id);

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !account_insert(txn_db(txn), account, err) ||
	    !user_insert(txn_db(txn), owner, err) ||
	    !api_key_make_new(&own, txn_db(txn), account->id, owner->uid, ret_key, err) ||
	    (invite && !password_link_send(&own, txn, account, owner, true, err)) ||
	    !audit_record(&own, txn_db(txn), "account.create", account->id,
			  json_pack("{s:s, s:s}", "name", account->name, "owner", owner->email),
			  err))
		return error_wrap(err, "creating the account");
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return txn_commit(&txn, err) || error_wrap(err, "creating the account");
}

bool account_create(const struct context *context, const struct account_params *params,
		    struct account_created *ret_created, struct error *err)
{
	struct account account = account_of(context, params->name);
	struct user owner = owner_of(params, context->now);
	char uid[USER_UID_LENGTH + 1], password[25];
	const char *key;

	ensure(actor_is_operator(context->actor));
	if (!text_check("name", params->name, ACCOUNT_NAME_MAX, false, err) ||
	    !email_check("ownerEmail", params->owner_email, err) ||
	    !text_check("ownerFirstName", owner.first_name, ACCOUNT_NAME_MAX, false, err) ||
	    !text_check("ownerLastName", owner.last_name, ACCOUNT_NAME_MAX, false, err))
		return false;
	if (params->invite) {
		owner.status = "INVITED";
		owner.activated = wall_from_us(0);
	}
	random_base62(uid, USER_UID_LENGTH);
	owner.account = account.id;
	owner.uid = account.owner = arena_strdup(context->arena, uid);
	/* Before the transaction: hashing a password is slow on purpose, and a transaction holds
	 * the writer. */
	password_make(password);
	const char *kept_password = arena_strdup(context->arena, password);
	owner.password_hash = password_hash(context->arena, password);
	explicit_bzero(password, sizeof(password));
	if (!account_store(context, &account, &owner, params->invite, &key, err))
		return false;
	*ret_created = (struct account_created){.account = account.id,
						.owner = owner.uid,
						.email = owner.email,
						.password = kept_password,
						.api_key = key};
	return true;
}

bool account_features_change(const struct context *context, unsigned on, unsigned off,
			     unsigned *ret_features, struct error *err)
{
	struct account account;

	ensure(actor_is_operator(context->actor));
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !context_account(context, txn_db(txn), &account, err))
		return false;
	scoped(json_t) json_t *before = account_configured(context->arena, &account);
	account.features = (account.features | on) & ~off;
	*ret_features = account.features;
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return account_save(txn_db(txn), &account, err) &&
	       audit_record(context, txn_db(txn), "account.features", account.id,
			    json_pack("{s:s}", "features",
				      features_text(context->arena, account.features)),
			    err) &&
	       account_record(context, txn_db(txn), &account, before, err) && txn_commit(&txn, err);
}

/* ---- sub-accounts ---- */

static bool may_manage(const struct context *context, struct error *err)
{
	return context_needs_feature(context, ACCOUNT_FEATURE_SUBACCOUNTS, "sub-accounts", err) &&
	       (actor_may(context->actor, PERMISSION_SUBACCOUNTS) ||
		error_set(err, ERROR_NO_PERMISSION, "%s", permission_name(PERMISSION_SUBACCOUNTS)));
}

static json_t *subaccount_to_json(const struct account *account)
{
	json_t *json = account_to_json(account);
	json_object_set_new(json, "parentAccountId", json_string(account->parent));
	return json;
}

static const char *resource_of(const struct context *context, const struct account *account)
{
	return arena_printf(context->arena, "subaccount:%s", account->id);
}

static json_t *parts_of(const struct account *account)
{
	return json_pack("{s:s}", "name", account->name);
}

static json_t *subaccount_shown(const struct context *context, const struct account *account)
{
	version_tell(context, resource_of(context, account), parts_of(account));
	return subaccount_to_json(account);
}

static bool subaccount_find(const struct context *context, struct db *db, const char *id,
			    struct account *ret_account, struct error *err)
{
	bool found;

	if (!account_find(db, context->arena, id, ret_account, &found, err))
		return false;
	return (found && strcmp(ret_account->parent, context->account) == 0) ||
	       error_set(err, ERROR_ACCOUNT_NOT_FOUND, NULL);
}

json_t *subaccount_read(const struct context *context, const char *id, struct error *err)
{
	struct account account;

	return may_manage(context, err) && subaccount_find(context, session_db(context->session),
							   id, &account, err)
		       ? subaccount_shown(context, &account)
		       : NULL;
}

json_t *subaccounts_list(const struct context *context, struct error *err)
{
	struct account *accounts;
	size_t count;

	if (!may_manage(context, err) ||
	    !account_list(session_db(context->session), context->arena, context->account, 0,
			  SUBACCOUNTS_MAX, &accounts, &count, err))
		return NULL;
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, subaccount_to_json(&accounts[i]));
	return list;
}

/* `before` NULL: it is new. */
static bool subaccount_record(const struct context *context, struct db *db, const char *id,
			      const char *before, const char *name, struct error *err)
{
	scoped(json_t) json_t *was = before ? json_pack("{s:s}", "name", before) : NULL;
	scoped(json_t) json_t *is = json_pack("{s:s}", "name", name);
	const struct history_change change = {.kind = HISTORY_SUBACCOUNT,
					      .subject = id,
					      .name = name,
					      .before = was,
					      .after = is};

	return history_record(context, db, &change, err);
}

static bool subaccount_store(const struct context *context, struct account *account,
			     struct error *err)
{
	struct account parent, *others;
	size_t count;

	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !context_account(context, txn_db(txn), &parent, err) ||
	    !account_list(txn_db(txn), context->arena, parent.id, 0, SUBACCOUNTS_MAX, &others,
			  &count, err))
		return false;
	if (*parent.parent)
		return error_set(err, ERROR_INVALID_FIELD, "a sub-account has no sub-accounts");
	if (count >= SUBACCOUNTS_MAX)
		return error_set(err, ERROR_INVALID_FIELD,
				 "the account has %d sub-accounts already", SUBACCOUNTS_MAX);
	account->parent = parent.id;
	account->owner = parent.owner;
	account->features = parent.features;
	account->endpoints_limit = parent.endpoints_limit;
	account->app_rate = parent.app_rate;
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return account_insert(txn_db(txn), account, err) &&
	       api_key_make_first(context, txn_db(txn), account->id, account->owner, err) &&
	       audit_record(context, txn_db(txn), "subaccount.create", account->id,
			    json_pack("{s:s}", "name", account->name), err) &&
	       subaccount_record(context, txn_db(txn), account->id, NULL, account->name, err) &&
	       txn_commit(&txn, err);
}

json_t *subaccount_create(const struct context *context, const json_t *body, struct error *err)
{
	struct account account;
	const char *name;

	if (!may_manage(context, err) || !json_need_text(body, "name", NULL, &name, err) ||
	    !text_check("name", name, ACCOUNT_NAME_MAX, false, err))
		return NULL;
	account = account_of(context, name);
	return subaccount_store(context, &account, err) ? subaccount_shown(context, &account)
							: NULL;
}

json_t *subaccount_change(const struct context *context, const char *id, const json_t *body,
			  struct error *err)
{
	struct account account;
	const char *name;

	if (!may_manage(context, err) || !json_need_text(body, "name", NULL, &name, err) ||
	    !text_check("name", name, ACCOUNT_NAME_MAX, false, err))
		return NULL;
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !subaccount_find(context, txn_db(txn), id, &account, err) ||
	    !version_check(context, resource_of(context, &account), parts_of(&account), err))
		return NULL;
	const char *before = account.name;
	account.name = name;
	if (!account_save(txn_db(txn), &account, err) ||
	    !audit_record(context, txn_db(txn), "subaccount.change", id,
			  json_pack("{s:s}", "name", name), err) ||
	    !subaccount_record(context, txn_db(txn), id, before, name, err) ||
	    !txn_commit(&txn, err))
		return NULL;
	return subaccount_shown(context, &account);
}

json_t *accessible_accounts_list(const struct context *context, struct error *err)
{
	struct db *db = session_db(context->session);
	struct account account;
	const char **ids;
	size_t count;
	bool found;

	if (!context_account(context, db, &account, err) ||
	    !user_accounts_list(db, context->arena, context->actor->user, SUBACCOUNTS_MAX, &ids,
				&count, err))
		return NULL;
	json_t *list = json_pack("[{s:s, s:s}]", "accountUid", account.id, "accountName",
				 account.name);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(ids[i], context->account) == 0)
			continue;
		if (!account_find(db, context->arena, ids[i], &account, &found, err)) {
			json_decref(list);
			return NULL;
		}
		if (found)
			json_array_append_new(list,
					      json_pack("{s:s, s:s}", "accountUid", account.id,
							"accountName", account.name));
	}
	return list;
}
