/* map.h – the hash map of this program: finds the caller's structs by a key inside them. Not
 * thread-safe: its owner has the lock.
 *
 * An entry embeds a `struct map_entry`, so that adding allocates nothing except, occasionally, a
 * larger table. The map does not own its entries. Hashes are keyed with a random secret
 * (SipHash-2-4), so that strangers who choose keys cannot cause collisions. The alternative,
 * uthash, consists of macros, needs a package, and has no keyed hash.
 *
 * Two other tables are not maps: `access/rate_limit.c` forgets keys when a slot is taken, and
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

/* May be copied and moved by value. */
struct map {
	struct map_entry **slots;
	size_t slot_count, count;
	unsigned char secret[16];
};

/* Returns the struct that holds `entry` as its member `member`; NULL for NULL. */
#define map_of(entry, type, member) ((type *)map_container((entry), offsetof(type, member)))

void map_init(struct map *map);
/* Frees the table. The caller frees the entries, before or afterwards. */
void map_done(struct map *map);

uint64_t map_hash(const struct map *map, const void *key, size_t length);
uint64_t map_hash_text(const struct map *map, const char *key);

/* Returns the entry with that hash for which `is` returns true; NULL when there is none. */
struct map_entry *map_find(const struct map *map, uint64_t hash,
			   bool (*is)(const struct map_entry *entry, const void *key), const void *key);
/* Adds an entry. The key must not be in the map. */
void map_add(struct map *map, uint64_t hash, struct map_entry *entry);
/* Removes an entry, which must be in the map. */
void map_remove(struct map *map, struct map_entry *entry);
/* Removes all entries and keeps the table's size. */
void map_clear(struct map *map);

/* Iterate over all entries in no order: `for (e = map_first(m); e; e = map_next(m, e))`. Before
 * removing or freeing an entry, get the next one. */
struct map_entry *map_first(const struct map *map);
struct map_entry *map_next(const struct map *map, const struct map_entry *entry);

static inline void *map_container(const struct map_entry *entry, size_t offset)
{
	return entry ? (void *)((uintptr_t)entry - offset) : NULL;
}

#endif
