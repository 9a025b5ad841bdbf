/* account_store.h – accounts, and what the installation remembers about itself.
 *
 * For this header and its siblings (user, role, client app, API key, session, OAuth, audit, mail, leak stores): writers run
 * in a txn (pass txn_db); results live in `arena`; finders return true with *ret_found false when there is none; ERROR_CONFLICT
 * for what exists already. */
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
	const char *parent; /* id of the account it is a sub-account of; "" */
	unsigned features;  /* access/features.h */
	unsigned accepted_methods;      /* access/features.h */
	int64_t token_life_max_s;       /* 0: as the setting says */
	const char *leak_policy;        /* NOTIFY, DISABLE, RENEW */
	const char *system_settings;    /* JSON object */
	struct wall_time created;
	struct wall_time locked;   /* 0: it is not. Nobody in it may do anything */
	int64_t endpoints_limit, app_rate; /* the operator's; 0: as the settings say */
};

MUST_CHECK bool account_insert(struct db *db, const struct account *account, struct error *err);
MUST_CHECK bool account_find(struct db *db, struct arena *arena, const char *id,
			     struct account *ret_account, bool *ret_found, struct error *err);
/* All but id and created. */
MUST_CHECK bool account_save(struct db *db, const struct account *account, struct error *err);
MUST_CHECK bool account_count(struct db *db, int64_t *ret_count, struct error *err);
/* By creation; `parent` NULL for all, or the sub-accounts of one. `limit` at most. */
MUST_CHECK bool account_list(struct db *db, struct arena *arena, const char *parent, int64_t offset,
			     int64_t limit, struct account **ret_accounts, size_t *ret_count,
			     struct error *err);

/* Newest first, of those older than `before` (NULL: of all). `limit` at most. */
MUST_CHECK bool account_page(struct db *db, struct arena *arena, const struct account *before,
			     int64_t limit, struct account **ret_accounts, size_t *ret_count,
			     struct error *err);

/* Small named values: the data key, the credential prefixes … */
MUST_CHECK bool installation_value_get(struct db *db, struct arena *arena, const char *name,
				       struct bytes *ret_value, bool *ret_found, struct error *err);
MUST_CHECK bool installation_value_insert(struct db *db, const char *name, struct bytes value,
					  struct error *err);
/* Inserts or replaces; no data deletes. */
MUST_CHECK bool installation_value_put(struct db *db, const char *name, struct bytes value,
				       struct error *err);

#endif
