/* password_proof.h – verifies passwords, with waits that make guessing useless, also for unknown
 * e-mail addresses.
 *
 * Do not call these functions inside a txn: hashing is slow, and a failure is recorded in a
 * separate txn, so that it stays recorded when the call is refused. */
#ifndef GREFFIER_ACCESS_PASSWORD_PROOF_H
#define GREFFIER_ACCESS_PASSWORD_PROOF_H

#include "access/identity/guess.h"

/* How long an entered password counts as recent. */
#define PASSWORD_RECENT_S 300
/* Passwords per second and address: each costs 64 MB for a moment. */
#define PASSWORD_RATE 5
#define PASSWORD_LENGTH_MIN 12  /* characters; NIST SP 800-63B: length is decisive */
#define PASSWORD_LENGTH_MAX 128 /* bytes */

/* Applies the limit by address, in memory. Call it before each attempt at a password and before
 * waiting for a thread. Calls of strangers (sign_in, password_choose, password_forgotten) are
 * limited by their routes. Fails with ERROR_TOO_MANY_REQUESTS. */
MUST_CHECK bool password_may_try(const struct context *context, struct error *err);
/* Verifies the password of `user`. NULL means that no user has `email`: takes the same time,
 * with the same waits. On success *ret_guess stays open and the caller ends it (guess.h). Fails
 * with ERROR_INVALID_CREDENTIALS for a wrong password, which is counted, or an inactive user,
 * and with ERROR_TOO_MANY_REQUESTS. */
MUST_CHECK bool password_prove(const struct context *context, const struct user *user,
			       const char *email, const char *password, struct guess *ret_guess,
			       struct error *err);
/* Verifies the caller's password unless it was entered recently in this session; `password` may
 * then be NULL or "". Fails with ERROR_PASSWORD_REQUIRED, ERROR_INVALID_CREDENTIALS or
 * ERROR_TOO_MANY_REQUESTS. */
MUST_CHECK bool password_confirm(const struct context *context, const char *password,
				 struct error *err);

#endif
