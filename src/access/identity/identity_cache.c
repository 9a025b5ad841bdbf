/* identity_cache.c – a map under a reader-writer lock. */
#include "access/identity/identity_cache.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/map.h"

struct entry {
	struct map_entry link;
	struct identity identity;
};

struct identity_cache {
	pthread_rwlock_t lock;
	struct map entries;
	uint64_t generation;
	const struct store *store; /* NULL: nobody else changes anything */
};

struct identity_cache *identity_cache_new(void)
{
	struct identity_cache *cache = calloc(1, sizeof(*cache));
	ensure(cache && pthread_rwlock_init(&cache->lock, NULL) == 0);
	map_init(&cache->entries);
	return cache;
}

static void entries_free(struct identity_cache *cache)
{
	for (struct map_entry *link = map_first(&cache->entries), *next; link; link = next) {
		next = map_next(&cache->entries, link);
		free(map_of(link, struct entry, link));
	}
	map_clear(&cache->entries);
}

void identity_cache_free(struct identity_cache *cache)
{
	if (!cache)
		return;
	entries_free(cache);
	map_done(&cache->entries);
	pthread_rwlock_destroy(&cache->lock);
	free(cache);
}

static bool entry_is(const struct map_entry *link, const void *id)
{
	ensure(link);
	return strcmp(map_of(link, struct entry, link)->identity.id, id) == 0;
}

static struct entry *entry_find(const struct identity_cache *cache, const char *id)
{
	return map_of(map_find(&cache->entries, map_hash_text(&cache->entries, id), entry_is, id),
		      struct entry, link);
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
	const struct entry *found = entry_find(cache, id);
	if (found)
		*ret_identity = found->identity;
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

static struct entry *entry_add(struct identity_cache *cache, const char *id)
{
	struct entry *entry = malloc(sizeof(*entry));

	ensure(entry);
	if (cache->entries.count >= IDENTITY_CACHE_ENTRIES_MAX)
		entries_free(cache);
	map_add(&cache->entries, map_hash_text(&cache->entries, id), &entry->link);
	return entry;
}

void identity_cache_put(struct identity_cache *cache, uint64_t generation,
			const struct identity *identity)
{
	pthread_rwlock_wrlock(&cache->lock);
	if (generation == cache->generation) {
		struct entry *entry = entry_find(cache, identity->id);
		if (!entry)
			entry = entry_add(cache, identity->id);
		entry->identity = *identity;
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
