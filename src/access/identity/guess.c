/* guess.c – see guess.h. */
#include "access/identity/guess.h"

#include <jansson.h>
#include <string.h>

#include "access/audit.h"
#include "access/identity/device.h"
#include "access/mails.h"
#include "access/rate_limit.h"
#include "base/json.h"
#include "base/network.h"
#include "base/text.h"
#include "store/store_clock.h"

#define MAIL_EVERY_S FAILURE_WAIT_MAX_S /* about guesses, to one person */

/* ---- pure ---- */

bool guess_count_add(struct guess_count *count, int64_t free, int64_t kept_s, struct wall_time now)
{
	if (count->blocked_until.us > now.us)
		return false;
	if (wall_since(now, count->last).us > duration_s(kept_s).us)
		count->failed = 0;
	count->failed++;
	count->last = now;
	const int64_t wait_s = failure_wait_of(count->failed - free + FAILURES_FREE,
					       GUESS_FIRST_WAIT_S);
	/* Not `now` without a wait: a call that came a moment earlier may be counted a moment
	 * later. */
	count->blocked_until = wait_s ? wall_add(now, duration_s(wait_s)) : wall_from_us(0);
	return true;
}

/* ---- counting ---- */

static int64_t free_of(const struct context *context, const struct user *user)
{
	struct account account;
	struct error ignored = {0};
	bool found;

	if (!user ||
	    !account_find(session_db(context->session), context->arena, user->account, &account,
			  &found, &ignored) ||
	    !found)
		return FAILURES_FREE;
	scoped(json_t) json_t *settings = json_loads(account.system_settings, 0, NULL);
	const json_t *value = json_object_get(settings, "senderLoginMaxFailedAttempts");
	return json_is_integer(value) ? json_integer_value(value) : FAILURES_FREE;
}

const char *guess_subject_of_email(const struct context *context, const char *email)
{
	unsigned char hash[KEYED_HASH_BYTES];
	const char *text = arena_printf(context->arena, "email %s",
					text_fold(context->arena, email));

	keyring_hash(context->keyring, text, strlen(text), hash);
	return arena_printf(context->arena, "?%s", hex_encode(context->arena, hash, 16));
}

static struct guess_key key_of(const struct context *context, const struct user *user,
			       const char *email, bool *ret_is_known_device)
{
	const char *device = user ? device_of(context, user) : NULL;
	char group[NETWORK_ADDRESS_TEXT];

	network_group(context->actor->address, group);
	*ret_is_known_device = device != NULL;
	return (struct guess_key){
		.account = user ? user->account : "",
		.subject = user ? user->uid : guess_subject_of_email(context, email),
		.source = device ? arena_printf(context->arena, "device %s", device)
				 : arena_printf(context->arena, "address %s", group),
	};
}

static struct guess_key key_of_all(const struct guess_key *key)
{
	return (struct guess_key){key->account, key->subject, ""};
}

static bool count_up(struct db *db, const struct guess_key *key, int64_t free, struct wall_time now,
		     struct guess_count *ret_count, struct error *err)
{
	const int64_t kept_s = *key->source ? GUESSES_KEPT_S : GUESSES_IN_ALL_KEPT_S;

	if (!guess_count_lock(db, key, ret_count, err))
		return false;
	if (!guess_count_add(ret_count, free, kept_s, now))
		return error_set_wait(err,
				      wall_since(ret_count->blocked_until, now).us / 1000000 + 1,
				      "too many failed attempts to sign in");
	return guess_count_save(db, key, ret_count, err);
}

bool guess_begin(const struct context *context, const struct user *user, const char *email,
		 struct guess *ret_guess, struct error *err)
{
	const int64_t free = free_of(context, user);
	struct guess_count all, count;
	struct guess guess = {.user = user};

	guess.key = key_of(context, user, email, &guess.is_known_device);
	const struct guess_key of_all = key_of_all(&guess.key);
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	/* All take the locks in this order. */
	if (!txn ||
	    (!guess.is_known_device &&
	     !count_up(txn_db(txn), &of_all, GUESSES_IN_ALL_FREE, context->queue_now, &all, err)) ||
	    !count_up(txn_db(txn), &guess.key, free, context->queue_now, &count, err) ||
	    !txn_commit(&txn, err))
		return false;
	guess.blocks = count.failed == free + 1;
	guess.blocked_until = count.blocked_until;
	*ret_guess = guess;
	return true;
}

/* ---- the three ends ---- */

/* Who guesses from many addresses does not fill a mailbox. */
static bool mail_is_due(const struct context *context, struct db *db, const struct guess_key *of,
			bool *ret_due, struct error *err)
{
	const struct guess_key key = {of->account, of->subject, "blocked"};
	struct guess_count count;

	if (!guess_count_lock(db, &key, &count, err))
		return false;
	*ret_due = count.blocked_until.us <= context->queue_now.us;
	if (*ret_due)
		count.blocked_until = wall_add(context->queue_now, duration_s(MAIL_EVERY_S));
	count.last = context->queue_now;
	return guess_count_save(db, &key, &count, err);
}

static bool block_tell(const struct context *context, struct txn *txn, const struct guess *guess,
		       bool by_mail, struct error *err)
{
	const struct user *user = guess->user;
	char until[WALL_TIME_TEXT];

	const struct wall_time shown = session_shown(context->session, guess->blocked_until);
	wall_format(shown, until);
	return (!by_mail || MAIL_TO_USER(context, txn, user, MAIL_blocked, err,
					 MAIL_TEXT("ADDRESS", context->actor->address),
					 MAIL_TIME("UNTIL", shown))) &&
	       audit_record_as(context, txn_db(txn), "USER", user->uid, "user.block", user->uid,
			       json_pack("{s:s, s:s}", "until", until, "source", guess->key.source),
			       err);
}

/* A txn for nobody too: a guess that blocks would take longer for somebody. */
static bool block_record(const struct context *context, const struct guess *guess,
			 struct error *err)
{
	const struct context own = context_about(context, guess->key.account);
	bool is_due;

	scoped(txn) struct txn *txn = context_change_begin(&own, err);
	return txn && mail_is_due(&own, txn_db(txn), &guess->key, &is_due, err) &&
	       (!guess->user || block_tell(&own, txn, guess, is_due, err)) && txn_commit(&txn, err);
}

bool guess_was_wrong(const struct context *context, const struct guess *guess, struct error *err)
{
	if (guess->blocks && !block_record(context, guess, err))
		return false;
	return error_set(err, ERROR_INVALID_CREDENTIALS, NULL);
}

bool guess_was_right(struct db *db, const struct guess *guess, struct error *err)
{
	const struct guess_key of_all = key_of_all(&guess->key);

	return guess_count_delete(db, &of_all, err) && guess_count_delete(db, &guess->key, err);
}

static bool count_down(struct db *db, const struct guess_key *key, struct error *err)
{
	struct guess_count count;

	if (!guess_count_lock(db, key, &count, err))
		return false;
	if (count.failed > 0)
		count.failed--;
	count.blocked_until = wall_from_us(
		0); /* it began with this guess: none starts while it lasts */
	return guess_count_save(db, key, &count, err);
}

bool guess_withdraw(const struct context *context, const struct guess *guess, struct error *err)
{
	const struct guess_key of_all = key_of_all(&guess->key);

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	return txn && (guess->is_known_device || count_down(txn_db(txn), &of_all, err)) &&
	       count_down(txn_db(txn), &guess->key, err) && txn_commit(&txn, err);
}
