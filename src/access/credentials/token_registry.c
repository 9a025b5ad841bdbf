/* token_registry.c – a snapshot of what the store has, replaced as a whole. Whoever reads one holds
 * a count on it, so that a replacement does not wait for readers. */
#include "access/credentials/token_registry.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "access/audit.h"
#include "base/ensure.h"
#include "base/json.h"
#include "crypto/random.h"
#include "store/oauth_store.h"

#define DAY_S ((int64_t)86400)
#define KID_RANDOM 11
#define ACCESS_TOKEN_TYPE "at+jwt" /* RFC 9068 section 2.1 */

struct signing_key {
	char kid[32];
	struct jose_key *key;
	json_t *public_jwk;
	struct wall_time created, retired;
};

struct snapshot {
	atomic_int holders;
	struct signing_key keys[OAUTH_KEYS_MAX];
	size_t key_count;
	unsigned char (*revoked)[KEYED_HASH_BYTES]; /* sorted */
	size_t revoked_count;
};

struct token_registry {
	const struct keyring *keyring;
	const struct store *store;
	pthread_mutex_t lock;
	struct snapshot *current; /* NULL: to be read */
	uint64_t generation;
};

static void snapshot_release(struct snapshot *snapshot)
{
	if (!snapshot || atomic_fetch_sub(&snapshot->holders, 1) != 1)
		return;
	for (size_t i = 0; i < snapshot->key_count; i++) {
		jose_key_free(snapshot->keys[i].key);
		json_decref(snapshot->keys[i].public_jwk);
	}
	free(snapshot->revoked);
	free(snapshot);
}
DEFINE_SCOPED(snapshot, snapshot_release)

struct token_registry *token_registry_new(const struct keyring *keyring, const struct store *store)
{
	struct token_registry *registry = calloc(1, sizeof(*registry));

	ensure(registry && pthread_mutex_init(&registry->lock, NULL) == 0);
	registry->keyring = keyring;
	registry->store = store;
	return registry;
}

void token_registry_drop(struct token_registry *registry)
{
	pthread_mutex_lock(&registry->lock);
	struct snapshot *old = registry->current;
	registry->current = NULL;
	registry->generation++;
	pthread_mutex_unlock(&registry->lock);
	snapshot_release(old);
}

void token_registry_free(struct token_registry *registry)
{
	if (!registry)
		return;
	token_registry_drop(registry);
	pthread_mutex_destroy(&registry->lock);
	free(registry);
}

/* ---- reading ---- */

static bool key_read(const struct token_registry *registry, struct arena *arena,
		     const struct oauth_key *stored, struct signing_key *key, struct error *err)
{
	struct bytes private_jwk;

	if (!keyring_unseal(registry->keyring, arena,
			    arena_printf(arena, "oauth_key:%s", stored->kid),
			    stored->private_sealed, &private_jwk, err))
		return false;
	key->key = jose_key_load(private_jwk);
	key->public_jwk = json_loads(stored->public_jwk, 0, NULL);
	ensure(key->key && key->public_jwk && strlen(stored->kid) < sizeof(key->kid));
	memcpy(key->kid, stored->kid, strlen(stored->kid) + 1);
	key->created = stored->created;
	key->retired = stored->retired;
	return true;
}

static int by_hash(const void *a, const void *b)
{
	return memcmp(a, b, KEYED_HASH_BYTES);
}

static bool snapshot_fill(const struct token_registry *registry, struct session *session,
			  struct arena *arena, struct wall_time now, struct snapshot *snapshot,
			  struct error *err)
{
	struct oauth_key *keys;
	struct revoked_token *revoked;
	size_t key_count, revoked_count;
	struct wall_time forgotten = wall_add(now, duration_s(-OAUTH_KEY_KEPT_DAYS * DAY_S));

	if (!oauth_key_list(session_db(session), arena, &keys, &key_count, err) ||
	    !revoked_token_list(session_db(session), arena, now, REVOKED_TOKENS_KEPT, &revoked,
				&revoked_count, err))
		return false;
	for (size_t i = 0; i < key_count; i++) {
		if (keys[i].retired.us && keys[i].retired.us < forgotten.us)
			continue;
		if (!key_read(registry, arena, &keys[i], &snapshot->keys[snapshot->key_count], err))
			return false;
		snapshot->key_count++;
	}
	snapshot->revoked = calloc(revoked_count + 1, KEYED_HASH_BYTES);
	ensure(snapshot->revoked);
	for (size_t i = 0; i < revoked_count; i++)
		memcpy(snapshot->revoked[i], revoked[i].hash.data, KEYED_HASH_BYTES);
	qsort(snapshot->revoked, revoked_count, KEYED_HASH_BYTES, by_hash);
	snapshot->revoked_count = revoked_count;
	return true;
}

static struct snapshot *current_hold(struct token_registry *registry, uint64_t *ret_generation)
{
	const bool is_deaf = registry->store && !store_hears(registry->store);

	pthread_mutex_lock(&registry->lock);
	struct snapshot *snapshot = is_deaf ? NULL : registry->current;
	if (snapshot)
		atomic_fetch_add(&snapshot->holders, 1);
	*ret_generation = registry->generation;
	pthread_mutex_unlock(&registry->lock);
	return snapshot;
}

/* Held for the caller. NULL: it must be read and there is no session (no error then), or the store
 * refuses. */
static struct snapshot *snapshot_hold(struct token_registry *registry, struct session *session,
				      struct wall_time now, struct error *err)
{
	uint64_t generation;
	struct snapshot *snapshot = current_hold(registry, &generation);

	if (snapshot || !session)
		return snapshot;
	scoped(arena) struct arena *arena = arena_new();
	snapshot = calloc(1, sizeof(*snapshot));
	ensure(snapshot);
	atomic_init(&snapshot->holders, 1);
	if (!snapshot_fill(registry, session, arena, now, snapshot, err)) {
		snapshot_release(snapshot);
		return NULL;
	}
	pthread_mutex_lock(&registry->lock);
	if (!registry->current && registry->generation == generation) {
		atomic_fetch_add(&snapshot->holders, 1);
		registry->current = snapshot;
	}
	pthread_mutex_unlock(&registry->lock);
	return snapshot;
}

/* ---- what callers ask ---- */

struct bytes token_hash(const struct keyring *keyring, struct arena *arena, const char *token)
{
	unsigned char *hash = arena_alloc(arena, KEYED_HASH_BYTES);

	keyring_hash(keyring, token, strlen(token), hash);
	return (struct bytes){hash, KEYED_HASH_BYTES};
}

/* A jti is hashed as another kind of text than a token, so that neither passes for the other. */
static void jti_hash(const struct keyring *keyring, const char *jti,
		     unsigned char hash[KEYED_HASH_BYTES])
{
	scoped(arena) struct arena *arena = arena_new();
	const char *text = arena_printf(arena, "jti:%s", jti);

	keyring_hash(keyring, text, strlen(text), hash);
}

static bool stands_revoked(const struct snapshot *snapshot,
			   const unsigned char hash[KEYED_HASH_BYTES])
{
	return bsearch(hash, snapshot->revoked, snapshot->revoked_count, KEYED_HASH_BYTES,
		       by_hash) != NULL;
}

bool token_registry_is_revoked(struct token_registry *registry, struct session *session,
			       const char *token, const char *jti, struct wall_time now,
			       bool *ret_revoked, bool *ret_needs_store, struct error *err)
{
	unsigned char hash[KEYED_HASH_BYTES];
	scoped(snapshot) struct snapshot *snapshot = snapshot_hold(registry, session, now, err);

	*ret_needs_store = !snapshot && !session;
	if (!snapshot)
		return false;
	*ret_revoked = false;
	if (snapshot->revoked_count == 0)
		return true;
	keyring_hash(registry->keyring, token, strlen(token), hash);
	*ret_revoked = stands_revoked(snapshot, hash);
	if (!*ret_revoked && *jti) {
		jti_hash(registry->keyring, jti, hash);
		*ret_revoked = stands_revoked(snapshot, hash);
	}
	return true;
}

/* The text too: a node of version 0.3 beside this one knows revoked tokens by it. */
bool token_registry_revoke(const struct keyring *keyring, struct db *db, const char *account,
			   const char *token, const char *jti, struct wall_time expires,
			   struct error *err)
{
	unsigned char hash[KEYED_HASH_BYTES];

	keyring_hash(keyring, token, strlen(token), hash);
	if (!revoked_token_insert(db, account, (struct bytes){hash, sizeof(hash)}, expires, err))
		return false;
	if (!*jti)
		return true;
	jti_hash(keyring, jti, hash);
	return revoked_token_insert(db, account, (struct bytes){hash, sizeof(hash)}, expires, err);
}

static const struct signing_key *key_of(const struct snapshot *snapshot, const char *kid)
{
	for (size_t i = 0; i < snapshot->key_count; i++) {
		if (strcmp(snapshot->keys[i].kid, kid) == 0)
			return &snapshot->keys[i];
	}
	return NULL;
}

json_t *token_registry_verify(struct token_registry *registry, struct session *session,
			      const char *token, struct wall_time now, struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	scoped(snapshot) struct snapshot *snapshot = snapshot_hold(registry, session, now, err);
	const char *algorithm, *kid;

	if (!snapshot)
		return NULL;
	const struct signing_key *key = jose_header(arena, token, &algorithm, &kid)
						? key_of(snapshot, kid)
						: NULL;
	json_t *claims = key ? jose_verify(key->key, "ES256", token) : NULL;
	/* Tokens of version 0.3 may have either s; they are over within a day. */
	const bool must_be_low = json_integer_value(json_object_get(claims, "ver")) >=
				 ACCESS_TOKEN_VERSION;
	if (claims && (!must_be_low || jose_signature_is_low(token)))
		return claims;
	json_decref(claims);
	(void)error_set(err, ERROR_INVALID_CREDENTIALS, NULL);
	return NULL;
}

static bool key_make(const struct keyring *keyring, struct db *db, struct arena *arena,
		     struct wall_time now, const char **ret_kid, struct error *err)
{
	const char *private_jwk, *public_jwk;
	char random[KID_RANDOM + 1];

	/* With the header's first members before it, 27 bytes: base64 of a token's start is the
	 * same for all, which is what scanners look for. */
	random_base62(random, KID_RANDOM);
	const char *kid = arena_printf(arena, "%sjk%s", keyring_credential_prefix(keyring), random);
	jose_key_make(arena, kid, &private_jwk, &public_jwk);
	const struct oauth_key key = {
		.kid = kid,
		.private_sealed = keyring_seal(
			keyring, arena, arena_printf(arena, "oauth_key:%s", kid),
			(struct bytes){(const unsigned char *)private_jwk, strlen(private_jwk)}),
		.public_jwk = public_jwk,
		.created = now,
	};
	*ret_kid = kid;
	return oauth_key_retire_all(db, now,
				    wall_add(now, duration_s(-OAUTH_KEY_KEPT_DAYS * DAY_S)), err) &&
	       oauth_key_insert(db, &key, err);
}

static const struct signing_key *key_that_signs(const struct snapshot *snapshot,
						struct wall_time now)
{
	const struct signing_key *key = snapshot->key_count ? &snapshot->keys[0] : NULL;

	if (!key || key->retired.us ||
	    wall_since(now, key->created).us > OAUTH_KEY_LIFE_DAYS * DAY_S * 1000000)
		return NULL;
	return key;
}

static bool key_replace(struct token_registry *registry, struct session *session,
			struct arena *arena, struct wall_time now, struct error *err)
{
	const char *kid;
	scoped(txn) struct txn *txn = txn_begin(session, err);

	if (!txn || !key_make(registry->keyring, txn_db(txn), arena, now, &kid, err))
		return false;
	txn_announce(txn, STORE_TOPIC_ACCESS);
	if (!txn_commit(&txn, err))
		return false;
	token_registry_drop(registry);
	return true;
}

const char *token_registry_sign(struct token_registry *registry, struct session *session,
				struct arena *arena, const char *claims, struct wall_time now,
				struct error *err)
{
	for (int attempt = 0; attempt < 2; attempt++) {
		scoped(snapshot) struct snapshot *snapshot = snapshot_hold(registry, session, now,
									   err);
		if (!snapshot)
			return NULL;
		const struct signing_key *key = key_that_signs(snapshot, now);
		if (key)
			return jose_sign(key->key, arena, key->kid, ACCESS_TOKEN_TYPE, claims);
		if (!key_replace(registry, session, arena, now, err))
			return NULL;
	}
	(void)error_set(err, ERROR_UNEXPECTED, "the new signing key cannot be read back");
	return NULL;
}

json_t *token_registry_public_keys(struct token_registry *registry, struct session *session,
				   struct wall_time now, struct error *err)
{
	scoped(snapshot) struct snapshot *snapshot = snapshot_hold(registry, session, now, err);
	if (!snapshot)
		return NULL;
	json_t *keys = json_array();
	for (size_t i = 0; i < snapshot->key_count; i++) {
		json_t *jwk = json_copy(snapshot->keys[i].public_jwk);
		json_object_set_new(jwk, "use", json_string("sig"));
		json_object_set_new(jwk, "alg", json_string("ES256"));
		json_array_append_new(keys, jwk);
	}
	return json_pack("{s:o}", "keys", keys);
}

bool oauth_key_rotate(const struct context *context, const char **ret_kid, struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(context->session, err);

	if (!txn ||
	    !key_make(context->keyring, txn_db(txn), context->arena, context->now, ret_kid, err) ||
	    !audit_record(context, txn_db(txn), "oauth_key.rotate", *ret_kid, NULL, err))
		return error_wrap(err, "replacing the signing key");
	txn_announce(txn, STORE_TOPIC_ACCESS);
	return txn_commit(&txn, err);
}
