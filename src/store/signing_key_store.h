/* signing_key_store.h – the Ed25519 keys with which accounts sign notifications and manifests. */
#ifndef GREFFIER_STORE_SIGNING_KEY_STORE_H
#define GREFFIER_STORE_SIGNING_KEY_STORE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "store/store.h"

struct signing_key {
	const char *account;
	const char *id;          /* "sk_…" */
	struct bytes public_key; /* 32 bytes */
	struct bytes seed_sealed; /* context "signing_key:<account>:<id>" */
	struct wall_time created;
	struct wall_time retires; /* 0: in use; otherwise it signs until then */
};

MUST_CHECK bool signing_key_insert(struct db *db, const struct signing_key *key, struct error *err);
/* Lists the keys that sign at `now`, newest first. */
MUST_CHECK bool signing_key_list(struct db *db, struct arena *arena, const char *account,
				 struct wall_time now, struct signing_key **ret_keys, size_t *ret_count,
				 struct error *err);
/* Sets the end of all keys in use to `retires`. In a txn. */
MUST_CHECK bool signing_key_retire(struct db *db, const char *account, struct wall_time retires,
				   struct error *err);

#endif
