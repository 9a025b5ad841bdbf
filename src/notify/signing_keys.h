/* signing_keys.h – an account's Ed25519 keys: what webhook signatures v1a and manifests are made with. */
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

/* Those that sign at `now`, the newest first. None: the account never asked for one. */
MUST_CHECK bool signing_seeds_open(struct db *db, const struct keyring *keyring, struct arena *arena,
				   const char *account, struct wall_time now,
				   struct signing_seed ret_seeds[SIGNING_KEYS_MAX], size_t *ret_count,
				   struct error *err);
/* Makes the account's first key, unless it has one. In a txn. */
MUST_CHECK bool signing_key_ensure(const struct context *context, struct txn *txn,
				   struct error *err);
/* {"keys": [{"id", "algorithm", "publicKey" (whpk_…), "createdDate", "retiresDate"}]}: the newest, those that sign no more too, so
 * that what they have signed can be checked. New reference. */
json_t *signing_keys_read(const struct context *context, struct error *err);

/* How long what was replaced – a key, or an endpoint's signing secret – goes on beside the new one: hours. */
#define OVERLAP_DEFAULT_H 24
#define OVERLAP_MAX_H (30 * 24)
/* `overlapHours` of a body. */
MUST_CHECK bool overlap_read(const json_t *body, int64_t *ret_hours, struct error *err);

/* A new key; the others sign beside it for `overlapHours` of the body. Answers like signing_keys_read. */
json_t *signing_keys_rotate(const struct context *context, const json_t *body,
			    struct error *err);

#endif
