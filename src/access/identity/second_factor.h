/* second_factor.h – accepting a code while somebody signs in. Inside src/access only; the rest is in sign_in.h. */
#ifndef GREFFIER_ACCESS_SECOND_FACTOR_H
#define GREFFIER_ACCESS_SECOND_FACTOR_H

#include "context/context.h"

#include "access/identity/guess.h"

/* Which step of time a code belongs to. ERROR_INVALID_CREDENTIALS for a wrong or used one. */
MUST_CHECK bool second_factor_step_of(const struct context *context, const struct user *user,
				      const char *code, int64_t *ret_step, struct error *err);
/* The same after the password, for whoever has a second factor; others need none, and *ret_step is 0. On failure the guess has
 * ended. ERROR_SECOND_FACTOR_REQUIRED without a code. Not inside a txn. */
MUST_CHECK bool second_factor_prove(const struct context *context, const struct guess *guess,
				    const char *code, int64_t *ret_step, struct error *err);
/* In the txn that rests on the code: it is used now. Of several that use one at the same time all but one get
 * ERROR_INVALID_CREDENTIALS. Nothing for step 0. */
MUST_CHECK bool second_factor_use(struct db *db, const struct user *user, int64_t step,
				  struct error *err);

#endif
