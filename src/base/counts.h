/* counts.h – a set of named counters that can be added up: {"s:200": 3, "s:503": 1}.
 *
 * Pure. Names come from closed lists of this program (HTTP statuses, event types), so a set
 * stays small. COUNTS_MAX is a hard limit: counters beyond it are added to COUNTS_OTHER. */
#ifndef GREFFIER_BASE_COUNTS_H
#define GREFFIER_BASE_COUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"

#define COUNTS_NAME_MAX 48 /* bytes with the NUL: "t:" and the longest event type */
#define COUNTS_MAX 400
#define COUNTS_OTHER "other"

struct count {
	char name[COUNTS_NAME_MAX]; /* printable ASCII without ' ' and '=' */
	int64_t value;
};

/* Sorted by name, each name once. A zeroed struct is an empty set. */
struct counts {
	struct count *list;
	size_t length, room;
};

void counts_done(struct counts *counts);
/* Adds `value` to the counter named `prefix` followed by `name`. A name that is too long is cut. */
void counts_add(struct counts *counts, const char *prefix, const char *name, int64_t value);
/* 0 when there is no such counter */
int64_t counts_get(const struct counts *counts, const char *name);
/* Adds every counter of `more` to `counts`. */
void counts_merge(struct counts *counts, const struct counts *more);

/* Writes the set as text, sorted by name: "D=1 s:200=3 …". The text lives in `arena`. */
const char *counts_write(const struct counts *counts, struct arena *arena);
/* Adds the counters of such a text. Words of another form are skipped, because a newer version
 * may have written them. */
void counts_read(struct counts *counts, const char *text);

#endif
