/* counts.c – see counts.h. */
#include "base/counts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"

#define VALUE_DIGITS_MAX 20

void counts_done(struct counts *counts)
{
	free(counts->list);
	*counts = (struct counts){0};
}

/* Where the name is, or would be. */
static size_t place_of(const struct counts *counts, const char *name, bool *ret_found)
{
	size_t low = 0, high = counts->length;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(counts->list[middle].name, name);
		if (order == 0) {
			*ret_found = true;
			return middle;
		}
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	*ret_found = false;
	return low;
}

static struct count *count_get(struct counts *counts, const char *name)
{
	bool found;
	size_t at = place_of(counts, name, &found);

	if (found)
		return &counts->list[at];
	if (counts->length + 1 >= COUNTS_MAX && strcmp(name, COUNTS_OTHER) != 0)
		return count_get(counts, COUNTS_OTHER);
	if (counts->length == counts->room) {
		counts->room = counts->room * 2 + 8;
		counts->list = realloc(counts->list, counts->room * sizeof(*counts->list));
		ensure(counts->list);
	}
	memmove(&counts->list[at + 1], &counts->list[at],
		(counts->length - at) * sizeof(*counts->list));
	counts->length++;
	counts->list[at] = (struct count){0};
	memcpy(counts->list[at].name, name, strlen(name) + 1);
	return &counts->list[at];
}

void counts_add(struct counts *counts, const char *prefix, const char *name, int64_t value)
{
	char whole[COUNTS_NAME_MAX];
	size_t length = 0;

	for (; *prefix && length < sizeof(whole) - 1; prefix++)
		whole[length++] = *prefix;
	for (; *name && length < sizeof(whole) - 1; name++)
		whole[length++] = *name;
	whole[length] = '\0';
	count_get(counts, whole)->value += value;
}

int64_t counts_get(const struct counts *counts, const char *name)
{
	bool found;
	size_t at = place_of(counts, name, &found);

	return found ? counts->list[at].value : 0;
}

void counts_merge(struct counts *counts, const struct counts *more)
{
	for (size_t i = 0; i < more->length; i++)
		count_get(counts, more->list[i].name)->value += more->list[i].value;
}

const char *counts_write(const struct counts *counts, struct arena *arena)
{
	char *text = arena_alloc(arena,
				 counts->length * (COUNTS_NAME_MAX + VALUE_DIGITS_MAX + 2) + 1);
	char *end = text;

	*end = '\0';
	for (size_t i = 0; i < counts->length; i++)
		end += sprintf(end, "%s%s=%lld", i > 0 ? " " : "", counts->list[i].name,
			       (long long)counts->list[i].value);
	return text;
}

/* One "name=value". */
static void item_read(struct counts *counts, const char *item, size_t length)
{
	const char *equals = memchr(item, '=', length);
	char name[COUNTS_NAME_MAX], *end;

	if (!equals || equals == item || (size_t)(equals - item) >= sizeof(name))
		return;
	memcpy(name, item, (size_t)(equals - item));
	name[equals - item] = '\0';
	errno = 0;
	long long value = strtoll(equals + 1, &end, 10);
	if (end == item + length && end > equals + 1 && errno == 0)
		count_get(counts, name)->value += value;
}

void counts_read(struct counts *counts, const char *text)
{
	for (const char *at = text; *at;) {
		size_t length = strcspn(at, " ");
		item_read(counts, at, length);
		at += length;
		at += strspn(at, " ");
	}
}
