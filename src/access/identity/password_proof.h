/* password_proof.h – is this the password? With the waits that make guessing useless, for somebody unknown as well.
 *
 * None of these may be called inside a txn: hashing is slow, and what failed is recorded in a txn of its own, so that it stays
 * recorded when the call is refused. */
#ifndef GREFFIER_ACCESS_PASSWORD_PROOF_H
#define GREFFIER_ACCESS_PASSWORD_PROOF_H

#include "access/identity/guess.h"

/* How long a password counts as given lately. */
#define PASSWORD_RECENT_S 300
#define PASSWORD_RATE 5         /* passwords a second and address: each costs 64 MB for a moment */
#define PASSWORD_LENGTH_MIN 12  /* characters; NIST SP 800-63B: length is what counts */
#define PASSWORD_LENGTH_MAX 128 /* bytes */

/* The limit by address, from memory. Before every call that tries a password, also before it waits for a thread: strangers' calls
 * (sign_in, password_choose, password_forgotten) are limited by their routes. ERROR_TOO_MANY_REQUESTS. */
MUST_CHECK bool password_may_try(const struct context *context, struct error *err);
/* Proves the password of `user`; NULL when nobody has `email`: as slow, with the same waits. True leaves *ret_guess open: the
 * caller ends it (guess.h). ERROR_INVALID_CREDENTIALS for a wrong password (counted) or a user who is not active;
 * ERROR_TOO_MANY_REQUESTS. */
MUST_CHECK bool password_prove(const struct context *context, const struct user *user,
			       const char *email, const char *password, struct guess *ret_guess,
			       struct error *err);
/* The caller's password, unless it was given lately in this session (then `password` may be NULL or ""). ERROR_PASSWORD_REQUIRED,
 * ERROR_INVALID_CREDENTIALS, ERROR_TOO_MANY_REQUESTS. */
MUST_CHECK bool password_confirm(const struct context *context, const char *password,
				 struct error *err);

#endif
