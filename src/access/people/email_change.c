/* email_change.c – see email_change.h. */
#include "access/people/email_change.h"

#include <string.h>

#include "access/audit.h"
#include "access/identity/password_links.h"
#include "access/identity/second_factor.h"
#include "access/identity/sign_in.h"
#include "access/mails.h"
#include "access/rate_limit.h"
#include "base/json.h"
#include "base/text.h"

/* ---- the proof ---- */

static bool is_signed_in(const struct actor *actor)
{
	/* `authenticated` is set by signing in only. */
	return actor->kind == ACTOR_PERSON && actor_has_signed_in(actor) && actor->authenticated.us;
}

static bool owner_is_changed(const struct context *context, const char *uid, const char *email,
			     struct user *ret_user, bool *ret_changed, struct error *err)
{
	struct account account;

	*ret_changed = false;
	if (!email || strcmp(context->actor->user, uid) != 0)
		return true;
	if (!context_account(context, session_db(context->session), &account, err) ||
	    !context_user(context, session_db(context->session), uid, ret_user, err))
		return false;
	*ret_changed = strcmp(account.owner, uid) == 0 &&
		       !text_equal_nocase(email, ret_user->email);
	return true;
}

bool email_proof_make(const struct context *context, const char *uid, const json_t *body,
		      struct email_proof *ret_proof, struct error *err)
{
	const char *email, *password, *code;
	bool is_changed;

	*ret_proof = (struct email_proof){.is_given = false};
	if (!json_get_text(body, "email", NULL, &email, err) ||
	    !owner_is_changed(context, uid, email, &ret_proof->user, &is_changed, err))
		return false;
	if (!is_changed)
		return true;
	if (!is_signed_in(context->actor))
		return error_set(err, ERROR_NO_PERMISSION,
				 "email: the owner changes it, signed in with a password");
	if (!json_get_text(body, "password", NULL, &password, err) ||
	    !json_get_text(body, "code", NULL, &code, err))
		return false;
	if (!password || !*password)
		return error_set(err, ERROR_PASSWORD_REQUIRED, "password");
	ret_proof->is_given = true;
	return email_check("email", email, err) && password_may_try(context, err) &&
	       password_prove(context, &ret_proof->user, "", password, &ret_proof->guess, err) &&
	       second_factor_prove(context, &ret_proof->guess, code, &ret_proof->step, err);
}

/* ---- the change ---- */

static bool old_address_tell(const struct context *context, struct txn *txn,
			     const struct user *before, const struct user *after, struct error *err)
{
	char value[CREDENTIAL_LENGTH_MAX + 1];
	unsigned char hash[KEYED_HASH_BYTES];

	credential_make(keyring_credential_prefix(context->keyring), CREDENTIAL_PASSWORD_LINK,
			value);
	keyring_hash(context->keyring, value, strlen(value), hash);
	const struct email_change change = {
		.account = before->account,
		.uid = before->uid,
		.hash = {hash, sizeof(hash)},
		.old_email = before->email,
		.created = context->now,
		.expires = wall_add(context->now, duration_s(EMAIL_CHANGE_LIFE_S)),
	};
	const char *link = arena_printf(context->arena, "%s/login#token=%s",
					context->config->base_url, value);
	explicit_bzero(value, sizeof(value));
	return email_change_insert(txn_db(txn), &change, err) &&
	       MAIL_TO_USER(context, txn, before, MAIL_email_changed, err,
			    MAIL_TEXT("NEW_ADDRESS", after->email), MAIL_TEXT("LINK", link));
}

static bool proof_take(const struct context *context, struct db *db,
		       const struct email_proof *proof, struct error *err)
{
	if (actor_is_operator(context->actor))
		return true;
	if (!proof->is_given)
		return error_set(err, ERROR_NO_PERMISSION, "email: only the owner changes it");
	return second_factor_use(db, &proof->user, proof->step, err) &&
	       guess_was_right(db, &proof->guess, err);
}

bool email_change_record(const struct context *context, struct txn *txn,
			 const struct account *account, const struct user *before,
			 const struct user *after, const struct email_proof *proof,
			 struct error *err)
{
	struct db *db = txn_db(txn);

	if (strcmp(account->owner, before->uid) == 0 &&
	    (!proof_take(context, db, proof, err) ||
	     !old_address_tell(context, txn, before, after, err)))
		return false;
	if (strcmp(after->status, "INVITED") == 0) /* it ends the link of the old address too */
		return password_link_send(context, txn, account, after, true, err);
	return authentication_token_delete_of(db, before->uid, SESSION_PASSWORD, err);
}

bool email_take_back(const struct context *context, struct txn *txn, struct bytes hash,
		     struct user *ret_user, struct error *err)
{
	struct db *db = txn_db(txn);
	struct email_change change;
	bool found, user_found = false;

	if (!email_change_find(db, context->arena, hash, &change, &found, err) ||
	    (found && !user_find(db, context->arena, change.uid, ret_user, &user_found, err)) ||
	    (user_found && !email_change_undo(db, &change, &found, err)))
		return false;
	if (!user_found || !found || change.expires.us <= context->now.us)
		return error_set(err, ERROR_INVALID_CREDENTIALS,
				 "the link has expired or has been used");
	const struct context own = context_about(context, ret_user->account);
	const char *instead_of = ret_user->email;
	ret_user->email = change.old_email;
	ret_user->updated = context->now;
	return user_save(db, ret_user, err) &&
	       authentication_token_delete_of(db, ret_user->uid, SESSION_PASSWORD, err) &&
	       audit_record_as(
		       &own, db, "USER", ret_user->uid, "user.email_back", ret_user->uid,
		       json_pack("{s:s, s:s}", "email", change.old_email, "insteadOf", instead_of),
		       err);
}

/* ---- whose an address is ---- */

bool email_is_free(const struct context *context, struct db *db, const char *email, const char *uid,
		   struct error *err)
{
	struct user other;
	bool found, is_reserved;

	if (!user_find_by_email(db, context->arena, email, &other, &found, err) ||
	    !email_change_reserves(db, email, uid, context->now, &is_reserved, err))
		return false;
	if (!found)
		return !is_reserved || error_set(err, ERROR_SENDER_OF_ANOTHER, "email");
	return strcmp(other.account, context->account) == 0
		       ? error_set(err, ERROR_CONFLICT, "email: a sender of this account has it")
		       : error_set(err, ERROR_SENDER_OF_ANOTHER, "email");
}

static const char *asking_key(const struct context *context)
{
	return arena_printf(context->arena, "asks for addresses %s", context->actor->account);
}

bool email_may_ask(const struct context *context, struct error *err)
{
	int64_t wait_s = context->limits && !actor_is_operator(context->actor)
				 ? failure_wait_s(context->limits, asking_key(context), mono_now())
				 : 0;

	return wait_s == 0 ||
	       error_set_wait(err, wait_s, "too many addresses that belong to other accounts");
}

void email_asked(const struct context *context, const char *email, struct error *err)
{
	struct error failure = {0};

	if (actor_is_operator(context->actor) || err->code != ERROR_SENDER_OF_ANOTHER)
		return;
	if (context->limits)
		failure_note(context->limits, asking_key(context), GUESS_FIRST_WAIT_S, mono_now());
	scoped(txn) struct txn *txn = txn_begin(context->session, &failure);
	if (!txn ||
	    !audit_record(context, txn_db(txn), "user.address_of_another", email, NULL, &failure) ||
	    !txn_commit(&txn, &failure))
		*err = failure;
}
