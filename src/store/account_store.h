/* account_store.h – accounts, their users, and their client apps. */
#ifndef GREFFIER_STORE_ACCOUNT_STORE_H
#define GREFFIER_STORE_ACCOUNT_STORE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "store/store.h"

#define ACCOUNT_ID_LENGTH 12
#define USER_UID_LENGTH 12

/* What the operator switches per account; stored as one number. */
enum account_feature {
	ACCOUNT_FEATURE_API_KEY = 1,
	ACCOUNT_FEATURE_CLIENT_APPS = 2,
};

struct account {
	const char *id;
	const char *name;
	const char *owner; /* uid of a user */
	unsigned features; /* enum account_feature bits */
	struct wall_time created;
};

struct user {
	const char *account;
	const char *uid;
	const char *email; /* as typed; unique over all accounts, ASCII case ignored */
	const char *first_name, *last_name;
	const char *title, *company, *phone, *language; /* "" when unknown; language "en" or "fr" */
	const char *status; /* INVITED, ACTIVE, LOCKED */
	const char *type;   /* REGULAR, MANAGER */
	const char *password_hash;
	struct bytes api_key_hash;   /* keyring_hash of the whole key */
	struct bytes api_key_sealed; /* context "user.api_key:<uid>" */
	struct wall_time created, updated;
};

struct client_app {
	const char *account;
	const char *client_id;
	const char *name;
	struct bytes secret_hash;
	int64_t epoch; /* tokens of an older epoch are dead */
	const char *created_by; /* uid */
	struct wall_time created;
	struct wall_time revoked; /* 0: live */
};

/* Writers run in a txn (pass txn_db). ERROR_CONFLICT for an id or e-mail that exists. Results live in `arena`.
 * Finders: true with *ret_found false when there is none. */
MUST_CHECK bool account_insert(struct db *db, const struct account *account, struct error *err);
MUST_CHECK bool account_find(struct db *db, struct arena *arena, const char *id,
			     struct account *ret_account, bool *ret_found, struct error *err);
MUST_CHECK bool account_count(struct db *db, int64_t *ret_count, struct error *err);

MUST_CHECK bool user_insert(struct db *db, const struct user *user, struct error *err);
MUST_CHECK bool user_find(struct db *db, struct arena *arena, const char *uid, struct user *ret_user,
			  bool *ret_found, struct error *err);
MUST_CHECK bool user_find_by_email(struct db *db, struct arena *arena, const char *email,
				   struct user *ret_user, bool *ret_found, struct error *err);

MUST_CHECK bool client_app_insert(struct db *db, const struct client_app *app, struct error *err);
/* By id alone, revoked ones included: the token endpoint has nothing else. */
MUST_CHECK bool client_app_find(struct db *db, struct arena *arena, const char *client_id,
				struct client_app *ret_app, bool *ret_found, struct error *err);
/* Live apps of an account, oldest first, `limit` at most from `offset`; *ret_total counts all. */
MUST_CHECK bool client_app_list(struct db *db, struct arena *arena, const char *account, int64_t offset,
				int64_t limit, struct client_app **ret_apps, size_t *ret_count,
				int64_t *ret_total, struct error *err);
/* Marks it revoked and raises its epoch. *ret_found false when the account has no live app of that id. */
MUST_CHECK bool client_app_revoke(struct db *db, const char *account, const char *client_id,
				  struct wall_time now, bool *ret_found, struct error *err);

/* What the installation remembers about itself (the key check value …): small named values. */
MUST_CHECK bool installation_value_get(struct db *db, struct arena *arena, const char *name,
				       struct bytes *ret_value, bool *ret_found, struct error *err);
MUST_CHECK bool installation_value_insert(struct db *db, const char *name, struct bytes value,
					  struct error *err);

#endif
