/* near.c – see near.h. */
#include "base/near.h"

#include <stdint.h>
#include <string.h>

#define COMPARED_MAX 40 /* bytes of a word */

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;
	return least < c ? least : c;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Letters to insert, drop or replace. */
static size_t distance(const char *a, const char *b)
{
	size_t row[COMPARED_MAX + 1], length = strlen(b);

	if (length > COMPARED_MAX || strlen(a) > COMPARED_MAX)
		return SIZE_MAX;
	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			size_t replaced = diagonal + (lower(a[i - 1]) != lower(b[j - 1]));
			diagonal = row[j];
			row[j] = smallest(row[j] + 1, row[j - 1] + 1, replaced);
		}
	}
	return row[length];
}

const char *near_find(const char *name, const char *const *known, size_t count)
{
	size_t best = 1 + strlen(name) / 3; /* more is another word */
	const char *found = NULL;

	for (size_t i = 0; i < count; i++) {
		size_t far = distance(name, known[i]);
		if (far <= best && (!found || far < best)) {
			best = far;
			found = known[i];
		}
	}
	return found;
}
