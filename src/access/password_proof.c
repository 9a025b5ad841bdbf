/* password_proof.c – see password_proof.h. */
#include "access/password_proof.h"

#include <jansson.h>
#include <string.h>

#include "access/audit.h"
#include "access/mails.h"
#include "base/json.h"
#include "base/network.h"
#include "base/text.h"
#include "crypto/password.h"

/* ---- waits ---- */

static const char *unknown_key(struct arena *arena, const char *email)
{
	return arena_printf(arena, "sign-in %s", text_fold(arena, email));
}

bool password_may_try(const struct access_service *service, struct error *err)
{
	if (!service->limits)
		return true;
	char group[NETWORK_ADDRESS_TEXT];

	network_group(service->address, group);
	struct rate_verdict verdict = rate_limit_take(
		service->limits, arena_printf(service->arena, "password %s", group),
		service->config->token_rate ? PASSWORD_RATE : 0, service->now);
	return verdict.allowed ||
	       error_set_wait(err, verdict.wait_s, "passwords from this address a second");
}

static int64_t failures_allowed(const struct access_service *service, const struct user *user)
{
	struct account account;
	struct error ignored = {0};
	int64_t allowed = FAILURES_FREE;
	bool found;

	if (!account_find(session_db(service->session), service->arena, user->account, &account,
			  &found, &ignored) ||
	    !found)
		return allowed;
	scoped(json_t) json_t *settings = json_loads(account.system_settings, 0, NULL);
	const json_t *value = json_object_get(settings, "senderLoginMaxFailedAttempts");
	return json_is_integer(value) ? json_integer_value(value) : allowed;
}

/* Counts a failure, and blocks signing in for a while after too many. */
static bool failure_record(const struct access_service *service, struct user *user,
			   struct error *err)
{
	char until[WALL_TIME_TEXT];
	int64_t extra = failures_allowed(service, user) - FAILURES_FREE;

	user->failed_sign_ins++;
	int64_t wait_s = failure_wait_of(user->failed_sign_ins - extra, SIGN_IN_FIRST_WAIT_S);
	user->blocked_until = wall_add(service->now, duration_s(wait_s));
	wall_format(user->blocked_until, until);
	struct access_service own = *service;
	own.account = user->account;
	scoped(txn) struct txn *txn = txn_begin(service->session, err);
	if (!txn || !user_save_sign_in(txn_db(txn), user, err))
		return false;
	if (wait_s == SIGN_IN_FIRST_WAIT_S &&
	    (!mail_queue(&own, txn, user, MAIL_BLOCKED, service->address, until, err) ||
	     !audit_record_as(&own, txn_db(txn), "USER", user->uid, "user.block", user->uid,
			      json_pack("{s:s}", "until", until), err)))
		return false;
	return txn_commit(&txn, err);
}

/* ---- the proof ---- */

/* Somebody unknown takes as long as somebody known: a hash is checked all the same. */
static void hash_for_nothing(struct arena *arena, const char *password)
{
	static const char hash[] = "$argon2id$v=19$m=65536,t=2,p=1$Tm9ib2R5J3Mgc2FsdCEhIQ$"
				   "u0VSr5nJ1qjV3oKZ7c1mH4o0Vw1m7u1p7mE3x8V9f0s";
	(void)password_matches(hash, password);
}

bool password_refuse_unknown(const struct access_service *service, const char *email,
			     const char *password, struct error *err)
{
	const char *key = unknown_key(service->arena, email);
	int64_t wait_s = service->limits ? failure_wait_s(service->limits, key, service->now) : 0;

	if (wait_s > 0)
		return error_set_wait(err, wait_s, "too many failed attempts to sign in");
	hash_for_nothing(service->arena, password);
	if (service->limits)
		failure_note(service->limits, key, SIGN_IN_FIRST_WAIT_S, service->now);
	return error_set(err, ERROR_INVALID_CREDENTIALS, NULL);
}

/* What failed stays recorded even though the call is refused: the record is a transaction of its
 * own. */
bool password_failed(const struct access_service *service, struct user *user, struct error *err)
{
	if (!failure_record(service, user, err))
		return false;
	return error_set(err, ERROR_INVALID_CREDENTIALS, NULL);
}

bool password_prove(const struct access_service *service, struct user *user, const char *password,
		    struct error *err)
{
	int64_t wait_us = wall_since(user->blocked_until, service->now).us;

	if (wait_us > 0)
		return error_set_wait(err, wait_us / 1000000 + 1,
				      "too many failed attempts to sign in");
	if (*user->password_hash && strlen(password) <= PASSWORD_LENGTH_MAX &&
	    password_matches(user->password_hash, password) && strcmp(user->status, "ACTIVE") == 0)
		return true;
	if (!*user->password_hash)
		hash_for_nothing(service->arena, password);
	return password_failed(service, user, err);
}

bool password_confirm(const struct access_service *service, const char *password, struct error *err)
{
	const struct caller *caller = service->caller;
	bool recent = caller->method == CALLER_SESSION && caller->session_kind == SESSION_USER &&
		      caller->authenticated.us &&
		      wall_since(service->now, caller->authenticated).us <
			      (int64_t)PASSWORD_RECENT_S * 1000000;
	struct user user;
	bool found;

	if (!password || !*password)
		return recent || error_set(err, ERROR_PASSWORD_REQUIRED, "password");
	if (!password_may_try(service, err) ||
	    !user_find(session_db(service->session), service->arena, caller->user, &user, &found,
		       err))
		return false;
	if (!found)
		return error_set(err, ERROR_PASSWORD_REQUIRED, "password");
	if (!password_prove(service, &user, password, err))
		return false;
	if (caller->method != CALLER_SESSION)
		return true;
	scoped(txn) struct txn *txn = txn_begin(service->session, err);
	if (!txn || !login_session_note_password(
			    txn_db(txn), (struct bytes){caller->session_hash, KEYED_HASH_BYTES},
			    service->now, err))
		return false;
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return txn_commit(&txn, err);
}
