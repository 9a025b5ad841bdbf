/* manifest.c – see manifest.h.
 *
 * The hash is SHA-256 over a line for each event, in order: "<sequence> <id> <name> <SHA-256 of the
 * payload, hex>\n". The signature is Ed25519, with the account's newest key, over
 * "greffier-manifest-v1\n<accountId>\n<afterSequence>\n<throughSequence>\n
 * <count>\n<hash>\n<createdDate>\n". */
#include "notify/manifest.h"

#include <openssl/evp.h>
#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "base/shape_write.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "notify/payload.h"
#include "notify/signing_keys.h"
#include "store/event_store.h"

#define PAGE 500

static void event_hash(struct arena *arena, const struct event *event, EVP_MD_CTX *hash)
{
	unsigned char digest[SHA256_BYTES];

	if (event->expunged.us) {
		ensure(event->payload_digest.length == SHA256_BYTES);
		memcpy(digest, event->payload_digest.data, SHA256_BYTES);
	} else {
		const struct bytes payload = payload_build(arena, event);
		sha256(payload.data, payload.length, digest);
	}
	const char *line = arena_printf(arena, "%lld %s %s %s\n", (long long)event->sequence,
					event->id, event->type,
					hex_encode(arena, digest, sizeof(digest)));
	ensure(EVP_DigestUpdate(hash, line, strlen(line)) == 1);
}

static bool range_hash(const struct context *context, int64_t after, int64_t through,
		       EVP_MD_CTX *hash, int64_t *ret_count, struct error *err)
{
	int64_t count = 0;

	for (int64_t at = after; at < through;) {
		scoped(arena) struct arena *arena = arena_new();
		int64_t limit = through - at < PAGE ? through - at : PAGE;
		struct event *events;
		size_t found;
		if (!event_list(session_db(context->session), arena, context->account, at, limit,
				&events, &found, err))
			return false;
		for (size_t i = 0; i < found && events[i].sequence <= through; i++, count++)
			event_hash(arena, &events[i], hash);
		if (found == 0)
			break;
		at = events[found - 1].sequence;
	}
	*ret_count = count;
	return true;
}

static bool key_open(const struct context *context, struct signing_seed *ret_key, struct error *err)
{
	struct signing_seed seeds[SIGNING_KEYS_MAX];
	size_t count;

	scoped(txn) struct txn *txn = txn_begin(context->session, err);
	if (!txn || !signing_key_ensure(context, txn, err) ||
	    !signing_seeds_open(txn_db(txn), context->keyring, context->arena, context->account,
				context->now, seeds, &count, err) ||
	    !txn_commit(&txn, err))
		return false;
	ensure(count > 0);
	*ret_key = seeds[0];
	explicit_bzero(seeds, sizeof(seeds));
	return true;
}

/* What there is to sign. */
struct claim_of_range {
	int64_t after, through, count;
	const char *hash;
	char created[WALL_TIME_TEXT];
};

struct manifest {
	struct claim_of_range claim;
	bool is_complete;
	const char *account, *algorithm, *created, *key, *signature;
};

#define SHAPE_OF struct manifest
static const struct shape_member manifest_members[] = {
	{SHAPE_TEXT("accountId", account)},
	{SHAPE_INT("afterSequence", claim.after)},
	{SHAPE_INT("throughSequence", claim.through)},
	{SHAPE_INT("count", claim.count)},
	{SHAPE_BOOL("complete", is_complete)},
	{SHAPE_TEXT("hashAlgorithm", algorithm)},
	{SHAPE_TEXT("hash", claim.hash)},
	{SHAPE_TEXT("createdDate", created)},
	{SHAPE_TEXT("keyId", key)},
	{SHAPE_TEXT("signature", signature)},
};
static const struct shape manifest_shape = {SHAPE(manifest_members)};
#undef SHAPE_OF

static json_t *sign(const struct context *context, const struct claim_of_range *claim,
		    struct error *err)
{
	struct signing_seed key;
	const char *text = arena_printf(
		context->arena, "greffier-manifest-v1\n%s\n%lld\n%lld\n%lld\n%s\n%s\n",
		context->account, (long long)claim->after, (long long)claim->through,
		(long long)claim->count, claim->hash, claim->created);

	if (!key_open(context, &key, err))
		return NULL;
	const char *signature = webhook_sign_bytes(
		context->arena, key.seed,
		(struct bytes){(const unsigned char *)text, strlen(text)});
	explicit_bzero(&key.seed, sizeof(key.seed));
	const struct manifest manifest = {
		.claim = *claim,
		.is_complete = claim->count == claim->through - claim->after,
		.account = context->account,
		.algorithm = "SHA-256",
		.created = claim->created,
		.key = key.id,
		.signature = signature,
	};
	return shape_to_json(&manifest_shape, &manifest);
}

json_t *manifest_make(const struct context *context, int64_t after, int64_t through,
		      struct error *err)
{
	unsigned char digest[SHA256_BYTES];
	struct claim_of_range claim = {.after = after};
	int64_t last;

	if (!event_last(session_db(context->session), context->account, &last, err))
		return NULL;
	claim.through = through == 0 || through > last ? last : through;
	if (claim.after > claim.through)
		claim.after = claim.through;
	if (claim.through - claim.after > MANIFEST_EVENTS_MAX) {
		(void)error_set(err, ERROR_INVALID_FIELD, "through: at most %d events are allowed",
				MANIFEST_EVENTS_MAX);
		return NULL;
	}
	EVP_MD_CTX *hash = EVP_MD_CTX_new();
	ensure(hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1);
	bool ok = range_hash(context, claim.after, claim.through, hash, &claim.count, err);
	ensure(EVP_DigestFinal_ex(hash, digest, NULL) == 1);
	EVP_MD_CTX_free(hash);
	if (!ok)
		return NULL;
	claim.hash = hex_encode(context->arena, digest, sizeof(digest));
	wall_format(context->now, claim.created);
	return sign(context, &claim, err);
}
