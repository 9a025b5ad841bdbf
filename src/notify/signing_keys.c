/* signing_keys.c – see signing_keys.h. */
#include "notify/signing_keys.h"

#include <string.h>

#include "access/audit.h"
#include "base/ensure.h"
#include "base/json.h"
#include "crypto/random.h"
#include "store/signing_key_store.h"

#define ID_PREFIX "sk_"
#define ID_RANDOM_LENGTH 12

static const char *context_of(struct arena *arena, const char *account, const char *id)
{
	return arena_printf(arena, "signing_key:%s:%s", account, id);
}

bool signing_seeds_open(struct db *db, const struct keyring *keyring, struct arena *arena,
			const char *account, struct wall_time now,
			struct signing_seed ret_seeds[SIGNING_KEYS_MAX], size_t *ret_count,
			struct error *err)
{
	struct signing_key *keys;
	size_t count;

	if (!signing_key_list(db, arena, account, now, &keys, &count, err))
		return false;
	ensure(count <= SIGNING_KEYS_MAX);
	for (size_t i = 0; i < count; i++) {
		struct bytes seed;
		if (!keyring_unseal(keyring, arena, context_of(arena, account, keys[i].id),
				    keys[i].seed_sealed, &seed, err))
			return false;
		ensure(seed.length == WEBHOOK_SEED_BYTES);
		ret_seeds[i].id = keys[i].id;
		memcpy(ret_seeds[i].seed, seed.data, WEBHOOK_SEED_BYTES);
	}
	*ret_count = count;
	return true;
}

static bool key_add(const struct context *context, struct txn *txn, struct error *err)
{
	unsigned char seed[WEBHOOK_SEED_BYTES], public_key[WEBHOOK_PUBLIC_KEY_BYTES];
	char random[ID_RANDOM_LENGTH + 1];

	random_base62(random, ID_RANDOM_LENGTH);
	webhook_key_make(seed, public_key);
	const char *id = arena_printf(context->arena, ID_PREFIX "%s", random);
	const struct signing_key key = {
		.account = context->account,
		.id = id,
		.public_key = {public_key, sizeof(public_key)},
		.seed_sealed = keyring_seal(context->keyring, context->arena,
					    context_of(context->arena, context->account, id),
					    (struct bytes){seed, sizeof(seed)}),
		.created = context->now,
	};
	explicit_bzero(seed, sizeof(seed));
	return signing_key_insert(txn_db(txn), &key, err) &&
	       audit_record(context, txn_db(txn), "signing-key.create", id, NULL, err);
}

bool signing_key_ensure(const struct context *context, struct txn *txn, struct error *err)
{
	struct signing_key *keys;
	size_t count;

	return signing_key_list(txn_db(txn), context->arena, context->account, context->now, &keys,
				&count, err) &&
	       (count > 0 || key_add(context, txn, err));
}

json_t *signing_keys_read(const struct context *context, struct error *err)
{
	struct signing_key *keys;
	size_t count;

	if (!signing_key_list(session_db(context->session), context->arena, context->account,
			      wall_from_us(0), &keys, &count, err))
		return NULL;
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(
			results,
			json_pack("{s:s, s:s, s:s, s:o, s:o}", "id", keys[i].id, "algorithm",
				  "Ed25519", "publicKey",
				  webhook_public_key_text(context->arena, keys[i].public_key.data),
				  "createdDate", json_date(keys[i].created), "retiresDate",
				  keys[i].retires.us ? json_date(keys[i].retires) : json_null()));
	return json_pack("{s:o}", "keys", results);
}

bool overlap_read(const json_t *body, int64_t *ret_hours, struct error *err)
{
	*ret_hours = OVERLAP_DEFAULT_H;
	return json_get_int(body, "overlapHours", NULL, ret_hours, err) &&
	       ((*ret_hours >= 0 && *ret_hours <= OVERLAP_MAX_H) ||
		error_set(err, ERROR_INVALID_FIELD, "overlapHours: 0 to %d", OVERLAP_MAX_H));
}

json_t *signing_keys_rotate(const struct context *context, const json_t *body, struct error *err)
{
	int64_t hours;

	if (!overlap_read(body, &hours, err))
		return NULL;
	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn ||
	    !signing_key_retire(txn_db(txn), context->account,
				wall_add(context->now, duration_s(hours * 3600)), err) ||
	    !key_add(context, txn, err) || !txn_commit(&txn, err))
		return NULL;
	return signing_keys_read(context, err);
}
