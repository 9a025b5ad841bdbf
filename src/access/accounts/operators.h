/* operators.h – operators, who manage the installation over HTTP. They use a credential made by
 * `greffier operator create --manage`, or a console session opened with one.
 *
 * An operator is not a user: an operator belongs to no account, has no permission in one, and
 * reads no account's contents. The routes under /api/operator are for operators only and the
 * only ones they can call. A session is stored as a keyed hash. It ends after OPERATOR_IDLE_S
 * without use, after OPERATOR_LIFE_S, and with its credential. */
#ifndef GREFFIER_ACCESS_OPERATORS_H
#define GREFFIER_ACCESS_OPERATORS_H

#include <jansson.h>

#include "context/context.h"

#define OPERATOR_COOKIE "GREFFIER_OPERATOR"
#define OPERATOR_IDLE_S 1800
#define OPERATOR_LIFE_S 43200

struct operator_caller {
	const char *id, *name; /* of the credential; NULL: not an operator */
	bool by_session;
	struct bytes session_hash; /* for a session */
};

/* Authenticates an operator. `authorization` is the header's value and `cookie` that of
 * OPERATOR_COOKIE; NULL when absent. When neither belongs to an operator, it returns true with
 * ret_caller->id NULL. Fails with ERROR_INVALID_CREDENTIALS, ERROR_SESSION_EXPIRED, or
 * ERROR_NO_PERMISSION for a credential that may only report leaks. */
MUST_CHECK bool operator_admit(const struct context *context, const char *authorization,
			       const char *cookie, struct operator_caller *ret_caller,
			       struct error *err);
/* Opens a session. *ret_value is the value of the cookie. */
MUST_CHECK bool operator_sign_in(const struct context *context, const char *credential,
				 struct operator_caller *ret_caller, const char **ret_value,
				 struct error *err);
MUST_CHECK bool operator_sign_out(const struct context *context,
				  const struct operator_caller *caller, struct error *err);
/* Returns the operator's name for the audit log. */
const char *operator_audited(struct arena *arena, const struct operator_caller *caller);

#endif
