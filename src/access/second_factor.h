/* second_factor.h – accepting a code while somebody signs in. Inside src/access only; the rest is in sign_in.h. */
#ifndef GREFFIER_ACCESS_SECOND_FACTOR_H
#define GREFFIER_ACCESS_SECOND_FACTOR_H

#include "access/service.h"

/* Moves user->second_factor_step on, for user_save_sign_in. ERROR_INVALID_CREDENTIALS for a wrong or used code. */
MUST_CHECK bool second_factor_accept(const struct access_service *service, struct user *user,
				     const char *code, struct error *err);

#endif
