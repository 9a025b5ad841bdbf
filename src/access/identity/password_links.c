/* password_links.c – links in mails that let somebody choose a password: invitations, and forgotten
 * passwords. The token stands behind a #, so that no log of any server on the way has it. */
#include "access/identity/password_links.h"

#include <string.h>

#include "access/audit.h"
#include "access/identity/sign_in.h"
#include "access/mails.h"
#include "access/people/email_change.h"
#include "access/rate_limit.h"
#include "base/text.h"
#include "crypto/password.h"

bool password_acceptable(const char *member, const char *password, struct error *err)
{
	if (!password || !utf8_is_valid(password, strlen(password)) ||
	    utf8_length(password) < PASSWORD_LENGTH_MIN || strlen(password) > PASSWORD_LENGTH_MAX)
		return error_set(err, ERROR_INVALID_FIELD,
				 "%s: from %d characters to %d bytes of UTF-8", member,
				 PASSWORD_LENGTH_MIN, PASSWORD_LENGTH_MAX);
	return true;
}

bool password_link_send(const struct context *context, struct txn *txn,
			const struct account *account, const struct user *user, bool is_invitation,
			struct error *err)
{
	char value[CREDENTIAL_LENGTH_MAX + 1];
	unsigned char hash[KEYED_HASH_BYTES];

	credential_make(keyring_credential_prefix(context->keyring), CREDENTIAL_PASSWORD_LINK,
			value);
	keyring_hash(context->keyring, value, strlen(value), hash);
	const struct authentication_token token = {
		.account = user->account,
		.hash = {hash, sizeof(hash)},
		.kind = SESSION_PASSWORD,
		.uid = user->uid,
		.package = "",
		.signer = "",
		.fields = "{}",
		.scopes = "",
		.origin = "",
		.created = context->now,
		.expires = wall_add(context->now, duration_s(is_invitation ? INVITATION_LIFE_S
									   : PASSWORD_LINK_LIFE_S)),
	};
	const char *link = arena_printf(context->arena, "%s/login#token=%s",
					context->config->base_url, value);
	explicit_bzero(value, sizeof(value));
	/* One link at a time: an older one would go on working when the mail box is not one's own
	 * any more. */
	return authentication_token_delete_of(txn_db(txn), user->uid, SESSION_PASSWORD, err) &&
	       authentication_token_insert(txn_db(txn), &token, err) &&
	       MAIL_TO_USER(context, txn, user, is_invitation ? MAIL_invitation : MAIL_password,
			    err, MAIL_TEXT("ACCOUNT", account->name), MAIL_TEXT("LINK", link));
}

static struct guess_key asking_key(const struct context *context, const char *email)
{
	return (struct guess_key){"", guess_subject_of_email(context, email), "forgotten"};
}

/* A minute between two mails to one address, more after several: strangers can ask too, and each
 * new link ends the one before it, which somebody may be using. The server does not say when it
 * leaves one out. Written for every address, so that known addresses take no longer. */
static bool ask_count(const struct context *context, struct db *db, const char *email,
		      bool *ret_too_soon, struct error *err)
{
	const struct guess_key key = asking_key(context, email);
	const struct wall_time least = wall_add(context->now, duration_s(PASSWORD_LINK_PAUSE_S));
	struct guess_count count;

	if (!guess_count_lock(db, &key, &count, err))
		return false;
	*ret_too_soon = !guess_count_add(&count, FAILURES_FREE, GUESSES_KEPT_S, context->now);
	if (*ret_too_soon)
		return true;
	if (count.blocked_until.us < least.us)
		count.blocked_until = least;
	return guess_count_save(db, &key, &count, err);
}

static bool link_send_to(const struct context *context, struct txn *txn, const struct user *user,
			 struct error *err)
{
	struct account account;

	return context_account(context, txn_db(txn), &account, err) &&
	       password_link_send(context, txn, &account, user, false, err) &&
	       audit_record_as(context, txn_db(txn), "USER", user->uid, "user.password_link",
			       user->uid, NULL, err);
}

bool password_forgotten(const struct context *context, const char *email, struct error *err)
{
	struct user user = {.status = "", .account = ""};
	bool found, too_soon;

	if (!user_find_by_email(session_db(context->session), context->arena, email, &user, &found,
				err))
		return false;
	const struct context own = context_about(context, found ? user.account : "");
	scoped(txn) struct txn *txn = context_change_begin(&own, err);
	if (!txn || !ask_count(&own, txn_db(txn), email, &too_soon, err))
		return false;
	if (found && !too_soon && strcmp(user.status, "LOCKED") != 0 &&
	    !link_send_to(&own, txn, &user, err))
		return false;
	return txn_commit(&txn, err);
}

static bool link_use(const struct context *context, struct txn *txn, struct bytes hash,
		     struct user *ret_user, struct error *err)
{
	struct db *db = txn_db(txn);
	struct authentication_token token;
	bool found, user_found = false;

	if (!authentication_token_find(db, context->arena, hash, &token, &found, err))
		return false;
	if (!found)
		return email_take_back(context, txn, hash, ret_user, err);
	if (!user_find(db, context->arena, token.uid, ret_user, &user_found, err))
		return false;
	if (!user_found || token.kind != SESSION_PASSWORD || token.expires.us <= context->now.us ||
	    strcmp(ret_user->status, "LOCKED") == 0)
		return error_set(err, ERROR_INVALID_CREDENTIALS,
				 "the link has expired or has been used");
	/* Of several that use it at the same time, one deletes it. */
	return authentication_token_delete(db, hash, &found, err) &&
	       (found ||
		error_set(err, ERROR_INVALID_CREDENTIALS, "the link has expired or has been used"));
}

static bool choose_store(const struct context *context, const char *account, struct bytes hash,
			 const char *password_hash_text, struct error *err)
{
	const struct context own = context_about(context, account);
	struct user user = {.status = ""};
	int64_t sessions;

	scoped(txn) struct txn *txn = context_change_begin(&own, err);
	if (!txn || !link_use(&own, txn, hash, &user, err))
		return false;
	const struct guess_key asking = asking_key(context, user.email);
	user.password_hash = password_hash_text;
	user.updated = context->now;
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return user_save_password(txn_db(txn), &user, err) &&
	       user_activate(txn_db(txn), &user, context->now, err) &&
	       guess_count_delete_all(txn_db(txn), user.account, user.uid, err) &&
	       guess_count_delete(txn_db(txn), &asking, err) &&
	       login_session_delete_all(txn_db(txn), user.uid, &sessions, err) &&
	       audit_record_as(&own, txn_db(txn), "USER", user.uid, "user.password", user.uid, NULL,
			       err) &&
	       txn_commit(&txn, err);
}

/* *ret_account: NULL when it is unknown. */
static bool link_account(const struct context *context, struct bytes hash, const char **ret_account,
			 struct error *err)
{
	struct db *db = session_db(context->session);
	struct authentication_token token;
	struct email_change change;
	bool is_token, is_change = false;

	if (!authentication_token_find(db, context->arena, hash, &token, &is_token, err) ||
	    (!is_token && !email_change_find(db, context->arena, hash, &change, &is_change, err)))
		return false;
	*ret_account = is_token ? token.account : is_change ? change.account : NULL;
	return true;
}

bool password_choose(const struct context *context, const char *token, const char *password,
		     struct error *err)
{
	unsigned char hash[KEYED_HASH_BYTES];
	const char *account;

	if (!password_acceptable("password", password, err))
		return false;
	if (!credential_decode(CREDENTIAL_PASSWORD_LINK, token, NULL))
		return error_set(err, ERROR_INVALID_CREDENTIALS,
				 "the link has expired or has been used");
	keyring_hash(context->keyring, token, strlen(token), hash);
	if (!link_account(context, (struct bytes){hash, sizeof(hash)}, &account, err))
		return false;
	if (!account) /* before anything slow: strangers can call this */
		return error_set(err, ERROR_INVALID_CREDENTIALS,
				 "the link has expired or has been used");
	/* Hashing is slow, and a transaction holds the writer. */
	const char *hashed = password_hash(context->arena, password);
	return choose_store(context, account, (struct bytes){hash, sizeof(hash)}, hashed, err);
}
