/* turns.h – a queue that is fair between keys: first in, first out within one key, round robin
 * between keys.
 *
 * An owner of a thousand entries delays the others by one entry at a time. Memory only; the
 * caller locks. Entries belong to the caller and are linked in place, so nothing here can fail.
 * Adding an entry costs one comparison per other key in the queue. */
#ifndef GREFFIER_BASE_TURNS_H
#define GREFFIER_BASE_TURNS_H

#include <stdbool.h>
#include <stdint.h>

/* One queue entry, embedded in the caller's object. Filled by turns_add. */
struct turn {
	uint64_t key;
	/* last_of_key: valid in the first entry of its key only */
	struct turn *next_of_key, *last_of_key;
	struct turn *next_key;                  /* valid in the first entry of its key only */
	/* number of the key's entries; valid in its first entry only */
	unsigned count;
};

struct turns {
	struct turn *first, **last; /* the first entry of each key, in the order of their turns */
};

/* Makes the key of a name such as an account's id. NULL and "" have key 0, which is an ordinary
 * key. Names must not be chosen by strangers: two names with the same key would share turns. */
uint64_t turns_key(const char *name);

void turns_init(struct turns *turns);
void turns_add(struct turns *turns, struct turn *turn, uint64_t key);
/* Tells whether the queue holds an entry of another key. */
bool turns_has_others(const struct turns *turns, uint64_t key);
/* Number of entries of the key. */
unsigned turns_count(const struct turns *turns, uint64_t key);
/* Removes and returns the entry whose turn it is, and moves its key behind all others. Returns
 * NULL when the queue is empty. */
struct turn *turns_take(struct turns *turns);

#endif
