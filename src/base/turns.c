/* turns.c – see turns.h. */
#include "base/turns.h"

#include <stddef.h>

/* FNV-1a. */
uint64_t turns_key(const char *name)
{
	uint64_t hash = 14695981039346656037u;

	if (!name || !*name)
		return 0;
	for (; *name; name++)
		hash = (hash ^ (unsigned char)*name) * 1099511628211u;
	return hash ? hash : 1;
}

void turns_init(struct turns *turns)
{
	*turns = (struct turns){.last = &turns->first};
}

static void key_append(struct turns *turns, struct turn *head)
{
	head->next_key = NULL;
	*turns->last = head;
	turns->last = &head->next_key;
}

static struct turn *head_of(const struct turns *turns, uint64_t key)
{
	struct turn *head = turns->first;

	while (head && head->key != key)
		head = head->next_key;
	return head;
}

void turns_add(struct turns *turns, struct turn *turn, uint64_t key)
{
	struct turn *head = head_of(turns, key);

	*turn = (struct turn){.key = key, .last_of_key = turn, .count = 1};
	if (!head) {
		key_append(turns, turn);
		return;
	}
	head->last_of_key->next_of_key = turn;
	head->last_of_key = turn;
	head->count++;
}

unsigned turns_count(const struct turns *turns, uint64_t key)
{
	const struct turn *head = head_of(turns, key);

	return head ? head->count : 0;
}

bool turns_has_others(const struct turns *turns, uint64_t key)
{
	return turns->first && (turns->first->key != key || turns->first->next_key);
}

struct turn *turns_take(struct turns *turns)
{
	struct turn *turn = turns->first;

	if (!turn)
		return NULL;
	turns->first = turn->next_key;
	if (!turns->first)
		turns->last = &turns->first;
	struct turn *head = turn->next_of_key;
	if (head) {
		head->last_of_key = turn->last_of_key;
		head->count = turn->count - 1;
		key_append(turns, head);
	}
	return turn;
}
