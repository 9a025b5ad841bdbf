/* password_proof.c – see password_proof.h. */
#include "access/identity/password_proof.h"

#include <string.h>

#include "access/rate_limit.h"
#include "base/network.h"
#include "base/text.h"
#include "crypto/password.h"

/* ---- waits ---- */

bool password_may_try(const struct context *context, struct error *err)
{
	if (!context->limits)
		return true;
	char group[NETWORK_ADDRESS_TEXT];

	network_group(context->actor->address, group);
	struct rate_verdict verdict = rate_limit_take(
		context->limits, arena_printf(context->arena, "password %s", group),
		context->config->token_rate ? PASSWORD_RATE : 0, mono_now());
	return verdict.allowed ||
	       error_set_wait(err, verdict.wait_s, "passwords from this address a second");
}

/* ---- the proof ---- */

/* An unknown address takes as long as a known one: a hash is checked in either case. */
static void hash_for_nothing(struct arena *arena, const char *password)
{
	static const char hash[] = "$argon2id$v=19$m=65536,t=2,p=1$Tm9ib2R5J3Mgc2FsdCEhIQ$"
				   "u0VSr5nJ1qjV3oKZ7c1mH4o0Vw1m7u1p7mE3x8V9f0s";
	(void)password_matches(hash, password);
}

static bool password_is_right(const struct context *context, const struct user *user,
			      const char *password)
{
	if (!user || !*user->password_hash || strlen(password) > PASSWORD_LENGTH_MAX) {
		hash_for_nothing(context->arena, password);
		return false;
	}
	return password_matches(user->password_hash, password) &&
	       strcmp(user->status, "ACTIVE") == 0;
}

bool password_prove(const struct context *context, const struct user *user, const char *email,
		    const char *password, struct guess *ret_guess, struct error *err)
{
	return guess_begin(context, user, email, ret_guess, err) &&
	       (password_is_right(context, user, password) ||
		guess_was_wrong(context, ret_guess, err));
}

bool password_confirm(const struct context *context, const char *password, struct error *err)
{
	const struct actor *actor = context->actor;
	bool recent = actor_has_signed_in(actor) && actor->authenticated.us &&
		      wall_since(context->now, actor->authenticated).us <
			      (int64_t)PASSWORD_RECENT_S * 1000000;
	struct user user;
	struct guess guess;
	bool found;

	if (!password || !*password)
		return recent || error_set(err, ERROR_PASSWORD_REQUIRED, "password");
	if (!password_may_try(context, err) ||
	    !user_find(session_db(context->session), context->arena, actor->user, &user, &found,
		       err))
		return false;
	if (!found)
		return error_set(err, ERROR_PASSWORD_REQUIRED, "password");
	if (!password_prove(context, &user, user.email, password, &guess, err))
		return false;
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !guess_was_right(txn_db(txn), &guess, err))
		return false;
	/* A session that a token has opened does not become one that somebody has signed in to. */
	if (actor->method != METHOD_SESSION || !actor->authenticated.us)
		return txn_commit(&txn, err);
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return login_session_note_password(txn_db(txn),
					   (struct bytes){actor->session_hash, KEYED_HASH_BYTES},
					   context->now, err) &&
	       txn_commit(&txn, err);
}
