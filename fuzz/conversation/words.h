/* words.h – what members and parameters of a conversation may hold: ids that earlier answers gave, addresses of the
 * hostile peer, and texts that have broken other programs. */
#ifndef GREFFIER_FUZZ_WORDS_H
#define GREFFIER_FUZZ_WORDS_H

#include <jansson.h>

#include "base/buf.h"
#include "conversation/choices.h"

#define WORDS_MAX 96
#define WORD_LENGTH_MAX 200

#define COLLECTION_MAX 32

struct words {
	char collection[WORDS_MAX][COLLECTION_MAX]; /* where a word is an id: "endpoints"; "" for others */
	char list[WORDS_MAX][WORD_LENGTH_MAX];
	size_t count;
	unsigned peer_port;
};

void words_begin(struct words *words, unsigned peer_port);
void words_add(struct words *words, const char *collection, const char *word);
/* Every id in an answer of that collection: the texts of members named id, uid, or …Id. */
void words_harvest(struct words *words, const char *collection, const json_t *answer);
/* One of them, lent until the next call; never NULL. */
const char *words_choose(struct words *words, struct choices *choices);
/* The same, mostly of one collection. */
const char *words_choose_of(struct words *words, const char *collection, struct choices *choices);
/* A URL: of the peer, of a closed port, of a forbidden network … */
const char *words_choose_url(struct words *words, struct choices *choices);

#endif
