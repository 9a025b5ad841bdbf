/* second_factor.h – time-based codes (TOTP): turned on and off by a user, accepted at sign-in. */
#ifndef GREFFIER_ACCESS_SECOND_FACTOR_H
#define GREFFIER_ACCESS_SECOND_FACTOR_H

#include <jansson.h>

#include "access/identity/guess.h"
#include "context/context.h"

/* Set up the caller's second factor (TOTP): begin returns {secret, uri}; confirm turns it on. */
json_t *second_factor_begin(const struct context *context, const char *password,
			    struct error *err);
MUST_CHECK bool second_factor_confirm(const struct context *context, const char *code,
				      struct error *err);
MUST_CHECK bool second_factor_end(const struct context *context, const char *password,
				  struct error *err);
/* For the operator: turns it off for a user who has lost it. */
MUST_CHECK bool second_factor_reset(const struct context *context, const char *uid,
				    struct error *err);

/* ---- inside src/access only ---- */

/* Finds the time step of a code. Fails with ERROR_INVALID_CREDENTIALS for a wrong or used code. */
MUST_CHECK bool second_factor_step_of(const struct context *context, const struct user *user,
				      const char *code, int64_t *ret_step, struct error *err);
/* Does the same after the password, for users with a second factor. For others *ret_step is 0.
 * On failure the guess has ended. Fails with ERROR_SECOND_FACTOR_REQUIRED without a code. Not
 * inside a txn. */
MUST_CHECK bool second_factor_prove(const struct context *context, const struct guess *guess,
				    const char *code, int64_t *ret_step, struct error *err);
/* Marks the code as used, in the txn that relies on it. Of several simultaneous uses all but one
 * fail with ERROR_INVALID_CREDENTIALS. Does nothing for step 0. */
MUST_CHECK bool second_factor_use(struct db *db, const struct user *user, int64_t step,
				  struct error *err);

#endif
