/* identities.c – from the store to what the cache holds: an app, a member of an account, an API
 * key, a session. Unknown ids get an identity that nothing matches, so that they take as long as
 * known ones. */
#include "access/identity/identities.h"

#include <stdlib.h>
#include <string.h>

#include "access/people/member.h"
#include "base/ensure.h"
#include "base/text.h"
#include "store/api_key_store.h"
#include "store/client_app_store.h"

static bool account_fill(struct session *session, struct arena *arena, const char *id,
			 struct identity *identity, struct account *ret_account, struct error *err)
{
	struct identity_account *account = &identity->account;
	bool found;

	if (!account_find(session_db(session), arena, id, ret_account, &found, err))
		return false;
	ensure(found);
	memcpy(account->id, ret_account->id, ACCOUNT_ID_LENGTH + 1);
	memcpy(account->owner, ret_account->owner, USER_UID_LENGTH + 1);
	account->features = ret_account->features;
	account->accepted_methods = ret_account->accepted_methods;
	account->token_life_max_s = ret_account->token_life_max_s;
	account->app_rate = ret_account->app_rate;
	account->locked = ret_account->locked.us != 0;
	return true;
}

static void hash_fill(unsigned char to[KEYED_HASH_BYTES], struct bytes hash)
{
	ensure(hash.length == KEYED_HASH_BYTES);
	memcpy(to, hash.data, KEYED_HASH_BYTES);
}

/* Scopes are checked when they are set. One that is no longer in the catalogue gives nothing. */
static unsigned scopes_of(const char *text)
{
	struct error ignored = {0};
	unsigned bits;

	if (!*text)
		return SCOPES_ALL;
	return scopes_parse(text, "scopes", &bits, &ignored) ? bits : 0;
}

static void limits_fill(struct app_identity *identity, const struct client_app *app)
{
	identity->scopes = scopes_of(app->scopes);
	identity->is_bound = *app->networks != '\0';
	ensure(network_list_parse(app->networks, &identity->networks));
	identity->read_only = app->read_only;
	identity->rate = (unsigned)app->rate;
	identity->has_keys = *app->public_keys != '\0';
}

bool app_identity_read(struct session *session, struct arena *arena, const char *id,
		       struct identity *identity, struct error *err)
{
	struct app_identity *to = &identity->app;
	struct account account;
	struct client_app app;
	bool found;

	if (!client_app_find(session_db(session), arena, id + 1, &app, &found, err))
		return false;
	if (!found)
		return true;
	to->live = app.revoked.us == 0 && app.disabled.us == 0;
	strncpy(to->maker, app.maker, sizeof(to->maker) - 1);
	to->confirm_until = app.confirm_until;
	to->epoch = (uint32_t)app.epoch;
	hash_fill(to->secret_hash, app.secret_hash);
	if (app.old_secret_hash.length) {
		hash_fill(to->old_secret_hash, app.old_secret_hash);
		to->old_secret_until = app.old_secret_until;
	}
	limits_fill(to, &app);
	return account_fill(session, arena, app.account, identity, &account, err);
}

/* The id is "m", the account's, the user's. */
bool member_identity_read(struct session *session, struct arena *arena, const char *id,
			  struct identity *identity, struct error *err)
{
	struct member_identity *to = &identity->member;
	const char *account_id = arena_strndup(arena, id + 1, ACCOUNT_ID_LENGTH);
	const char *uid = id + 1 + ACCOUNT_ID_LENGTH;
	struct account account;
	struct user user;
	bool found, is_member;

	if (!user_find(session_db(session), arena, uid, &user, &found, err))
		return false;
	if (!found)
		return true;
	if (!account_fill(session, arena, account_id, identity, &account, err) ||
	    !member_permissions(session_db(session), arena, &account, &user, &is_member,
				&to->permissions, err))
		return false;
	to->live = is_member && strcmp(user.status, "ACTIVE") == 0;
	memcpy(to->user, user.uid, USER_UID_LENGTH + 1);
	return true;
}

/* The id is "d", the account's, the delegator's, the delegate's. */
bool delegation_identity_read(struct session *session, struct arena *arena, const char *id,
			      struct identity *identity, struct error *err)
{
	const char *account = arena_strndup(arena, id + 1, ACCOUNT_ID_LENGTH);
	const char *delegator = arena_strndup(arena, id + 1 + ACCOUNT_ID_LENGTH, USER_UID_LENGTH);
	const char *delegate = id + 1 + ACCOUNT_ID_LENGTH + USER_UID_LENGTH;
	struct delegation *list;
	size_t count;

	if (!delegation_list(session_db(session), arena, account, delegator, &list, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (strcmp(list[i].delegate, delegate) == 0)
			identity->delegation = (struct delegation_identity){true, list[i].expires};
	}
	return true;
}

void identity_hash(const char *id, unsigned char hash[KEYED_HASH_BYTES])
{
	for (size_t i = 0; i < KEYED_HASH_BYTES; i++) {
		const char digits[] = {id[1 + 2 * i], id[2 + 2 * i], '\0'};
		hash[i] = (unsigned char)strtoul(digits, NULL, 16);
	}
}

bool key_identity_read(struct session *session, struct arena *arena, const char *id,
		       struct identity *identity, struct error *err)
{
	unsigned char hash[KEYED_HASH_BYTES];
	struct account account;
	struct api_key key;
	bool found;

	identity_hash(id, hash);
	if (!api_key_find(session_db(session), arena, (struct bytes){hash, sizeof(hash)}, &key,
			  &found, err))
		return false;
	if (!found)
		return true;
	memcpy(identity->key.user, key.uid, USER_UID_LENGTH + 1);
	identity->key.valid_until = key.valid_until;
	return account_fill(session, arena, key.account, identity, &account, err);
}

bool session_identity_read(struct session *session, struct arena *arena, const char *id,
			   struct identity *identity, struct error *err)
{
	struct session_identity *to = &identity->session;
	unsigned char hash[KEYED_HASH_BYTES];
	struct login_session found_session;
	struct account account;
	bool found;

	identity_hash(id, hash);
	if (!login_session_find(session_db(session), arena, (struct bytes){hash, sizeof(hash)},
				&found_session, &found, err))
		return false;
	if (!found)
		return true;
	to->kind = found_session.kind;
	strncpy(to->user, found_session.uid, sizeof(to->user) - 1);
	strncpy(to->package, found_session.package, sizeof(to->package) - 1);
	strncpy(to->signer, found_session.signer, sizeof(to->signer) - 1);
	to->scopes = scopes_of(found_session.scopes);
	if (!origin_parse(found_session.origin, &to->origin))
		return error_set(err, ERROR_UNEXPECTED, "the origin of a session: `%.100s`",
				 found_session.origin);
	to->authenticated = found_session.authenticated;
	to->last_seen = found_session.last_seen;
	to->idle_s = found_session.idle_s;
	return account_fill(session, arena, found_session.account, identity, &account, err);
}
