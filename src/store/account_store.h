/* account_store.h – accounts, and named values of the installation.
 *
 * Rules for this header and its siblings (users, roles, client apps, API keys, sessions, OAuth,
 * audit log, mails, leaks): functions that write run in a txn (pass txn_db). Results live in
 * `arena`. A finder returns true and sets *ret_found to false when there is no such row.
 * Inserting a row that exists fails with ERROR_CONFLICT. */
#ifndef GREFFIER_STORE_ACCOUNT_STORE_H
#define GREFFIER_STORE_ACCOUNT_STORE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "store/store.h"

#define ACCOUNT_ID_LENGTH 12
#define USER_UID_LENGTH 12

struct account {
	const char *id;
	const char *name;
	const char *owner;  /* uid of a user */
	const char *parent; /* id of the parent account; "" unless it is a sub-account */
	unsigned features;  /* access/features.h */
	unsigned accepted_methods;      /* access/features.h */
	int64_t token_life_max_s;       /* 0: the server's setting applies */
	const char *leak_policy;        /* NOTIFY, DISABLE, RENEW */
	const char *system_settings;    /* JSON object */
	struct wall_time created;
	struct wall_time locked;   /* 0: not locked. Nobody may do anything in a locked account */
	int64_t endpoints_limit, app_rate; /* set by the operator; 0: the server's settings apply */
};

MUST_CHECK bool account_insert(struct db *db, const struct account *account, struct error *err);
MUST_CHECK bool account_find(struct db *db, struct arena *arena, const char *id,
			     struct account *ret_account, bool *ret_found, struct error *err);
/* Saves all members except id and created. */
MUST_CHECK bool account_save(struct db *db, const struct account *account, struct error *err);
MUST_CHECK bool account_count(struct db *db, int64_t *ret_count, struct error *err);
/* Lists accounts by creation, at most `limit`. `parent` selects its sub-accounts; NULL selects
 * all accounts. */
MUST_CHECK bool account_list(struct db *db, struct arena *arena, const char *parent, int64_t offset,
			     int64_t limit, struct account **ret_accounts, size_t *ret_count,
			     struct error *err);

/* Lists accounts created before `before` (NULL: all), newest first, at most `limit`. */
MUST_CHECK bool account_page(struct db *db, struct arena *arena, const struct account *before,
			     int64_t limit, struct account **ret_accounts, size_t *ret_count,
			     struct error *err);

/* Reads a small named value of the installation: the data key, the credential prefix and the
 * like. */
MUST_CHECK bool installation_value_get(struct db *db, struct arena *arena, const char *name,
				       struct bytes *ret_value, bool *ret_found, struct error *err);
MUST_CHECK bool installation_value_insert(struct db *db, const char *name, struct bytes value,
					  struct error *err);
/* Inserts or replaces a value. A value without data deletes it. */
MUST_CHECK bool installation_value_put(struct db *db, const char *name, struct bytes value,
				       struct error *err);

#endif
