/* sign_in.h – people: passwords, the second factor, sessions of the console. */
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
	const char *code;  /* of the second factor; NULL or "" when not given */
	const char *agent; /* User-Agent; "" when absent */
};
struct sign_in_answer {
	const char *session, *device; /* values of the two cookies */
};
/* ERROR_INVALID_CREDENTIALS for whatever is wrong; ERROR_SECOND_FACTOR_REQUIRED once the
 * password is right; ERROR_TOO_MANY_REQUESTS. */
MUST_CHECK bool sign_in(const struct context *context, const struct sign_in_request *request,
			struct sign_in_answer *ret_answer, struct actor *ret_actor,
			struct error *err);
/* The caller's session; or all of the user's, whichever way they were opened. */
MUST_CHECK bool sign_out(const struct context *context, struct error *err);
MUST_CHECK bool sign_out_everywhere(const struct context *context, const char *uid,
				    int64_t *ret_count, struct error *err);

/* Writes a session: fills in hash, times and idle time. *ret_value is what the cookie carries. In the caller's txn. */
MUST_CHECK bool session_write(const struct context *context, struct db *db,
			      struct login_session *session, const char **ret_value, struct error *err);

MUST_CHECK bool password_acceptable(const char *member, const char *password, struct error *err);
/* Queues a mail with a link to choose a password. In the caller's txn. */
MUST_CHECK bool password_link_send(const struct context *context, struct txn *txn,
				   const struct account *account, const struct user *user,
				   bool is_invitation, struct error *err);
/* Sends a link if somebody has the address. For after the answer (call_after), so that the time of the answer does not say whether
 * somebody has. */
MUST_CHECK bool password_forgotten(const struct context *context, const char *email,
				   struct error *err);
/* With the link's token, also of the mail about a changed address (email_change.h): an invited user becomes active, all sessions
 * end. */
MUST_CHECK bool password_choose(const struct context *context, const char *token,
				const char *password, struct error *err);
/* With the old password, and a code where there is a second factor (NULL or "" when not given). */
MUST_CHECK bool password_change(const struct context *context, const char *old_password,
				const char *code, const char *new_password, struct error *err);

/* The operator's: a new password made here, printed once; all sessions end. ERROR_WRONG_STATE for a user who is still INVITED. */
MUST_CHECK bool password_reset(const struct context *context, const char *uid,
			       const char **ret_password, struct error *err);

/* The second factor (TOTP) of the caller: begin gives {secret, uri}; confirm turns it on. */
json_t *second_factor_begin(const struct context *context, const char *password,
			    struct error *err);
MUST_CHECK bool second_factor_confirm(const struct context *context, const char *code,
				      struct error *err);
MUST_CHECK bool second_factor_end(const struct context *context, const char *password,
				  struct error *err);
/* The operator's, for somebody who lost it. */
MUST_CHECK bool second_factor_reset(const struct context *context, const char *uid,
				    struct error *err);

#endif
