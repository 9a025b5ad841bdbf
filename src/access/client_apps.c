/* client_apps.c – see client_apps.h. */
#include "access/client_apps.h"

#include <string.h>

#include "base/text.h"
#include "crypto/credential.h"

#define CLIENT_ID_BYTES 16
#define CLIENT_SECRET_BYTES 32

static bool caller_may_manage(const struct caller *caller, struct error *err)
{
	if (!(caller->features & ACCOUNT_FEATURE_CLIENT_APPS))
		return error_set(err, ERROR_FEATURE_DISABLED, "client apps");
	if (!caller->is_owner)
		return error_set(err, ERROR_NO_PERMISSION,
				 "only the account's owner manages client apps");
	return true;
}

static bool name_is_acceptable(const char *name, struct error *err)
{
	if (!name[strspn(name, " ")])
		return error_set(err, ERROR_MISSING_FIELD, "name");
	if (text_has_control_characters(name) || utf8_length(name) > CLIENT_APP_NAME_MAX)
		return error_set(err, ERROR_INVALID_FIELD,
				 "name: at most %d characters, no control characters",
				 CLIENT_APP_NAME_MAX);
	return true;
}

static bool account_has_room(struct db *db, struct arena *arena, const char *account,
			     struct error *err)
{
	struct client_app *apps;
	size_t count;
	int64_t total;

	if (!client_app_list(db, arena, account, 0, 0, &apps, &count, &total, err))
		return false;
	if (total >= CLIENT_APPS_MAX)
		return error_set(
			err, ERROR_INVALID_FIELD,
			"the account has %d client apps, the most it may have: revoke one first",
			CLIENT_APPS_MAX);
	return true;
}

bool client_app_create(struct session *session, const struct keyring *keyring, struct arena *arena,
		       const struct caller *caller, const char *name, struct wall_time now,
		       struct client_app *ret_app, const char **ret_secret, struct error *err)
{
	if (!caller_may_manage(caller, err) || !name_is_acceptable(name, err))
		return false;

	char client_id[CREDENTIAL_LENGTH_MAX + 1], secret[CREDENTIAL_LENGTH_MAX + 1];
	unsigned char hash[KEYED_HASH_BYTES];
	credential_make(CREDENTIAL_CLIENT_ID, CLIENT_ID_BYTES, client_id);
	credential_make(CREDENTIAL_CLIENT_SECRET, CLIENT_SECRET_BYTES, secret);
	keyring_hash(keyring, secret, strlen(secret), hash);
	const struct client_app app = {
		.account = caller->account,
		.client_id = arena_strdup(arena, client_id),
		.name = name,
		.secret_hash = {arena_memdup(arena, hash, sizeof(hash)), sizeof(hash)},
		.epoch = 1,
		.created_by = caller->user,
		.created = now,
	};
	const char *kept_secret = arena_strdup(arena, secret);
	explicit_bzero(secret, sizeof(secret));

	scoped(txn) struct txn *txn = txn_begin(session, err);
	if (!txn || !account_has_room(txn_db(txn), arena, caller->account, err) ||
	    !client_app_insert(txn_db(txn), &app, err))
		return error_wrap(err, "creating the client app");
	if (!txn_commit(&txn,
			err)) /* nobody can have cached an id that did not exist: no announcement */
		return error_wrap(err, "creating the client app");
	*ret_app = app;
	*ret_secret = kept_secret;
	return true;
}

bool client_apps_of(struct session *session, struct arena *arena, const struct caller *caller,
		    struct client_app **ret_apps, size_t *ret_count, struct error *err)
{
	int64_t total;

	return caller_may_manage(caller, err) &&
	       client_app_list(session_db(session), arena, caller->account, 0, CLIENT_APPS_MAX,
			       ret_apps, ret_count, &total, err);
}

bool client_app_end(struct session *session, const struct caller *caller, const char *client_id,
		    struct wall_time now, struct error *err)
{
	bool found;

	if (!caller_may_manage(caller, err))
		return false;
	scoped(txn) struct txn *txn = txn_begin(session, err);
	if (!txn || !client_app_revoke(txn_db(txn), caller->account, client_id, now, &found, err))
		return error_wrap(err, "revoking the client app");
	if (!found)
		return error_set(err, ERROR_CLIENT_APP_NOT_FOUND, NULL);
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return txn_commit(&txn, err);
}
