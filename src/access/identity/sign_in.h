/* sign_in.h – sign-in of people: passwords, second factor, sessions of the console. */
#ifndef GREFFIER_ACCESS_SIGN_IN_H
#define GREFFIER_ACCESS_SIGN_IN_H

#include <jansson.h>

#include "access/identity/password_proof.h"
#include "context/context.h"
#include "store/session_store.h"

#define INVITATION_LIFE_S (7 * 86400)
#define PASSWORD_LINK_LIFE_S 3600
#define PASSWORD_LINK_PAUSE_S 60 /* between two mails to one address */
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

MUST_CHECK bool password_acceptable(const char *member, const char *password, struct error *err);
/* Queues a mail with a link to choose a password. In the caller's txn. */
MUST_CHECK bool password_link_send(const struct context *context, struct txn *txn,
				   const struct account *account, const struct user *user,
				   bool is_invitation, struct error *err);
/* Sends a link if a user has the address. Call it after the answer (call_after), so that the
 * duration of the call does not reveal whether a user has the address. */
MUST_CHECK bool password_forgotten(const struct context *context, const char *email,
				   struct error *err);
/* Sets a password with the token of a link, including that of the mail about a changed address
 * (email_change.h). An invited user becomes active; all sessions end. */
MUST_CHECK bool password_choose(const struct context *context, const char *token,
				const char *password, struct error *err);
/* Changes the password with the old one and, if there is a second factor, a code (NULL or ""
 * when absent). */
MUST_CHECK bool password_change(const struct context *context, const char *old_password,
				const char *code, const char *new_password, struct error *err);

/* For the operator: sets a random password, which is printed once; all sessions end. Fails with
 * ERROR_WRONG_STATE for a user who is still INVITED. */
MUST_CHECK bool password_reset(const struct context *context, const char *uid,
			       const char **ret_password, struct error *err);

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

#endif
