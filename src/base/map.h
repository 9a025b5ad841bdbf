/* map.h – the one hash map: finds structs of the caller's by a key that lies in them.
 *
 * An entry carries a `struct map_entry`, so that adding allocates nothing but, now and then, a larger table. The map owns no entry.
 * Hashes are keyed with a random secret (SipHash-2-4): whoever chooses the keys cannot choose collisions. Not thread-safe: its
 * owner has the lock. uthash (Debian: uthash-dev) was the alternative: macros, one more package to build with, and a hash that is
 * not keyed.
 *
 * Where a table is not this one, it is not a map: `access/rate_limit.c` forgets keys when a place is taken, and
 * `store/db_sqlite.c` looks up addresses of constants. */
#ifndef GREFFIER_BASE_MAP_H
#define GREFFIER_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct map_entry {
	struct map_entry *next; /* in its slot */
	uint64_t hash;
};

/* May be copied and moved as a value. */
struct map {
	struct map_entry **slots;
	size_t slot_count, count;
	unsigned char secret[16];
};

/* The struct that holds `entry` as its member `member`; NULL for NULL. */
#define map_of(entry, type, member) ((type *)map_container((entry), offsetof(type, member)))

void map_init(struct map *map);
/* Entries are the caller's to free, before or after. */
void map_done(struct map *map);

uint64_t map_hash(const struct map *map, const void *key, size_t length);
uint64_t map_hash_text(const struct map *map, const char *key);

/* The entry of that hash for which `is` is true; NULL when there is none. */
struct map_entry *map_find(const struct map *map, uint64_t hash,
			   bool (*is)(const struct map_entry *entry, const void *key), const void *key);
/* The caller knows that its key is not there. */
void map_add(struct map *map, uint64_t hash, struct map_entry *entry);
/* It must be there. */
void map_remove(struct map *map, struct map_entry *entry);
/* Without entries, as large as it was. */
void map_clear(struct map *map);

/* All entries, in no order: `for (e = map_first(m); e; e = map_next(m, e))`. To remove or free one, take its next first. */
struct map_entry *map_first(const struct map *map);
struct map_entry *map_next(const struct map *map, const struct map_entry *entry);

static inline void *map_container(const struct map_entry *entry, size_t offset)
{
	return entry ? (void *)((uintptr_t)entry - offset) : NULL;
}

#endif
