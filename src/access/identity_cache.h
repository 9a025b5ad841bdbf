/* identity_cache.h – what checking a credential needs to know about apps and users, in memory.
 *
 * Filled from the store on a miss, dropped as a whole when credentials change here or elsewhere
 * (STORE_TOPIC_ACCESS). A value read before a drop is never put in after it: see the generation. Thread-safe. */
#ifndef GREFFIER_ACCESS_IDENTITY_CACHE_H
#define GREFFIER_ACCESS_IDENTITY_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "crypto/credential.h"
#include "crypto/keyring.h"
#include "store/account_store.h"

/* A client app, or a user; whichever `id` names. */
struct identity {
	char id[48]; /* client id or user uid: the key */
	char account[ACCOUNT_ID_LENGTH + 1];
	char owner[USER_UID_LENGTH + 1]; /* of the account */
	unsigned features;               /* of the account */
	bool live;                       /* app not revoked; user ACTIVE */
	uint32_t epoch;                  /* of an app */
	unsigned char secret_hash[KEYED_HASH_BYTES]; /* of the app's secret, or the user's API key */
};

struct identity_cache;

/* About 200 bytes an entry. When it is full it starts anew: a miss costs one read. */
#define IDENTITY_CACHE_ENTRIES_MAX 65536

struct identity_cache *identity_cache_new(void);
void identity_cache_free(struct identity_cache *cache);

/* Copies the entry out. */
bool identity_cache_get(struct identity_cache *cache, const char *id, struct identity *ret_identity);
/* Read it before reading the store, and hand it to _put: a drop in between makes _put do nothing. */
uint64_t identity_cache_generation(struct identity_cache *cache);
void identity_cache_put(struct identity_cache *cache, uint64_t generation,
			const struct identity *identity);
void identity_cache_drop(struct identity_cache *cache);

#endif
