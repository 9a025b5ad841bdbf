/* guess.h – limits how often a password or a code can be guessed.
 *
 * A guess is counted as wrong before it is checked, and the count is reduced when it was right.
 * Simultaneous guesses are therefore limited like consecutive ones.
 *
 * Guesses are counted per person and place. A place is an address (IPv6: a /64) or a device on
 * which this person has signed in before (device.h). A stranger who guesses delays only the own
 * place, not the person. Guesses from all addresses together have a higher limit, against
 * distributed guessing; it does not apply to known devices. See docs/threat-model.md.
 *
 * Waits are in queue time (store_clock.h), so that setting a clock does not change them. An
 * e-mail address without a user is treated like that of a user: same counts, same transactions. */
#ifndef GREFFIER_ACCESS_GUESS_H
#define GREFFIER_ACCESS_GUESS_H

#include "context/context.h"
#include "store/guess_store.h"

#define GUESS_FIRST_WAIT_S 60     /* after FAILURES_FREE (rate_limit.h) */
/* NIST SP 800-63B section 5.2.2: maximum consecutive failures per account. */
#define GUESSES_IN_ALL_FREE 100
/* Counts of wrong guesses are deleted this long after the last guess. Strangers choose the
 * number of places and addresses, so the count of one place is kept only as long as switching to
 * another place would take. */
#define GUESSES_KEPT_S 3600         /* for one place */
#define GUESSES_IN_ALL_KEPT_S 86400 /* for all places together */

/* One guess, from guess_begin to one of its three ends. */
struct guess {
	struct guess_key key;
	const struct user *user; /* NULL: no user has the address */
	bool is_known_device;
	bool blocks;                    /* if it is wrong, its place must wait */
	struct wall_time blocked_until; /* end of that wait */
};

/* Counts a guess, in a separate txn. `user` NULL: no user has `email`. Fails with
 * ERROR_TOO_MANY_REQUESTS. */
MUST_CHECK bool guess_begin(const struct context *context, const struct user *user,
			    const char *email, struct guess *ret_guess, struct error *err);
/* Keeps the guess counted; mails the person when the place must wait now. Always returns false,
 * with ERROR_INVALID_CREDENTIALS unless the store fails. Not inside a txn. */
bool guess_was_wrong(const struct context *context, const struct guess *guess,
		     struct error *err);
/* Clears the wrong guesses from the same place and the total. In the caller's txn. */
MUST_CHECK bool guess_was_right(struct db *db, const struct guess *guess, struct error *err);
/* Takes back this guess, which turned out to be none. Not inside a txn. */
MUST_CHECK bool guess_withdraw(const struct context *context, const struct guess *guess,
			       struct error *err);

/* Returns a keyed hash that stands for an e-mail address, whether a user has it or not. */
const char *guess_subject_of_email(const struct context *context, const char *email);
/* Pure. Adds a wrong guess to the count; `free` guesses cause no wait, and guesses are kept for
 * `kept_s`. Returns false when no guess is allowed before count->blocked_until. */
bool guess_count_add(struct guess_count *count, int64_t free, int64_t kept_s, struct wall_time now);
#endif
