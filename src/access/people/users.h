/* users.h – the API calls on the users of an account, which the API calls senders.
 *
 * Managing users needs sender_admin.users. Nobody may change a user with more permissions than
 * their own, and only the owner may change the owner. Every user may change the own name. */
#ifndef GREFFIER_ACCESS_USERS_H
#define GREFFIER_ACCESS_USERS_H

#include <jansson.h>

#include "base/shape.h"
#include "context/context.h"
#include "store/user_store.h"

#define USER_NAME_MAX 255       /* characters of each name, the title, the company, the phone */
#define USER_PROFILE_MAX 16384  /* bytes of JSON: address, custom fields and the like */

/* Returns {count, results}. All results are new references. */
json_t *users_list(const struct context *context, const struct user_filter *filter,
		   struct error *err);
json_t *user_read(const struct context *context, const char *uid, struct error *err);
/* Creates a user as INVITED, with a mail, or as ACTIVE without one. Fails with
 * ERROR_SENDER_OF_ANOTHER or ERROR_CONFLICT. */
json_t *user_create(const struct context *context, const json_t *body, struct error *err);
json_t *user_change(const struct context *context, const char *uid, const json_t *body,
		    struct error *err);
MUST_CHECK bool user_remove(const struct context *context, const char *uid, struct error *err);
/* Send the invitation, or a link for a new password, again. */
json_t *user_invite(const struct context *context, const char *uid, struct error *err);
json_t *user_reset_password(const struct context *context, const char *uid, struct error *err);

/* Ends all sessions of a user. */
MUST_CHECK bool user_sign_out(const struct context *context, const char *uid, int64_t *ret_count,
			      struct error *err);
/* Checks that the caller may change this user: the caller has sender_admin.users, and the user
 * is not an owner and has no further permissions. Fails with ERROR_NO_PERMISSION. */
MUST_CHECK bool user_may_be_managed(const struct context *context, struct db *db,
				    const struct account *account, const struct user *user,
				    struct error *err);

/* The API's Sender and Account. What is not said of a user is empty. */
struct sender_view {
	struct user user;
	const char *name, *language, *status;
	const struct account *account;
};
extern const struct shape sender_shape, account_shape; /* of sender_view and of struct account */
json_t *sender_to_json(const struct user *user, const struct account *account);
json_t *account_to_json(const struct account *account);

#endif
