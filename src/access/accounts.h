/* accounts.h – opening an account with its owner. */
#ifndef GREFFIER_ACCESS_ACCOUNTS_H
#define GREFFIER_ACCESS_ACCOUNTS_H

#include "base/arena.h"
#include "base/error.h"
#include "base/time.h"
#include "crypto/keyring.h"
#include "store/store.h"

#define ACCOUNT_NAME_MAX 255 /* characters */
#define EMAIL_MAX 254        /* bytes: RFC 5321 section 4.5.3.1 */

struct account_params {
	const char *name;
	const char *owner_email;
	const char *owner_first_name, *owner_last_name; /* NULL: from the name and "Owner" */
};

/* Shown to the operator once; the password and the key are not stored in the clear. In the arena. */
struct account_created {
	const char *account;
	const char *owner;
	const char *email;
	const char *password;
	const char *api_key;
};

/* ERROR_MISSING_FIELD or ERROR_INVALID_FIELD names the member; ERROR_CONFLICT when the e-mail is taken. */
MUST_CHECK bool account_create(struct session *session, const struct keyring *keyring,
			       struct arena *arena, const struct account_params *params,
			       struct wall_time now, struct account_created *ret_created,
			       struct error *err);

/* The database belongs to one key: at first use a check value sealed with it is stored, later it must open.
 * ERROR_CONFIGURATION tells what to do. */
MUST_CHECK bool keyring_bind_to_store(struct session *session, const struct keyring *keyring,
				      struct arena *arena, struct error *err);

#endif
