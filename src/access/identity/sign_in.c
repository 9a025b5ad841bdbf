/* sign_in.c – signing in and out, and the proof of a password. */
#include "access/identity/sign_in.h"

#include <stdlib.h>
#include <string.h>

#include "access/audit.h"
#include "access/identity/device.h"
#include "access/identity/password_links.h"
#include "access/identity/password_proof.h"
#include "access/identity/second_factor.h"
#include "access/people/member.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/text.h"
#include "crypto/password.h"

/* ---- sessions ---- */

static int64_t idle_time_s(const struct context *context, struct db *db,
			   const struct login_session *session)
{
	struct account account;
	struct error ignored = {0};
	int64_t idle_s = context->config->session_idle.us / 1000000;
	bool found;

	if (!account_find(db, context->arena, session->account, &account, &found, &ignored) ||
	    !found)
		return idle_s;
	scoped(json_t) json_t *settings = json_loads(account.system_settings, 0, NULL);
	const json_t *minutes = json_object_get(settings, "loginSessionTimeout");
	return json_is_integer(minutes) ? json_integer_value(minutes) * 60 : idle_s;
}

bool session_write(const struct context *context, struct db *db, struct login_session *session,
		   const char **ret_value, struct error *err)
{
	char value[CREDENTIAL_LENGTH_MAX + 1];
	unsigned char *hash = arena_alloc(context->arena, KEYED_HASH_BYTES);

	ensure(strcmp(session->account, context->account) == 0);
	credential_make(keyring_credential_prefix(context->keyring), CREDENTIAL_SESSION, value);
	keyring_hash(context->keyring, value, strlen(value), hash);
	session->hash = (struct bytes){hash, KEYED_HASH_BYTES};
	session->created = context->now;
	session->last_seen = context->queue_now;
	session->idle_s = idle_time_s(context, db, session);
	session->address = context->actor->address;
	*ret_value = arena_strdup(context->arena, value);
	explicit_bzero(value, sizeof(value));
	return login_session_insert(db, session, err);
}

/* Said to who has proven the password only. */
static bool account_is_open(const struct account *account, struct error *err)
{
	return !account->locked.us || error_set(err, ERROR_ACCOUNT_LOCKED, NULL);
}

static bool sign_in_store(const struct context *context, const struct user *user,
			  const struct guess *guess, int64_t step,
			  const struct sign_in_request *request, const char **ret_session,
			  struct actor *ret_actor, struct error *err)
{
	const struct context own = context_about(context, user->account);
	struct account account;
	bool is_member;
	struct login_session session = {
		.account = user->account,
		.kind = SESSION_USER,
		.uid = user->uid,
		.package = "",
		.signer = "",
		.fields = "{}",
		.scopes = "",
		.origin = "",
		.authenticated = context->now,
		.agent = arena_strndup(context->arena, request->agent,
				       strnlen(request->agent, 200)),
	};

	scoped(txn) struct txn *txn = context_change_begin(&own, err);
	if (!txn || !context_account(&own, txn_db(txn), &account, err) ||
	    !account_is_open(&account, err) || !second_factor_use(txn_db(txn), user, step, err) ||
	    !guess_was_right(txn_db(txn), guess, err) ||
	    !session_write(&own, txn_db(txn), &session, ret_session, err) ||
	    !audit_record_as(&own, txn_db(txn), "USER", user->uid, "session.sign_in", user->uid,
			     json_pack("{s:b}", "secondFactor", user->second_factor_on), err) ||
	    !member_permissions(txn_db(txn), context->arena, &account, user, &is_member,
				&ret_actor->rights.permissions, err) ||
	    !txn_commit(&txn, err))
		return false;
	ret_actor->kind = ACTOR_PERSON;
	ret_actor->method = METHOD_SESSION;
	ret_actor->session_kind = SESSION_USER;
	memcpy(ret_actor->account, user->account, ACCOUNT_ID_LENGTH + 1);
	memcpy(ret_actor->user, user->uid, USER_UID_LENGTH + 1);
	ret_actor->rights.is_owner = strcmp(account.owner, user->uid) == 0;
	ret_actor->features = account.features;
	if (ret_actor->rights.is_owner)
		ret_actor->rights.permissions = PERMISSIONS_ALL;
	return true;
}

bool sign_in(const struct context *context, const struct sign_in_request *request,
	     struct sign_in_answer *ret_answer, struct actor *ret_actor, struct error *err)
{
	struct user user;
	struct guess guess;
	int64_t step;
	bool found;

	ensure(context->actor->kind == ACTOR_NOBODY);
	if (!user_find_by_email(session_db(context->session), context->arena, request->email, &user,
				&found, err))
		return false;
	*ret_actor = actor_nobody(context->actor->address);
	ret_actor->rights = (struct rights){.live = true, .scopes = SCOPES_ALL};
	if (!password_prove(context, found ? &user : NULL, request->email, request->password,
			    &guess, err) ||
	    !second_factor_prove(context, &guess, request->code, &step, err) ||
	    !sign_in_store(context, &user, &guess, step, request, &ret_answer->session, ret_actor,
			   err))
		return false;
	ret_answer->device = device_make(context, &user);
	return true;
}

bool sign_out(const struct context *context, struct error *err)
{
	bool found;

	ensure(context->actor->method == METHOD_SESSION);
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn ||
	    !login_session_delete(txn_db(txn),
				  (struct bytes){context->actor->session_hash, KEYED_HASH_BYTES},
				  &found, err) ||
	    !audit_record(context, txn_db(txn), "session.sign_out", context->actor->user, NULL,
			  err))
		return false;
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return txn_commit(&txn, err);
}

bool sign_out_everywhere(const struct context *context, const char *uid, int64_t *ret_count,
			 struct error *err)
{
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !login_session_delete_all(txn_db(txn), uid, ret_count, err) ||
	    !audit_record(context, txn_db(txn), "session.sign_out_everywhere", uid,
			  json_pack("{s:I}", "sessions", (json_int_t)*ret_count), err))
		return false;
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return txn_commit(&txn, err);
}

/* ---- changing the password with the old one ---- */

bool password_change(const struct context *context, const char *old_password, const char *code,
		     const char *new_password, struct error *err)
{
	struct user user;
	struct guess guess;
	int64_t sessions, step;
	bool found;

	if (!password_acceptable("newPassword", new_password, err) ||
	    !password_may_try(context, err) ||
	    !user_find(session_db(context->session), context->arena, context->actor->user, &user,
		       &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_USER_NOT_FOUND, NULL);
	if (!password_prove(context, &user, user.email, old_password, &guess, err) ||
	    !second_factor_prove(context, &guess, code, &step, err))
		return false;
	user.password_hash = password_hash(context->arena, new_password);
	user.updated = context->now;
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !second_factor_use(txn_db(txn), &user, step, err) ||
	    !guess_was_right(txn_db(txn), &guess, err) ||
	    !user_save_password(txn_db(txn), &user, err) ||
	    !login_session_delete_all(txn_db(txn), user.uid, &sessions, err) ||
	    !audit_record(context, txn_db(txn), "user.password", user.uid, NULL, err))
		return false;
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return txn_commit(&txn, err);
}

bool password_reset(const struct context *context, const char *uid, const char **ret_password,
		    struct error *err)
{
	char password[25];
	struct user user;
	int64_t sessions;

	ensure(actor_is_operator(context->actor));
	password_make(password);
	*ret_password = arena_strdup(context->arena, password);
	const char *hash = password_hash(context->arena, password);
	explicit_bzero(password, sizeof(password));
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !context_user(context, txn_db(txn), uid, &user, err))
		return false;
	if (strcmp(user.status, "INVITED") == 0) /* could not sign in with it */
		return error_set(err, ERROR_WRONG_STATE,
				 "the user has not accepted the invitation yet: `greffier user "
				 "unlock` makes the user active without it");
	user.password_hash = hash;
	user.updated = context->now;
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return user_save_password(txn_db(txn), &user, err) &&
	       guess_count_delete_all(txn_db(txn), user.account, user.uid, err) &&
	       login_session_delete_all(txn_db(txn), uid, &sessions, err) &&
	       audit_record(context, txn_db(txn), "user.password", uid, NULL, err) &&
	       txn_commit(&txn, err);
}
