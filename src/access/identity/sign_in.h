/* sign_in.h – sign-in of people: passwords, second factor, sessions of the console. */
#ifndef GREFFIER_ACCESS_SIGN_IN_H
#define GREFFIER_ACCESS_SIGN_IN_H

#include <jansson.h>

#include "access/identity/password_proof.h"
#include "context/context.h"
#include "store/session_store.h"

#define SESSIONS_SHOWN_MAX 1000

struct sign_in_request {
	const char *email, *password;
	const char *code;  /* of the second factor; NULL or "" when absent */
	const char *agent; /* User-Agent; "" when absent */
};
struct sign_in_answer {
	const char *session, *device; /* values of the two cookies */
};
/* Signs a person in. Any wrong input fails with ERROR_INVALID_CREDENTIALS, a missing code after
 * a right password with ERROR_SECOND_FACTOR_REQUIRED, and too many attempts with
 * ERROR_TOO_MANY_REQUESTS. */
MUST_CHECK bool sign_in(const struct context *context, const struct sign_in_request *request,
			struct sign_in_answer *ret_answer, struct actor *ret_actor,
			struct error *err);
/* End the caller's session, or all sessions of a user, however they were opened. */
MUST_CHECK bool sign_out(const struct context *context, struct error *err);
MUST_CHECK bool sign_out_everywhere(const struct context *context, const char *uid,
				    int64_t *ret_count, struct error *err);

/* Stores a session and fills in hash, times and idle time. *ret_value is the value of the
 * cookie. In the caller's txn. */
MUST_CHECK bool session_write(const struct context *context, struct db *db,
			      struct login_session *session, const char **ret_value, struct error *err);

/* Changes the password with the old one and, if there is a second factor, a code (NULL or ""
 * when absent). */
MUST_CHECK bool password_change(const struct context *context, const char *old_password,
				const char *code, const char *new_password, struct error *err);

/* For the operator: sets a random password, which is printed once; all sessions end. Fails with
 * ERROR_WRONG_STATE for a user who is still INVITED. */
MUST_CHECK bool password_reset(const struct context *context, const char *uid,
			       const char **ret_password, struct error *err);

#endif
