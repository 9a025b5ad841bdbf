/* user_store.h – users, who are the "senders" of the API, and their delegates. */
#ifndef GREFFIER_STORE_USER_STORE_H
#define GREFFIER_STORE_USER_STORE_H

#include "store/account_store.h"

struct user {
	const char *account;
	const char *uid;
	const char *email; /* as typed; unique over all accounts, ASCII case ignored */
	const char *first_name, *last_name;
	const char *title, *company, *phone, *language; /* "" when unknown; language "en" or "fr" */
	const char *status;  /* INVITED, ACTIVE, LOCKED */
	const char *type;    /* REGULAR, MANAGER */
	/* JSON object of further members of a Sender (address, timezoneId …). */
	const char *profile;
	const char *password_hash; /* "": no password yet */
	struct wall_time created, updated;
	struct wall_time activated, locked; /* 0: never */
	struct bytes second_factor_sealed;  /* context "user.second_factor:<uid>"; no data: none */
	bool second_factor_on;
	int64_t second_factor_step;         /* the last step used: crypto/totp.h */
};

MUST_CHECK bool user_insert(struct db *db, const struct user *user, struct error *err);
MUST_CHECK bool user_find(struct db *db, struct arena *arena, const char *uid, struct user *ret_user,
			  bool *ret_found, struct error *err);
MUST_CHECK bool user_find_by_email(struct db *db, struct arena *arena, const char *email,
				   struct user *ret_user, bool *ret_found, struct error *err);
/* Saves all members except account, uid, created, password and second factor. Fails with
 * ERROR_CONFLICT when another user has the new e-mail address. */
MUST_CHECK bool user_save(struct db *db, const struct user *user, struct error *err);
/* Saves password_hash and updated only. */
MUST_CHECK bool user_save_password(struct db *db, const struct user *user, struct error *err);
/* Makes an invited user active; does nothing for others. */
MUST_CHECK bool user_activate(struct db *db, const struct user *user, struct wall_time now,
			      struct error *err);
/* Saves the three members of the second factor only, so that other changes made meanwhile are
 * kept. */
MUST_CHECK bool user_save_second_factor(struct db *db, const struct user *user, struct error *err);
/* Advances the last used step of the second factor to `step`. *ret_first is false when the
 * stored step is the same or later. */
MUST_CHECK bool user_use_second_factor(struct db *db, const struct user *user, int64_t step,
				       bool *ret_first, struct error *err);
/* Deletes a user with roles, keys, sessions, tokens and delegations. */
MUST_CHECK bool user_delete(struct db *db, const char *account, const char *uid, struct error *err);

struct user_filter {
	const char *account; /* NULL: all */
	/* Text in e-mail address or name; case is ignored (search_text.h); NULL: all. */
	const char *search;
	const char *role;    /* NULL: any */
	const char *status;  /* INVITED, ACTIVE or LOCKED; NULL: any */
	bool descending;
	int64_t offset, limit;
};
/* Lists users by last name and first name. *ret_total counts all matches. */
MUST_CHECK bool user_list(struct db *db, struct arena *arena, const struct user_filter *filter,
			  struct user **ret_users, size_t *ret_count, int64_t *ret_total,
			  struct error *err);

struct delegation {
	/* Uids of the owner and of the person who may act for the owner. */
	const char *delegator, *delegate;
	struct wall_time expires;         /* 0: never */
};
#define DELEGATES_MAX 100 /* of one user */
MUST_CHECK bool delegation_list(struct db *db, struct arena *arena, const char *account,
				const char *delegator, struct delegation **ret_delegations,
				size_t *ret_count, struct error *err);
MUST_CHECK bool delegation_put(struct db *db, const char *account,
			       const struct delegation *delegation, struct error *err);
/* Deletes a delegation; `delegate` NULL: all of the delegator. */
MUST_CHECK bool delegation_delete(struct db *db, const char *account, const char *delegator,
				  const char *delegate, bool *ret_found, struct error *err);

#endif
