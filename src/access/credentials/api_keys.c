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

bool api_key_make_new(const struct access_service *service, struct db *db, const char *account,
		      const char *uid, const char **ret_key, struct error *err)
{
	char text[API_KEY_TEXT_MAX];
	unsigned char hash[KEYED_HASH_BYTES];

	api_key_make(keyring_credential_prefix(service->keyring), uid, text);
	keyring_hash(service->keyring, text, strlen(text), hash);
	const struct api_key key = {
		.account = account,
		.uid = uid,
		.hash = {hash, sizeof(hash)},
		.sealed = keyring_seal(service->keyring, service->arena,
				       context_of(service->arena, uid),
				       (struct bytes){(const unsigned char *)text, strlen(text)}),
		.created = service->now,
	};
	*ret_key = arena_strdup(service->arena, text);
	explicit_bzero(text, sizeof(text));
	return api_key_insert(db, &key, err);
}

bool api_key_make_first(const struct access_service *service, struct db *db, const char *account,
			const char *uid, struct error *err)
{
	struct api_key current;
	const char *key;
	bool found;

	if (!api_key_find_current(db, service->arena, account, uid, &current, &found, err))
		return false;
	return found || api_key_make_new(service, db, account, uid, &key, err);
}

static bool key_open(const struct access_service *service, const struct api_key *key,
		     const char **ret_text, struct error *err)
{
	struct bytes plain;

	if (!keyring_unseal(service->keyring, service->arena, context_of(service->arena, key->uid),
			    key->sealed, &plain, err))
		return false;
	*ret_text = (const char *)plain.data;
	return true;
}

/* ---- seeing them ---- */

static bool may_see(const struct access_service *service, struct error *err)
{
	if (!service->caller->is_owner)
		return error_set(err, ERROR_NO_PERMISSION,
				 "only the account's owner sees API keys");
	if (service->config->hide_api_keys)
		return error_set(err, ERROR_API_KEY_HIDDEN,
				 "the operator shows them to nobody (--hide-api-keys)");
	if (!(service->caller->features & ACCOUNT_FEATURE_API_KEY_VIEW))
		return error_set(err, ERROR_API_KEY_HIDDEN,
				 "the account does not have this privilege");
	return true;
}

#define MASK_SHOWN 4 /* last characters: enough to tell keys apart, nothing to guess with */

static json_t *key_to_json(const struct access_service *service, const struct api_key *key,
			   const char *text)
{
	json_t *json = json_pack("{s:s, s:o, s:s}", "maskedKey",
				 arena_printf(service->arena, "****************%s",
					      text + strlen(text) - MASK_SHOWN),
				 "createdDate", json_date(key->created), "lastUsedAddress",
				 key->last_used_address);
	if (key->last_used.us)
		json_object_set_new(json, "lastUsedDate", json_date(key->last_used));
	if (key->valid_until.us)
		json_object_set_new(json, "validUntilDate", json_date(key->valid_until));
	return json;
}

static json_t *member_key_to_json(const struct access_service *service, const struct api_key *key,
				  struct error *err)
{
	struct user user;
	const char *text;
	bool found;

	if (!user_find(session_db(service->session), service->arena, key->uid, &user, &found,
		       err) ||
	    !key_open(service, key, &text, err))
		return NULL;
	json_t *json = key_to_json(service, key, text);
	json_object_set_new(json, "userId", json_string(key->uid));
	json_object_set_new(json, "email", json_string(found ? user.email : ""));
	return json;
}

json_t *api_keys_list(const struct access_service *service, struct error *err)
{
	struct api_key *keys;
	size_t count;

	if (!may_see(service, err) ||
	    !api_key_list(session_db(service->session), service->arena, service->account, NULL,
			  service->now, API_KEYS_SHOWN_MAX, &keys, &count, err))
		return NULL;
	json_t *list = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *json = member_key_to_json(service, &keys[i], err);
		if (!json) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, json);
	}
	return list;
}

static bool current_find(const struct access_service *service, struct db *db, const char *uid,
			 struct api_key *ret_key, struct error *err)
{
	bool found;

	if (!api_key_find_current(db, service->arena, service->account, uid, ret_key, &found, err))
		return false;
	return found || error_set(err, ERROR_USER_NOT_FOUND, "this user has no API key here");
}

json_t *api_key_reveal(const struct access_service *service, const char *uid, const char *password,
		       struct error *err)
{
	struct api_key key;
	const char *text;

	if (!may_see(service, err) || !password_confirm(service, password, err))
		return NULL;
	scoped(txn) struct txn *txn = service_change_begin(service, err);
	if (!txn || !current_find(service, txn_db(txn), uid, &key, err) ||
	    !key_open(service, &key, &text, err) ||
	    !audit_record(service, txn_db(txn), "api_key.reveal", uid, NULL, err) ||
	    !txn_commit(&txn, err))
		return NULL;
	return json_pack("{s:s, s:s}", "userId", uid, "apiKey", text);
}

/* ---- sub-accounts ---- */

#define SUBACCOUNT_PERMISSIONS \
	(BIT(PERMISSION_USERS) | BIT(PERMISSION_SUBACCOUNTS) | BIT(PERMISSION_API_ACCESS))

/* NULL without an error: the caller may not see this one, or has no key there. */
static json_t *subaccount_key(const struct access_service *service, const struct account *account,
			      const struct user *user, struct error *err)
{
	struct db *db = session_db(service->session);
	struct api_key key;
	bool is_member, found;
	unsigned permissions;
	const char *text;

	if (!member_permissions(db, service->arena, account, user, &is_member, &permissions, err))
		return NULL;
	if (strcmp(account->owner, user->uid) == 0)
		permissions = PERMISSIONS_ALL;
	if ((permissions & SUBACCOUNT_PERMISSIONS) != SUBACCOUNT_PERMISSIONS ||
	    !(account->features & ACCOUNT_FEATURE_API_KEY_VIEW))
		return NULL;
	if (!api_key_find_current(db, service->arena, account->id, user->uid, &key, &found, err) ||
	    (found && !key_open(service, &key, &text, err)))
		return NULL;
	if (!found)
		return NULL;
	/* Exactly these three: the Java SDK refuses any other. */
	return json_pack("{s:s, s:s, s:s}", "accountUid", account->id, "accountName", account->name,
			 "apiKey", text);
}

json_t *subaccount_api_keys(const struct access_service *service, struct error *err)
{
	struct db *db = session_db(service->session);
	struct account *accounts;
	struct user user;
	size_t count;

	if (service->config->hide_api_keys) {
		(void)error_set(err, ERROR_API_KEY_HIDDEN, NULL);
		return NULL;
	}
	/* An API key has no scopes and does not end with the app. */
	if (*service->caller->client_id || service->caller->scopes != SCOPES_ALL) {
		(void)error_set(err, ERROR_INSUFFICIENT_SCOPE,
				"not with what a client app has opened: an API key may do more");
		return NULL;
	}
	if (!service_user(service, db, service->caller->user, &user, err) ||
	    !account_list(db, service->arena, service->account, 0, API_KEYS_SHOWN_MAX, &accounts,
			  &count, err))
		return NULL;
	json_t *list = json_array();
	for (size_t i = 0; i < count && err->code == ERROR_NONE; i++) {
		json_t *json = subaccount_key(service, &accounts[i], &user, err);
		if (json)
			json_array_append_new(list, json);
	}
	if (err->code == ERROR_NONE) {
		scoped(txn) struct txn *txn = txn_begin(service->session, err);
		if (txn &&
		    audit_record(
			    service, txn_db(txn), "api_key.reveal", service->caller->user,
			    json_pack("{s:I}", "subaccounts", (json_int_t)json_array_size(list)),
			    err) &&
		    txn_commit(&txn, err))
			return list;
	}
	json_decref(list);
	return NULL;
}

/* ---- the operator's ---- */

bool api_key_rotate(const struct access_service *service, const char *uid, int64_t overlap_s,
		    const char **ret_key, struct error *err)
{
	struct wall_time until = wall_add(service->now, duration_s(overlap_s));
	struct user user;
	int64_t ended;

	if (overlap_s < 0 || overlap_s > OVERLAP_MAX_S)
		return error_set(err, ERROR_INVALID_FIELD, "overlap: from 0 to %d seconds",
				 OVERLAP_MAX_S);
	scoped(txn) struct txn *txn = service_change_begin(service, err);
	if (!txn || !service_user(service, txn_db(txn), uid, &user, err) ||
	    !api_key_end(txn_db(txn), service->account, uid, until, &ended, err) ||
	    !api_key_make_new(service, txn_db(txn), service->account, uid, ret_key, err) ||
	    !audit_record(service, txn_db(txn), "api_key.rotate", uid,
			  json_pack("{s:I}", "overlapSeconds", (json_int_t)overlap_s), err))
		return error_wrap(err, "rotating the API key");
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return txn_commit(&txn, err);
}

bool api_key_disable(const struct access_service *service, const char *uid, struct error *err)
{
	struct user user;
	int64_t ended;

	scoped(txn) struct txn *txn = service_change_begin(service, err);
	if (!txn || !service_user(service, txn_db(txn), uid, &user, err) ||
	    !api_key_end(txn_db(txn), service->account, uid, service->now, &ended, err) ||
	    !audit_record(service, txn_db(txn), "api_key.disable", uid,
			  json_pack("{s:I}", "keys", (json_int_t)ended), err))
		return error_wrap(err, "disabling the API key");
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return txn_commit(&txn, err);
}
