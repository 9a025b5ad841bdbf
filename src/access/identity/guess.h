/* guess.h – how often a password or a code may be guessed.
 *
 * A guess is counted as wrong before anybody looks at it, and the count is taken back when it was right. So of many guesses
 * at the same time no more are looked at than of guesses one after the other.
 *
 * Counted for each person, and apart for each place they come from: an address (IPv6: a /64), or a device on which this person
 * has signed in before (device.h). Strangers who guess make themselves wait, and not the person. Guesses from all addresses
 * together have a higher limit, against guessing from many; it does not hold for known devices. docs/threat-model.md.
 *
 * Waits are counted in queue time (store_clock.h): no step of a clock makes anybody wait longer, or less long.
 *
 * Nobody's address is treated like somebody's: the same counts, the same transactions. */
#ifndef GREFFIER_ACCESS_GUESS_H
#define GREFFIER_ACCESS_GUESS_H

#include "context/context.h"
#include "store/guess_store.h"

#define GUESS_FIRST_WAIT_S 60     /* after FAILURES_FREE: rate_limit.h */
#define GUESSES_IN_ALL_FREE 100   /* NIST SP 800-63B section 5.2.2: no more in a row on one account */
/* Wrong guesses are forgotten when the last one is so old. Strangers choose how many places and addresses there are, so a place is
 * not kept for longer than it takes to guess on from another one. */
#define GUESSES_KEPT_S 3600         /* of one place */
#define GUESSES_IN_ALL_KEPT_S 86400 /* of all together */

/* One guess, from guess_begin to one of the three ends. */
struct guess {
	struct guess_key key;
	const struct user *user; /* NULL: nobody has the address */
	bool is_known_device;
	bool blocks;                    /* when it is wrong, its place has to wait */
	struct wall_time blocked_until; /* until then */
};

/* Counts the guess, in a txn of its own. `user` NULL: nobody has `email`. ERROR_TOO_MANY_REQUESTS. */
MUST_CHECK bool guess_begin(const struct context *context, const struct user *user,
			    const char *email, struct guess *ret_guess, struct error *err);
/* It stays counted; when its place has to wait now, the person is told. Always false, with ERROR_INVALID_CREDENTIALS unless the
 * store fails. Not inside a txn. */
bool guess_was_wrong(const struct context *context, const struct guess *guess,
		     struct error *err);
/* Forgets the wrong ones before it from the same place, and the count of all. In the caller's txn. */
MUST_CHECK bool guess_was_right(struct db *db, const struct guess *guess, struct error *err);
/* It was no guess: takes back this one and no other. Not inside a txn. */
MUST_CHECK bool guess_withdraw(const struct context *context, const struct guess *guess,
			       struct error *err);

/* What stands for an address, whether somebody has it or not: a keyed hash. */
const char *guess_subject_of_email(const struct context *context, const char *email);
/* Pure. The count after one more wrong guess, of which `free` cost no wait and which are kept for `kept_s`. False: none may be made
 * before count->blocked_until. */
bool guess_count_add(struct guess_count *count, int64_t free, int64_t kept_s, struct wall_time now);
#endif
