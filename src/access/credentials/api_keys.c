/* api_keys.c – see api_keys.h. */
#include "access/credentials/api_keys.h"

#include <string.h>

#include "access/audit.h"
#include "access/identity/password_proof.h"
#include "access/people/member.h"
#include "base/ensure.h"
#include "base/json.h"

static const char *context_of(struct arena *arena, const char *uid)
{
	return arena_printf(arena, "user.api_key:%s", uid);
}

bool api_key_make_new(const struct context *context, struct db *db, const char *account,
		      const char *uid, const char **ret_key, struct error *err)
{
	char text[API_KEY_TEXT_MAX];
	unsigned char hash[KEYED_HASH_BYTES];

	api_key_make(keyring_credential_prefix(context->keyring), uid, text);
	keyring_hash(context->keyring, text, strlen(text), hash);
	const struct api_key key = {
		.account = account,
		.uid = uid,
		.hash = {hash, sizeof(hash)},
		.sealed = keyring_seal(context->keyring, context->arena,
				       context_of(context->arena, uid),
				       (struct bytes){(const unsigned char *)text, strlen(text)}),
		.created = context->now,
	};
	*ret_key = arena_strdup(context->arena, text);
	explicit_bzero(text, sizeof(text));
	return api_key_insert(db, &key, err);
}

bool api_key_make_first(const struct context *context, struct db *db, const char *account,
			const char *uid, struct error *err)
{
	struct api_key current;
	const char *key;
	bool found;

	if (!api_key_find_current(db, context->arena, account, uid, &current, &found, err))
		return false;
	return found || api_key_make_new(context, db, account, uid, &key, err);
}

static bool key_open(const struct context *context, const struct api_key *key,
		     const char **ret_text, struct error *err)
{
	struct bytes plain;

	if (!keyring_unseal(context->keyring, context->arena, context_of(context->arena, key->uid),
			    key->sealed, &plain, err))
		return false;
	*ret_text = (const char *)plain.data;
	return true;
}

/* ---- seeing them ---- */

static bool may_see(const struct context *context, struct error *err)
{
	if (!context->actor->rights.is_owner)
		return error_set(err, ERROR_NO_PERMISSION,
				 "only the account's owner sees API keys");
	if (context->config->hide_api_keys)
		return error_set(err, ERROR_API_KEY_HIDDEN,
				 "the operator hides all API keys (--hide-api-keys)");
	if (!(context->actor->features & ACCOUNT_FEATURE_API_KEY_VIEW))
		return error_set(err, ERROR_API_KEY_HIDDEN,
				 "the account does not have this privilege");
	return true;
}

#define MASK_SHOWN 4 /* last characters: enough to tell keys apart, nothing to guess with */

static json_t *key_to_json(const struct context *context, const struct api_key *key,
			   const char *text)
{
	json_t *json = json_pack("{s:s, s:o, s:s}", "maskedKey",
				 arena_printf(context->arena, "****************%s",
					      text + strlen(text) - MASK_SHOWN),
				 "createdDate", json_date(key->created), "lastUsedAddress",
				 key->last_used_address);
	if (key->last_used.us)
		json_object_set_new(json, "lastUsedDate", json_date(key->last_used));
	if (key->valid_until.us)
		json_object_set_new(json, "validUntilDate", json_date(key->valid_until));
	return json;
}

static json_t *member_key_to_json(const struct context *context, const struct api_key *key,
				  struct error *err)
{
	struct user user;
	const char *text;
	bool found;

	if (!user_find(session_db(context->session), context->arena, key->uid, &user, &found,
		       err) ||
	    !key_open(context, key, &text, err))
		return NULL;
	json_t *json = key_to_json(context, key, text);
	json_object_set_new(json, "userId", json_string(key->uid));
	json_object_set_new(json, "email", json_string(found ? user.email : ""));
	return json;
}

json_t *api_keys_list(const struct context *context, struct error *err)
{
	struct api_key *keys;
	size_t count;

	if (!may_see(context, err) ||
	    !api_key_list(session_db(context->session), context->arena, context->account, NULL,
			  context->now, API_KEYS_SHOWN_MAX, &keys, &count, err))
		return NULL;
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *json = member_key_to_json(context, &keys[i], err);
		if (!json) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, json);
	}
	return list;
}

static bool current_find(const struct context *context, struct db *db, const char *uid,
			 struct api_key *ret_key, struct error *err)
{
	bool found;

	if (!api_key_find_current(db, context->arena, context->account, uid, ret_key, &found, err))
		return false;
	return found || error_set(err, ERROR_USER_NOT_FOUND, "this user has no API key here");
}

json_t *api_key_reveal(const struct context *context, const char *uid, const char *password,
		       struct error *err)
{
	struct api_key key;
	const char *text;

	if (!may_see(context, err) || !password_confirm(context, password, err))
		return NULL;
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !current_find(context, txn_db(txn), uid, &key, err) ||
	    !key_open(context, &key, &text, err) ||
	    !audit_record(context, txn_db(txn), "api_key.reveal", uid, NULL, err) ||
	    !txn_commit(&txn, err))
		return NULL;
	return json_pack("{s:s, s:s}", "userId", uid, "apiKey", text);
}

/* ---- sub-accounts ---- */

#define SUBACCOUNT_PERMISSIONS \
	(BIT(PERMISSION_USERS) | BIT(PERMISSION_SUBACCOUNTS) | BIT(PERMISSION_API_ACCESS))

/* NULL without an error: the caller may not see this one, or has no key there. */
static json_t *subaccount_key(const struct context *context, const struct account *account,
			      const struct user *user, struct error *err)
{
	struct db *db = session_db(context->session);
	struct api_key key;
	bool is_member, found;
	unsigned permissions;
	const char *text;

	if (!member_permissions(db, context->arena, account, user, &is_member, &permissions, err))
		return NULL;
	if (strcmp(account->owner, user->uid) == 0)
		permissions = PERMISSIONS_ALL;
	if ((permissions & SUBACCOUNT_PERMISSIONS) != SUBACCOUNT_PERMISSIONS ||
	    !(account->features & ACCOUNT_FEATURE_API_KEY_VIEW))
		return NULL;
	if (!api_key_find_current(db, context->arena, account->id, user->uid, &key, &found, err) ||
	    (found && !key_open(context, &key, &text, err)))
		return NULL;
	if (!found)
		return NULL;
	/* Exactly these three: the Java SDK refuses any other. */
	return json_pack("{s:s, s:s, s:s}", "accountUid", account->id, "accountName", account->name,
			 "apiKey", text);
}

json_t *subaccount_api_keys(const struct context *context, struct error *err)
{
	struct db *db = session_db(context->session);
	struct account *accounts;
	struct user user;
	size_t count;

	if (context->config->hide_api_keys) {
		(void)error_set(err, ERROR_API_KEY_HIDDEN, NULL);
		return NULL;
	}
	/* An API key has no scopes and does not end with the app. */
	if (*context->actor->client_id || context->actor->rights.scopes != SCOPES_ALL) {
		(void)error_set(
			err, ERROR_INSUFFICIENT_SCOPE,
			"not available to a client app or its sessions, because an API key may do more");
		return NULL;
	}
	if (!context_user(context, db, context->actor->user, &user, err) ||
	    !account_list(db, context->arena, context->account, 0, API_KEYS_SHOWN_MAX, &accounts,
			  &count, err))
		return NULL;
	json_t *list = json_array();
	for (size_t i = 0; i < count && err->code == ERROR_NONE; i++) {
		json_t *json = subaccount_key(context, &accounts[i], &user, err);
		if (json)
			json_array_append_new(list, json);
	}
	if (err->code == ERROR_NONE) {
		scoped(txn) struct txn *txn = txn_begin(context->session, err);
		if (txn &&
		    audit_record(
			    context, txn_db(txn), "api_key.reveal", context->actor->user,
			    json_pack("{s:I}", "subaccounts", (json_int_t)json_array_size(list)),
			    err) &&
		    txn_commit(&txn, err))
			return list;
	}
	json_decref(list);
	return NULL;
}

/* ---- the operator's ---- */

bool api_key_rotate(const struct context *context, const char *uid, int64_t overlap_s,
		    const char **ret_key, struct error *err)
{
	struct wall_time until = wall_add(context->now, duration_s(overlap_s));
	struct user user;
	int64_t ended;

	if (overlap_s < 0 || overlap_s > OVERLAP_MAX_S)
		return error_set(err, ERROR_INVALID_FIELD, "overlap: from 0 to %d seconds",
				 OVERLAP_MAX_S);
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !context_user(context, txn_db(txn), uid, &user, err) ||
	    !api_key_end(txn_db(txn), context->account, uid, until, &ended, err) ||
	    !api_key_make_new(context, txn_db(txn), context->account, uid, ret_key, err) ||
	    !audit_record(context, txn_db(txn), "api_key.rotate", uid,
			  json_pack("{s:I}", "overlapSeconds", (json_int_t)overlap_s), err))
		return error_wrap(err, "rotating the API key");
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return txn_commit(&txn, err);
}

bool api_key_disable(const struct context *context, const char *uid, struct error *err)
{
	struct user user;
	int64_t ended;

	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !context_user(context, txn_db(txn), uid, &user, err) ||
	    !api_key_end(txn_db(txn), context->account, uid, context->now, &ended, err) ||
	    !audit_record(context, txn_db(txn), "api_key.disable", uid,
			  json_pack("{s:I}", "keys", (json_int_t)ended), err))
		return error_wrap(err, "disabling the API key");
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return txn_commit(&txn, err);
}
