/* counts.h – a set of counters with names, which can be added up: {"s:200": 3, "s:503": 1}.
 *
 * Pure. Names come from closed lists of this program (HTTP statuses, event types …), so a set stays small; COUNTS_MAX bounds it
 * whatever happens, and what does not fit is counted under COUNTS_OTHER. */
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
	char name[COUNTS_NAME_MAX]; /* of printable ASCII without ' ' and '=' */
	int64_t value;
};

/* By name, each once. All zeros: an empty set. */
struct counts {
	struct count *list;
	size_t length, room;
};

void counts_done(struct counts *counts);
/* Adds `value` to the counter `<prefix><name>`; a longer name is cut. */
void counts_add(struct counts *counts, const char *prefix, const char *name, int64_t value);
int64_t counts_get(const struct counts *counts, const char *name); /* 0: it is not there */
/* Adds all of `more`. */
void counts_merge(struct counts *counts, const struct counts *more);

/* "D=1 s:200=3 …", in the order of the names. In `arena`. */
const char *counts_write(const struct counts *counts, struct arena *arena);
/* Adds what such a text says. What is none of its form is passed over: a newer version may have written more. */
void counts_read(struct counts *counts, const char *text);

#endif
