/* signing_keys.h – an account's Ed25519 keys, which sign notifications (v1a) and manifests. */
#ifndef GREFFIER_NOTIFY_SIGNING_KEYS_H
#define GREFFIER_NOTIFY_SIGNING_KEYS_H

#include <jansson.h>

#include "context/context.h"
#include "crypto/webhook_signature.h"

#define SIGNING_KEYS_MAX 16

struct signing_seed {
	const char *id;
	unsigned char seed[WEBHOOK_SEED_BYTES];
};

/* Opens the keys that sign at `now`, newest first. None when the account never asked for one. */
MUST_CHECK bool signing_seeds_open(struct db *db, const struct keyring *keyring, struct arena *arena,
				   const char *account, struct wall_time now,
				   struct signing_seed ret_seeds[SIGNING_KEYS_MAX], size_t *ret_count,
				   struct error *err);
/* Makes the account's first key unless it has one. In a txn. */
MUST_CHECK bool signing_key_ensure(const struct context *context, struct txn *txn,
				   struct error *err);
/* Returns {"keys": [{"id", "algorithm", "publicKey" (whpk_…), "createdDate", "retiresDate"}]} as
 * a new reference: newest first, including retired keys, whose signatures must remain
 * verifiable. */
json_t *signing_keys_read(const struct context *context, struct error *err);

/* How many hours a replaced key or signing secret stays valid next to the new one. */
#define OVERLAP_DEFAULT_H 24
#define OVERLAP_MAX_H (30 * 24)
/* Reads `overlapHours` of a body. */
MUST_CHECK bool overlap_read(const json_t *body, int64_t *ret_hours, struct error *err);

/* Makes a new key. The others also sign for `overlapHours` of the body. Returns the same as
 * signing_keys_read. */
json_t *signing_keys_rotate(const struct context *context, const json_t *body,
			    struct error *err);

#endif
