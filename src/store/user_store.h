/* user_store.h – users ("senders"), and who may act for whom. */
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
	const char *profile; /* JSON object: what else a Sender holds (address, timezoneId …) */
	const char *password_hash; /* "": none yet */
	struct wall_time created, updated;
	struct wall_time activated, locked; /* 0: never */
	struct bytes second_factor_sealed;  /* context "user.second_factor:<uid>"; no data: none */
	bool second_factor_on;
	int64_t second_factor_step;         /* the last one used: crypto/totp.h */
};

MUST_CHECK bool user_insert(struct db *db, const struct user *user, struct error *err);
MUST_CHECK bool user_find(struct db *db, struct arena *arena, const char *uid, struct user *ret_user,
			  bool *ret_found, struct error *err);
MUST_CHECK bool user_find_by_email(struct db *db, struct arena *arena, const char *email,
				   struct user *ret_user, bool *ret_found, struct error *err);
/* Everything but account, uid, created, password and second factor. ERROR_CONFLICT when the new e-mail is somebody else's. */
MUST_CHECK bool user_save(struct db *db, const struct user *user, struct error *err);
/* password_hash and updated, and nothing else. */
MUST_CHECK bool user_save_password(struct db *db, const struct user *user, struct error *err);
/* An invited user becomes active; anybody else stays as is. */
MUST_CHECK bool user_activate(struct db *db, const struct user *user, struct wall_time now,
			      struct error *err);
/* The three members of the second factor and nothing else, so that it cannot undo what someone else changes meanwhile. */
MUST_CHECK bool user_save_second_factor(struct db *db, const struct user *user, struct error *err);
/* Moves the last used step of the second factor on to `step`. *ret_first is false when it stands there or later already. */
MUST_CHECK bool user_use_second_factor(struct db *db, const struct user *user, int64_t step,
				       bool *ret_first, struct error *err);
/* With roles, keys, sessions, tokens and delegations. */
MUST_CHECK bool user_delete(struct db *db, const char *account, const char *uid, struct error *err);

struct user_filter {
	const char *account; /* NULL: all */
	const char *search;  /* in e-mail or name, in any case (search_text.h); NULL: all */
	const char *role;    /* NULL: any */
	const char *status;  /* INVITED, ACTIVE or LOCKED; NULL: any */
	bool descending;
	int64_t offset, limit;
};
/* By last name, first name. *ret_total counts all that match. */
MUST_CHECK bool user_list(struct db *db, struct arena *arena, const struct user_filter *filter,
			  struct user **ret_users, size_t *ret_count, int64_t *ret_total,
			  struct error *err);

struct delegation {
	const char *delegator, *delegate; /* uids */
	struct wall_time expires;         /* 0: never */
};
#define DELEGATES_MAX 100 /* of one user */
MUST_CHECK bool delegation_list(struct db *db, struct arena *arena, const char *account,
				const char *delegator, struct delegation **ret_delegations,
				size_t *ret_count, struct error *err);
MUST_CHECK bool delegation_put(struct db *db, const char *account,
			       const struct delegation *delegation, struct error *err);
/* `delegate` NULL: all of the delegator's. */
MUST_CHECK bool delegation_delete(struct db *db, const char *account, const char *delegator,
				  const char *delegate, bool *ret_found, struct error *err);

#endif
