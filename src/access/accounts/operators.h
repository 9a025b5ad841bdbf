/* operators.h – who runs the installation, over HTTP: with a credential that `greffier operator create --manage` has made, or with
 * a session of the console that such a credential has opened.
 *
 * An operator is no user: it belongs to no account, has no permission in one and reads nothing that is an account's. The routes
 * under /api/operator are its own, and the only ones it can call. A session is known by a keyed hash, ends when it is idle for
 * OPERATOR_IDLE_S, after OPERATOR_LIFE_S, and with its credential. */
#ifndef GREFFIER_ACCESS_OPERATORS_H
#define GREFFIER_ACCESS_OPERATORS_H

#include <jansson.h>

#include "context/context.h"

#define OPERATOR_COOKIE "GREFFIER_OPERATOR"
#define OPERATOR_IDLE_S 1800
#define OPERATOR_LIFE_S 43200

struct operator_caller {
	const char *id, *name; /* of the credential; NULL: it is no operator */
	bool by_session;
	struct bytes session_hash; /* of a session */
};

/* `authorization`: the header's value, NULL when absent; `cookie`: that of OPERATOR_COOKIE, NULL when absent. Neither is an
 * operator's: true, and ret_caller->id is NULL. ERROR_INVALID_CREDENTIALS, ERROR_SESSION_EXPIRED, and ERROR_NO_PERMISSION for a
 * credential that only reports leaks. */
MUST_CHECK bool operator_admit(const struct context *context, const char *authorization,
			       const char *cookie, struct operator_caller *ret_caller,
			       struct error *err);
/* *ret_value: the cookie's. */
MUST_CHECK bool operator_sign_in(const struct context *context, const char *credential,
				 struct operator_caller *ret_caller, const char **ret_value,
				 struct error *err);
MUST_CHECK bool operator_sign_out(const struct context *context,
				  const struct operator_caller *caller, struct error *err);
/* As the audit log names it. */
const char *operator_audited(struct arena *arena, const struct operator_caller *caller);

#endif
