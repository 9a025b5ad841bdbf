/* second_factor.c – time-based codes as a second factor: setting up, confirming, ending, accepting.
 */

#include "access/identity/second_factor.h"

#include <string.h>

#include "access/audit.h"
#include "access/identity/password_proof.h"
#include "access/identity/sign_in.h"
#include "base/ensure.h"
#include "base/text.h"
#include "crypto/random.h"
#include "crypto/totp.h"

static const char *context_of(struct arena *arena, const char *uid)
{
	return arena_printf(arena, "user.second_factor:%s", uid);
}

bool second_factor_step_of(const struct context *context, const struct user *user, const char *code,
			   int64_t *ret_step, struct error *err)
{
	struct bytes secret;
	int64_t step = 0;

	if (!keyring_unseal(context->keyring, context->arena, context_of(context->arena, user->uid),
			    user->second_factor_sealed, &secret, err))
		return false;
	if (!totp_matches(secret, code, context->now, &step) || step <= user->second_factor_step)
		return error_set(err, ERROR_INVALID_CREDENTIALS, "code");
	*ret_step = step;
	return true;
}

bool second_factor_prove(const struct context *context, const struct guess *guess, const char *code,
			 int64_t *ret_step, struct error *err)
{
	*ret_step = 0;
	if (!guess->user->second_factor_on)
		return true;
	if (!code || !*code)
		return guess_withdraw(context, guess, err) &&
		       error_set(err, ERROR_SECOND_FACTOR_REQUIRED, "code");
	if (second_factor_step_of(context, guess->user, code, ret_step, err))
		return true;
	return err->code == ERROR_INVALID_CREDENTIALS && guess_was_wrong(context, guess, err);
}

bool second_factor_use(struct db *db, const struct user *user, int64_t step, struct error *err)
{
	bool is_first;

	if (step == 0)
		return true;
	return user_use_second_factor(db, user, step, &is_first, err) &&
	       (is_first || error_set(err, ERROR_INVALID_CREDENTIALS, "code"));
}

static bool own_user(const struct context *context, struct db *db, struct user *ret_user,
		     struct error *err)
{
	bool found;

	if (!user_find(db, context->arena, context->actor->user, ret_user, &found, err))
		return false;
	return found || error_set(err, ERROR_USER_NOT_FOUND, NULL);
}

json_t *second_factor_begin(const struct context *context, const char *password, struct error *err)
{
	unsigned char secret[TOTP_SECRET_BYTES];
	struct user user;

	ensure(actor_has_signed_in(context->actor));
	if (!password_confirm(context, password, err))
		return NULL;
	random_bytes(secret, sizeof(secret));
	const char *text = totp_secret_text(context->arena, (struct bytes){secret, sizeof(secret)});
	struct bytes sealed = keyring_seal(context->keyring, context->arena,
					   context_of(context->arena, context->actor->user),
					   (struct bytes){secret, sizeof(secret)});
	explicit_bzero(secret, sizeof(secret));
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !own_user(context, txn_db(txn), &user, err))
		return NULL;
	if (user.second_factor_on) {
		(void)error_set(err, ERROR_CONFLICT, "the second factor is on: turn it off first");
		return NULL;
	}
	user.second_factor_sealed = sealed;
	user.second_factor_step = 0;
	if (!user_save_second_factor(txn_db(txn), &user, err) || !txn_commit(&txn, err))
		return NULL;
	return json_pack("{s:s, s:s}", "secret", text, "uri",
			 arena_printf(context->arena,
				      "otpauth://totp/Greffier:%s?secret=%s&issuer=Greffier",
				      percent_encode(context->arena, user.email), text));
}

bool second_factor_confirm(const struct context *context, const char *code, struct error *err)
{
	struct user user;
	int64_t step = 0;

	ensure(actor_has_signed_in(context->actor));
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	if (!txn || !own_user(context, txn_db(txn), &user, err))
		return false;
	if (user.second_factor_on || !user.second_factor_sealed.length)
		return error_set(err, ERROR_CONFLICT,
				 "no second factor is waiting for confirmation");
	if (!second_factor_step_of(context, &user, code, &step, err))
		return error_set(err, ERROR_INVALID_FIELD, "code: wrong");
	if (!second_factor_use(txn_db(txn), &user, step, err))
		return false;
	user.second_factor_on = true;
	user.second_factor_step = step;
	return user_save_second_factor(txn_db(txn), &user, err) &&
	       audit_record(context, txn_db(txn), "user.second_factor_on", user.uid, NULL, err) &&
	       txn_commit(&txn, err);
}

static bool turn_off(const struct context *context, struct txn **txn, struct user *user,
		     struct error *err)
{
	user->second_factor_on = false;
	user->second_factor_sealed = (struct bytes){NULL, 0};
	user->second_factor_step = 0;
	return user_save_second_factor(txn_db(*txn), user, err) &&
	       audit_record(context, txn_db(*txn), "user.second_factor_off", user->uid, NULL,
			    err) &&
	       txn_commit(txn, err);
}

bool second_factor_end(const struct context *context, const char *password, struct error *err)
{
	struct user user;

	ensure(actor_has_signed_in(context->actor));
	/* Always with the password: an unattended screen must not be enough. */
	if (!password || !*password)
		return error_set(err, ERROR_PASSWORD_REQUIRED, "password");
	if (!password_confirm(context, password, err))
		return false;
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	return txn && own_user(context, txn_db(txn), &user, err) &&
	       turn_off(context, &txn, &user, err);
}

bool second_factor_reset(const struct context *context, const char *uid, struct error *err)
{
	struct user user;

	ensure(actor_is_operator(context->actor));
	scoped(txn) struct txn *txn = context_change_begin(context, err);
	return txn && context_user(context, txn_db(txn), uid, &user, err) &&
	       turn_off(context, &txn, &user, err);
}
