/* users.h – the users of an account: what the API calls senders.
 *
 * Managing them takes sender_admin.users. Nobody changes somebody who may do more than they, and nobody but the owner changes
 * the owner; everybody may change their own name. */
#ifndef GREFFIER_ACCESS_USERS_H
#define GREFFIER_ACCESS_USERS_H

#include <jansson.h>

#include "context/context.h"
#include "store/user_store.h"

#define USER_NAME_MAX 255       /* characters of each name, the title, the company, the phone */
#define USER_PROFILE_MAX 16384  /* bytes of JSON: address, custom fields and the like */

/* {count, results}. New references throughout. */
json_t *users_list(const struct context *context, const struct user_filter *filter,
		   struct error *err);
json_t *user_read(const struct context *context, const char *uid, struct error *err);
/* INVITED with a mail, or ACTIVE without. ERROR_SENDER_OF_ANOTHER, ERROR_CONFLICT. */
json_t *user_create(const struct context *context, const json_t *body, struct error *err);
json_t *user_change(const struct context *context, const char *uid, const json_t *body,
		    struct error *err);
MUST_CHECK bool user_remove(const struct context *context, const char *uid, struct error *err);
/* The invitation, or a link for a new password, once more. */
json_t *user_invite(const struct context *context, const char *uid, struct error *err);
json_t *user_reset_password(const struct context *context, const char *uid, struct error *err);

/* Who may act for a user: [DelegationUser]. The user, or who manages users. */
json_t *delegates_list(const struct context *context, const char *uid, struct error *err);
MUST_CHECK bool delegates_replace(const struct context *context, const char *uid,
				  const json_t *list, struct error *err);
MUST_CHECK bool delegate_add(const struct context *context, const char *uid, const char *delegate,
			     struct error *err);
MUST_CHECK bool delegate_remove(const struct context *context, const char *uid,
				const char *delegate, struct error *err);

/* Signs a user out everywhere. */
MUST_CHECK bool user_sign_out(const struct context *context, const char *uid, int64_t *ret_count,
			      struct error *err);
/* Whether the caller may change this user: has sender_admin.users, and the user is no owner and may not do more.
 * ERROR_NO_PERMISSION. */
MUST_CHECK bool user_may_be_managed(const struct context *context, struct db *db,
				    const struct account *account, const struct user *user,
				    struct error *err);

/* The API's Sender and Account. */
json_t *sender_to_json(const struct user *user, const struct account *account);
json_t *account_to_json(const struct account *account);

#endif
