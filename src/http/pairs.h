/* pairs.h – name and value pairs of a form or a query: application/x-www-form-urlencoded (WHATWG
 * URL section 5). */
#ifndef GREFFIER_HTTP_PAIRS_H
#define GREFFIER_HTTP_PAIRS_H

#include "base/arena.h"
#include "base/error.h"

#define PAIRS_MAX 100 /* in one text; each costs 16 bytes in addition to its text */

struct pairs {
	struct {
		const char *name, *value; /* decoded, in the arena; "" for a name without a value */
	} pairs[PAIRS_MAX];
	size_t count;
};

/* Decodes all pairs. Fails with ERROR_INVALID_FIELD when there are too many or an escape is
 * broken. */
MUST_CHECK bool pairs_parse(struct arena *arena, const char *text, size_t length,
			    struct pairs *ret_pairs, struct error *err);
/* Returns the value of the first pair with that name and a value, or NULL. A parameter without a
 * value counts as absent (RFC 6749 section 3.2). */
const char *pairs_value(const struct pairs *pairs, const char *name);
/* Number of pairs with that name and a value. */
size_t pairs_count(const struct pairs *pairs, const char *name);

/* Finds one value without decoding the other pairs; for short texts. Returns NULL also when an
 * escape is broken. */
const char *pairs_find(struct arena *arena, const char *text, const char *name);

#endif
