/* identity_cache.c – a hash table with open addressing under a reader-writer lock. */
#include "access/identity/identity_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/ensure.h"

#define SLOTS (IDENTITY_CACHE_ENTRIES_MAX * 2)
#define FIRST_SLOTS 64

struct identity_cache {
	pthread_rwlock_t lock;
	unsigned char hash_key[crypto_shorthash_KEYBYTES]; /* strangers choose the ids */
	struct identity **slots;			   /* grows with use; a power of two */
	size_t slot_count, count;
	uint64_t generation;
	const struct store *store; /* NULL: nobody else changes anything */
};

struct identity_cache *identity_cache_new(void)
{
	struct identity_cache *cache = calloc(1, sizeof(*cache));
	ensure(cache && pthread_rwlock_init(&cache->lock, NULL) == 0);
	crypto_shorthash_keygen(cache->hash_key);
	cache->slot_count = FIRST_SLOTS;
	cache->slots = calloc(cache->slot_count, sizeof(*cache->slots));
	ensure(cache->slots);
	return cache;
}

static void entries_free(struct identity_cache *cache)
{
	for (size_t i = 0; i < cache->slot_count; i++) {
		free(cache->slots[i]);
		cache->slots[i] = NULL;
	}
	cache->count = 0;
}

void identity_cache_free(struct identity_cache *cache)
{
	if (!cache)
		return;
	entries_free(cache);
	free(cache->slots);
	pthread_rwlock_destroy(&cache->lock);
	free(cache);
}

/* The slot that holds `id`, or the empty one where it belongs. */
static struct identity **slot_of(const struct identity_cache *cache, struct identity **slots,
				 size_t slot_count, const char *id)
{
	uint64_t hash;
	crypto_shorthash((unsigned char *)&hash, (const unsigned char *)id, strlen(id),
			 cache->hash_key);
	size_t at = hash & (slot_count - 1);
	while (slots[at] && strcmp(slots[at]->id, id) != 0)
		at = (at + 1) & (slot_count - 1);
	return &slots[at];
}

void identity_cache_follow(struct identity_cache *cache, const struct store *store)
{
	cache->store = store;
}

bool identity_cache_get(struct identity_cache *cache, const char *id, struct identity *ret_identity)
{
	if (cache->store && !store_hears(cache->store))
		return false;
	pthread_rwlock_rdlock(&cache->lock);
	const struct identity *found = *slot_of(cache, cache->slots, cache->slot_count, id);
	if (found)
		*ret_identity = *found;
	pthread_rwlock_unlock(&cache->lock);
	return found != NULL;
}

uint64_t identity_cache_generation(struct identity_cache *cache)
{
	pthread_rwlock_rdlock(&cache->lock);
	uint64_t generation = cache->generation;
	pthread_rwlock_unlock(&cache->lock);
	return generation;
}

static void grow(struct identity_cache *cache)
{
	size_t slot_count = cache->slot_count * 2;
	struct identity **slots = calloc(slot_count, sizeof(*slots));
	ensure(slots);
	for (size_t i = 0; i < cache->slot_count; i++) {
		if (cache->slots[i])
			*slot_of(cache, slots, slot_count, cache->slots[i]->id) = cache->slots[i];
	}
	free(cache->slots);
	cache->slots = slots;
	cache->slot_count = slot_count;
}

static void make_room(struct identity_cache *cache)
{
	if (cache->count >= IDENTITY_CACHE_ENTRIES_MAX)
		entries_free(cache);
	else if (cache->count * 2 >= cache->slot_count && cache->slot_count < SLOTS)
		grow(cache);
}

void identity_cache_put(struct identity_cache *cache, uint64_t generation,
			const struct identity *identity)
{
	pthread_rwlock_wrlock(&cache->lock);
	if (generation == cache->generation) {
		make_room(cache);
		struct identity **slot = slot_of(cache, cache->slots, cache->slot_count,
						 identity->id);
		if (!*slot) {
			struct identity *made = malloc(sizeof(*made));
			ensure(made);
			*slot = made;
			cache->count++;
		}
		**slot = *identity;
	}
	pthread_rwlock_unlock(&cache->lock);
}

void identity_cache_drop(struct identity_cache *cache)
{
	pthread_rwlock_wrlock(&cache->lock);
	cache->generation++;
	entries_free(cache);
	pthread_rwlock_unlock(&cache->lock);
}
