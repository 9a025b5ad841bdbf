/* choices.h – an input of the fuzzer, read as a row of choices.
 *
 * When the input is used up every further choice is 0, so that a short input is a short conversation. */
#ifndef GREFFIER_FUZZ_CHOICES_H
#define GREFFIER_FUZZ_CHOICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct choices {
	const uint8_t *at, *end;
};

static inline bool choices_are_left(const struct choices *choices)
{
	return choices->at < choices->end;
}

static inline unsigned choose(struct choices *choices, unsigned count)
{
	return choices_are_left(choices) ? *choices->at++ % count : 0;
}

/* Up to `limit` bytes as they stand; `*ret_length` may be 0. */
static inline const uint8_t *choose_bytes(struct choices *choices, size_t limit, size_t *ret_length)
{
	size_t wanted = choose(choices, (unsigned)limit + 1);
	size_t left = (size_t)(choices->end - choices->at);
	const uint8_t *bytes = choices->at;

	*ret_length = wanted < left ? wanted : left;
	choices->at += *ret_length;
	return bytes;
}

#endif
