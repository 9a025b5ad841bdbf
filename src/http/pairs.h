/* pairs.h – parameters of a form or a query: application/x-www-form-urlencoded (WHATWG URL section 5). */
#ifndef GREFFIER_HTTP_PAIRS_H
#define GREFFIER_HTTP_PAIRS_H

#include "base/arena.h"
#include "base/error.h"

#define PAIRS_MAX 100 /* of one text; each costs 16 bytes besides its own */

struct pairs {
	struct {
		const char *name, *value; /* decoded, in the arena; "" for a bare name */
	} pairs[PAIRS_MAX];
	size_t count;
};

/* Decodes all of them, once. ERROR_INVALID_FIELD: there are too many, or an escape is broken. */
MUST_CHECK bool pairs_parse(struct arena *arena, const char *text, size_t length,
			    struct pairs *ret_pairs, struct error *err);
/* Value of the first pair of that name that has one; NULL: a parameter without a value counts as not sent (RFC 6749
 * section 3.2). */
const char *pairs_value(const struct pairs *pairs, const char *name);
/* How many pairs of that name have a value. */
size_t pairs_count(const struct pairs *pairs, const char *name);

/* The same in a text of few bytes; nothing else is decoded. NULL, too, when an escape is broken. */
const char *pairs_find(struct arena *arena, const char *text, const char *name);

#endif
