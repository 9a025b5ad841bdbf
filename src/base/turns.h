/* turns.h – a queue in which each key has its turn: first in, first out for one key, round robin among keys.
 *
 * Whoever has a thousand entries in the queue delays everybody else by one of them. Pure memory; the caller locks. Entries are the
 * caller's and are linked in place, so nothing here can fail. Adding costs one comparison for each other key that waits. */
#ifndef GREFFIER_BASE_TURNS_H
#define GREFFIER_BASE_TURNS_H

#include <stdbool.h>
#include <stdint.h>

/* One entry, embedded in what waits. Filled by turns_add. */
struct turn {
	uint64_t key;
	struct turn *next_of_key, *last_of_key; /* the latter in the first entry of its key only */
	struct turn *next_key;                  /* likewise */
	unsigned count;                         /* of the key's entries; likewise */
};

struct turns {
	struct turn *first, **last; /* the first entry of each key, in the order of their turns */
};

/* The key of a name: an account's id. NULL and "" have key 0, which is a key as any other. Two names that are not chosen by
 * strangers never share a key in practice; if they did, they would share turns. */
uint64_t turns_key(const char *name);

void turns_init(struct turns *turns);
void turns_add(struct turns *turns, struct turn *turn, uint64_t key);
/* Whether an entry of another key waits. */
bool turns_has_others(const struct turns *turns, uint64_t key);
/* How many entries of the key wait. */
unsigned turns_count(const struct turns *turns, uint64_t key);
/* Takes out the entry whose turn it is; its key goes behind all others. NULL when nobody waits. */
struct turn *turns_take(struct turns *turns);

#endif
