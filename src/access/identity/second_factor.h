/* second_factor.h – accepts a code during sign-in. Inside src/access only; the other functions
 * are in sign_in.h. */
#ifndef GREFFIER_ACCESS_SECOND_FACTOR_H
#define GREFFIER_ACCESS_SECOND_FACTOR_H

#include "context/context.h"

#include "access/identity/guess.h"

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
