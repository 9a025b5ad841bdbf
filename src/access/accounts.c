/* accounts.c – what an account needs to exist: itself, an owner who can sign in, and the owner's
 * API key. */
#include "access/accounts.h"

#include <string.h>

#include "base/text.h"
#include "crypto/credential.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "store/account_store.h"

static bool text_is_acceptable(const char *member, const char *text, size_t limit,
			       struct error *err)
{
	if (!text || !*text)
		return error_set(err, ERROR_MISSING_FIELD, "%s", member);
	if (!utf8_is_valid(text, strlen(text)) || text_has_control_characters(text))
		return error_set(err, ERROR_INVALID_FIELD,
				 "%s: must be UTF-8 without control characters", member);
	if (utf8_length(text) > limit)
		return error_set(err, ERROR_INVALID_FIELD, "%s: longer than %zu characters", member,
				 limit);
	return true;
}

static bool email_is_acceptable(const char *email, struct error *err)
{
	if (!text_is_acceptable("ownerEmail", email, EMAIL_MAX, err))
		return false;
	const char *at = strchr(email, '@');
	if (!at || at == email || !at[1] || strchr(at + 1, '@') || strpbrk(email, " <>,;\""))
		return error_set(err, ERROR_INVALID_FIELD, "ownerEmail: not an e-mail address");
	return true;
}

static void owner_fill(struct user *owner, const struct account_params *params,
		       struct wall_time now)
{
	owner->email = params->owner_email;
	owner->first_name = params->owner_first_name ? params->owner_first_name : params->name;
	owner->last_name = params->owner_last_name ? params->owner_last_name : "Owner";
	owner->title = owner->phone = "";
	owner->company = params->name;
	owner->language = "en";
	owner->status = "ACTIVE";
	owner->type = "MANAGER";
	owner->created = owner->updated = now;
}

static void owner_add_credentials(struct user *owner, const struct keyring *keyring,
				  struct arena *arena, struct account_created *created)
{
	char password[25], key[API_KEY_TEXT_MAX];
	unsigned char hash[KEYED_HASH_BYTES];

	password_make(password);
	api_key_make(owner->uid, key);
	keyring_hash(keyring, key, strlen(key), hash);
	owner->password_hash = password_hash(arena, password);
	owner->api_key_hash = (struct bytes){arena_memdup(arena, hash, sizeof(hash)), sizeof(hash)};
	owner->api_key_sealed = keyring_seal(
		keyring, arena, arena_printf(arena, "user.api_key:%s", owner->uid),
		(struct bytes){(const unsigned char *)key, strlen(key)});
	created->password = arena_strdup(arena, password);
	created->api_key = arena_strdup(arena, key);
	explicit_bzero(password, sizeof(password));
	explicit_bzero(key, sizeof(key));
}

bool account_create(struct session *session, const struct keyring *keyring, struct arena *arena,
		    const struct account_params *params, struct wall_time now,
		    struct account_created *ret_created, struct error *err)
{
	if (!text_is_acceptable("name", params->name, ACCOUNT_NAME_MAX, err) ||
	    !email_is_acceptable(params->owner_email, err))
		return false;

	char account_id[ACCOUNT_ID_LENGTH + 1], uid[USER_UID_LENGTH + 1];
	random_base62(account_id, ACCOUNT_ID_LENGTH);
	random_base62(uid, USER_UID_LENGTH);

	/* Before the transaction: hashing a password is slow on purpose, and a transaction holds
	 * the writer. */
	struct account_created created = {.email = params->owner_email};
	struct user owner = {.account = arena_strdup(arena, account_id),
			     .uid = arena_strdup(arena, uid)};
	owner_fill(&owner, params, now);
	owner_add_credentials(&owner, keyring, arena, &created);
	const struct account account = {
		.id = owner.account,
		.name = params->name,
		.owner = owner.uid,
		.features = ACCOUNT_FEATURE_API_KEY | ACCOUNT_FEATURE_CLIENT_APPS,
		.created = now,
	};

	scoped(txn) struct txn *txn = txn_begin(session, err);
	if (!txn || !account_insert(txn_db(txn), &account, err) ||
	    !user_insert(txn_db(txn), &owner, err))
		return error_wrap(err, "creating the account");
	txn_announce(txn, STORE_TOPIC_ACCESS);
	if (!txn_commit(&txn, err))
		return error_wrap(err, "creating the account");
	created.account = owner.account;
	created.owner = owner.uid;
	*ret_created = created;
	return true;
}

#define KEY_CHECK_NAME "key_check"
#define KEY_CHECK_CONTEXT "installation.key_check"
#define KEY_CHECK_TEXT "greffier"

static bool key_check_store(struct session *session, const struct keyring *keyring,
			    struct arena *arena, struct error *err)
{
	struct bytes text = {(const unsigned char *)KEY_CHECK_TEXT, strlen(KEY_CHECK_TEXT)};
	struct bytes sealed = keyring_seal(keyring, arena, KEY_CHECK_CONTEXT, text);
	scoped(txn) struct txn *txn = txn_begin(session, err);
	if (!txn || !installation_value_insert(txn_db(txn), KEY_CHECK_NAME, sealed, err))
		return error_wrap(err, "storing the key's check value");
	return txn_commit(&txn, err);
}

bool keyring_bind_to_store(struct session *session, const struct keyring *keyring,
			   struct arena *arena, struct error *err)
{
	struct bytes sealed, plain;
	bool found = false;

	for (;;) {
		if (!installation_value_get(session_db(session), arena, KEY_CHECK_NAME, &sealed,
					    &found, err))
			return false;
		if (found)
			break;
		if (key_check_store(session, keyring, arena, err))
			return true;
		if (err->code !=
		    ERROR_CONFLICT) /* another node was first: check against its value */
			return false;
	}
	if (keyring_unseal(keyring, arena, KEY_CHECK_CONTEXT, sealed, &plain, err))
		return true;
	return error_set(
		err, ERROR_CONFIGURATION,
		"this database was made with another key: give the key file it was made with "
		"(--key-file), or restore it from the backup");
}
