/* password_links.h – links in mails for choosing a password: invitations and forgotten passwords. */
#ifndef GREFFIER_ACCESS_PASSWORD_LINKS_H
#define GREFFIER_ACCESS_PASSWORD_LINKS_H

#include "context/context.h"

#define INVITATION_LIFE_S (7 * 86400)
#define PASSWORD_LINK_LIFE_S 3600
#define PASSWORD_LINK_PAUSE_S 60 /* between two mails to one address */

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

#endif
