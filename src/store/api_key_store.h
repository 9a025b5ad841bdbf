/* api_key_store.h – API keys. A user has one current key per account, and older keys until their
 * overlap ends. */
#ifndef GREFFIER_STORE_API_KEY_STORE_H
#define GREFFIER_STORE_API_KEY_STORE_H

#include "store/account_store.h"

struct api_key {
	const char *account;
	const char *uid;
	struct bytes hash;   /* keyring_hash of the whole key */
	struct bytes sealed; /* context "user.api_key:<uid>" */
	struct wall_time created;
	struct wall_time valid_until; /* 0: this is the current key */
	struct wall_time last_used;   /* 0: never */
	const char *last_used_address;
};

MUST_CHECK bool api_key_insert(struct db *db, const struct api_key *key, struct error *err);
MUST_CHECK bool api_key_find(struct db *db, struct arena *arena, struct bytes hash,
			     struct api_key *ret_key, bool *ret_found, struct error *err);
/* Finds the current key of a user. */
MUST_CHECK bool api_key_find_current(struct db *db, struct arena *arena, const char *account,
				     const char *uid, struct api_key *ret_key, bool *ret_found,
				     struct error *err);
/* Lists the keys that are valid at `now`, newest first, at most `limit`. `uid` NULL selects all
 * users. */
MUST_CHECK bool api_key_list(struct db *db, struct arena *arena, const char *account, const char *uid,
			     struct wall_time now, int64_t limit, struct api_key **ret_keys,
			     size_t *ret_count, struct error *err);
/* Ends keys at `until`: those without an end, and those with a later end. *ret_count is their
 * number. */
MUST_CHECK bool api_key_end(struct db *db, const char *account, const char *uid,
			    struct wall_time until, int64_t *ret_count, struct error *err);
MUST_CHECK bool api_key_note_use(struct db *db, struct bytes hash, struct wall_time at,
				 const char *address, struct error *err);

#endif
