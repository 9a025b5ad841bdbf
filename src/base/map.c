/* map.c – chains in a table that doubles: an entry never moves, so the caller may point at it. */
#include "base/map.h"

#include <stdlib.h>
#include <string.h>

#include <sodium.h>

#include "base/ensure.h"

#define FIRST_SLOTS 16 /* a power of two, as all sizes are */

void map_init(struct map *map)
{
	_Static_assert(sizeof(map->secret) == crypto_shorthash_KEYBYTES, "SipHash's key");
	*map = (struct map){.slot_count = FIRST_SLOTS};
	map->slots = calloc(FIRST_SLOTS, sizeof(*map->slots));
	ensure(map->slots);
	randombytes_buf(map->secret, sizeof(map->secret));
}

void map_done(struct map *map)
{
	free(map->slots);
	map->slots = NULL;
}

uint64_t map_hash(const struct map *map, const void *key, size_t length)
{
	uint64_t hash;

	_Static_assert(sizeof(hash) == crypto_shorthash_BYTES, "SipHash's result");
	crypto_shorthash((unsigned char *)&hash, key, length, map->secret);
	return hash;
}

uint64_t map_hash_text(const struct map *map, const char *key)
{
	return map_hash(map, key, strlen(key));
}

static struct map_entry **slot_of(const struct map *map, uint64_t hash)
{
	return &map->slots[hash & (map->slot_count - 1)];
}

struct map_entry *map_find(const struct map *map, uint64_t hash,
			   bool (*is)(const struct map_entry *entry, const void *key),
			   const void *key)
{
	for (struct map_entry *entry = *slot_of(map, hash); entry; entry = entry->next) {
		if (entry->hash == hash && is(entry, key))
			return entry;
	}
	return NULL;
}

static void entry_put(struct map *map, struct map_entry *entry)
{
	struct map_entry **slot = slot_of(map, entry->hash);

	entry->next = *slot;
	*slot = entry;
}

static void grow(struct map *map)
{
	struct map_entry **old = map->slots;
	const size_t old_count = map->slot_count;

	map->slot_count *= 2;
	map->slots = calloc(map->slot_count, sizeof(*map->slots));
	ensure(map->slots);
	for (size_t i = 0; i < old_count; i++) {
		for (struct map_entry *entry = old[i], *next; entry; entry = next) {
			next = entry->next;
			entry_put(map, entry);
		}
	}
	free(old);
}

void map_add(struct map *map, uint64_t hash, struct map_entry *entry)
{
	if (map->count == map->slot_count)
		grow(map);
	entry->hash = hash;
	entry_put(map, entry);
	map->count++;
}

void map_remove(struct map *map, struct map_entry *entry)
{
	struct map_entry **link = slot_of(map, entry->hash);

	while (*link != entry) {
		ensure(*link); /* it is in this map */
		link = &(*link)->next;
	}
	*link = entry->next;
	entry->next = NULL;
	map->count--;
}

void map_clear(struct map *map)
{
	if (map->count > 0)
		memset(map->slots, 0, map->slot_count * sizeof(*map->slots));
	map->count = 0;
}

static struct map_entry *first_from(const struct map *map, size_t slot)
{
	while (slot < map->slot_count && !map->slots[slot])
		slot++;
	return slot < map->slot_count ? map->slots[slot] : NULL;
}

struct map_entry *map_first(const struct map *map)
{
	return first_from(map, 0);
}

struct map_entry *map_next(const struct map *map, const struct map_entry *entry)
{
	return entry->next ? entry->next
			   : first_from(map, (entry->hash & (map->slot_count - 1)) + 1);
}
