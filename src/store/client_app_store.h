/* client_app_store.h – client apps, and what is known about their use. */
#ifndef GREFFIER_STORE_CLIENT_APP_STORE_H
#define GREFFIER_STORE_CLIENT_APP_STORE_H

#include "store/account_store.h"

struct client_app {
	const char *account;
	const char *client_id;
	const char *name;
	int64_t epoch; /* tokens of an older epoch are invalid */
	const char *created_by; /* uid, or "operator" */
	/* Uid of its maker. The app acts only for the maker and the people the maker may act
	 * for. "": it acts as the owner. */
	const char *maker;
	/* An app of version 0.3 that the owner must confirm before this time; 0: no need. */
	struct wall_time confirm_until;
	struct wall_time taken_over;    /* when the owner confirmed it; 0: never */
	struct wall_time created;
	struct wall_time revoked;  /* 0: not revoked. Revocation is final */
	struct wall_time disabled; /* 0: enabled. It can be enabled again */
	/* Limits of the app. */
	const char *scopes;      /* of context/scopes.def, separated by spaces; "": all */
	const char *networks;    /* base/network.h; "": from anywhere */
	bool read_only;
	int64_t rate;            /* calls per second; 0: the server's setting applies */
	const char *public_keys; /* JWK set for private_key_jwt; "": none */
	/* The current secret, and the previous one during their overlap. */
	struct bytes secret_hash;
	/* SHA-256 for exact search; no data for apps of version 0.1. */
	struct bytes secret_fingerprint;
	struct wall_time secret_created;
	struct bytes pending_secret_sealed; /* made by the leak policy, to be collected once: context
					       "client_app.pending_secret:<client id>" */
	struct bytes old_secret_hash, old_secret_fingerprint; /* no data: none */
	struct wall_time old_secret_until, old_secret_used;
	const char *old_secret_address; /* address of its last use */
	/* Updated every few seconds only: access/accounts/usage.h. */
	struct wall_time last_used;
	const char *last_used_address;
	int64_t tokens_issued;
	int64_t calls; /* calls that the app's limits allowed */
};

MUST_CHECK bool client_app_insert(struct db *db, const struct client_app *app, struct error *err);
/* Finds an app by id alone, including revoked ones, because the token endpoint knows nothing
 * else. */
MUST_CHECK bool client_app_find(struct db *db, struct arena *arena, const char *client_id,
				struct client_app *ret_app, bool *ret_found, struct error *err);
/* Finds an app by the hash of its current or previous secret. */
MUST_CHECK bool client_app_find_by_secret(struct db *db, struct arena *arena, struct bytes hash,
					  struct client_app *ret_app, bool *ret_found,
					  struct error *err);
/* Lists the live apps of an account, oldest first, at most `limit` from `offset`. *ret_total
 * counts all. */
MUST_CHECK bool client_app_list(struct db *db, struct arena *arena, const char *account, int64_t offset,
				int64_t limit, struct client_app **ret_apps, size_t *ret_count,
				int64_t *ret_total, struct error *err);
/* Lists the live apps that act for their maker, oldest first, at most `limit`. */
MUST_CHECK bool client_app_list_of_maker(struct db *db, struct arena *arena, const char *account,
					 const char *maker, int64_t limit,
					 struct client_app **ret_apps, size_t *ret_count,
					 struct error *err);
/* Lists apps of version 0.3 of all accounts that act as the owner but were made neither by the
 * owner nor by the operator. Oldest first, at most `limit`. Apps found for the first time get
 * `until` as their `confirm_until`. In a txn. */
MUST_CHECK bool client_app_list_to_confirm(struct db *db, struct arena *arena, struct wall_time until,
					   int64_t limit, struct client_app **ret_apps,
					   size_t *ret_count, struct error *err);
/* Saves all members except account, client_id, created_by, created and the use. */
MUST_CHECK bool client_app_save(struct db *db, const struct client_app *app, struct error *err);

#endif
