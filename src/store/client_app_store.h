/* client_app_store.h – client apps, with what they have been used for. */
#ifndef GREFFIER_STORE_CLIENT_APP_STORE_H
#define GREFFIER_STORE_CLIENT_APP_STORE_H

#include "store/account_store.h"

struct client_app {
	const char *account;
	const char *client_id;
	const char *name;
	int64_t epoch; /* tokens of an older epoch are dead */
	const char *created_by; /* uid, or "operator" */
	const char *maker;   /* uid: it acts for nobody but its maker, and for whom the maker may act; "": as the owner */
	struct wall_time confirm_until; /* an app of version 0.3 that the owner must take over until then; 0: not */
	struct wall_time taken_over;    /* by the owner; 0: never */
	struct wall_time created;
	struct wall_time revoked;  /* 0: live. For good */
	struct wall_time disabled; /* 0: enabled. Until it is enabled again */
	/* What it may do. */
	const char *scopes;      /* of context/scopes.def, separated by spaces; "": all */
	const char *networks;    /* base/network.h; "": from anywhere */
	bool read_only;
	int64_t rate;            /* calls a second; 0: as the setting says */
	const char *public_keys; /* JWK set for private_key_jwt; "": none */
	/* The secret, and the one before it while their overlap lasts. */
	struct bytes secret_hash;
	struct bytes secret_fingerprint; /* SHA-256, for exact matching; no data for apps of version 0.1 */
	struct wall_time secret_created;
	struct bytes pending_secret_sealed; /* made by the leak policy, to be collected once: context
					       "client_app.pending_secret:<client id>" */
	struct bytes old_secret_hash, old_secret_fingerprint; /* no data: none */
	struct wall_time old_secret_until, old_secret_used;
	const char *old_secret_address; /* where it was last used from */
	/* Written from time to time only: access/accounts/usage.h. */
	struct wall_time last_used;
	const char *last_used_address;
	int64_t tokens_issued;
	int64_t calls; /* that its limits let in */
};

MUST_CHECK bool client_app_insert(struct db *db, const struct client_app *app, struct error *err);
/* By id alone, revoked ones included: the token endpoint has nothing else. */
MUST_CHECK bool client_app_find(struct db *db, struct arena *arena, const char *client_id,
				struct client_app *ret_app, bool *ret_found, struct error *err);
/* By the hash of its secret, the current or the one before. */
MUST_CHECK bool client_app_find_by_secret(struct db *db, struct arena *arena, struct bytes hash,
					  struct client_app *ret_app, bool *ret_found,
					  struct error *err);
/* Live apps of an account, oldest first, `limit` at most from `offset`; *ret_total counts all. */
MUST_CHECK bool client_app_list(struct db *db, struct arena *arena, const char *account, int64_t offset,
				int64_t limit, struct client_app **ret_apps, size_t *ret_count,
				int64_t *ret_total, struct error *err);
/* Live apps that act for their maker, oldest first, `limit` at most. */
MUST_CHECK bool client_app_list_of_maker(struct db *db, struct arena *arena, const char *account,
					 const char *maker, int64_t limit,
					 struct client_app **ret_apps, size_t *ret_count,
					 struct error *err);
/* Apps of version 0.3 that act as the owner and that neither owner nor operator made, of all accounts, oldest first, `limit` at
 * most. Those that are found for the first time get `until` as their `confirm_until`. In a txn. */
MUST_CHECK bool client_app_list_to_confirm(struct db *db, struct arena *arena, struct wall_time until,
					   int64_t limit, struct client_app **ret_apps,
					   size_t *ret_count, struct error *err);
/* Everything but account, client_id, created_by, created and the use. */
MUST_CHECK bool client_app_save(struct db *db, const struct client_app *app, struct error *err);

#endif
