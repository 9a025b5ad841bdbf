/* turns_test.c – in which order entries are taken: each row is what is added and what comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/turns.h"

#define ENTRIES_MAX 32

/* A letter adds an entry with that key, a dot takes one. What is left is taken at the end. */
static const struct {
	const char *what, *steps, *order;
} rows[] = {
	{"nobody waits", "", ""},
	{"one key keeps its order", "aaa", "a0 a1 a2"},
	{"each key has its turn", "aaabb", "a0 b3 a1 b4 a2"},
	{"who has many delays others by one", "aaaaaab", "a0 b6 a1 a2 a3 a4 a5"},
	{"who has been served goes behind the others", "aab.a", "a0 b2 a1 a4"},
	{"a key that comes again stands last", "abc.a", "a0 b1 c2 a4"},
	{"three keys", "aabbcc", "a0 b2 c4 a1 b3 c5"},
	{"the last of a key leaves, another begins", "a.b.a", "a0 b2 a4"},
};

struct entry {
	struct turn turn; /* first, so that a turn is its entry */
	char name[4];
};

static void take(struct turns *turns, char *order)
{
	struct entry *entry = (struct entry *)turns_take(turns);

	if (!entry)
		return;
	if (*order)
		strcat(order, " ");
	strcat(order, entry->name);
}

static void entries_come_in_turn(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct entry entries[ENTRIES_MAX] = {0};
		char order[ENTRIES_MAX * 4] = "";
		struct turns turns;
		size_t length = strlen(rows[i].steps);

		turns_init(&turns);
		for (size_t at = 0; at < length; at++) {
			const char letter = rows[i].steps[at];
			if (letter == '.') {
				take(&turns, order);
				continue;
			}
			entries[at].name[0] = letter;
			entries[at].name[1] = (char)('0' + at);
			turns_add(&turns, &entries[at].turn, (uint64_t)letter);
		}
		for (size_t at = 0; at < length; at++)
			take(&turns, order);
		if (strcmp(order, rows[i].order) != 0)
			fail_msg("%s: %s, not %s", rows[i].what, order, rows[i].order);
		assert_null(turns_take(&turns));
	}
}

static void others_are_noticed(void **state)
{
	struct turn one, two;
	struct turns turns;

	turns_init(&turns);
	assert_false(turns_has_others(&turns, 1));
	turns_add(&turns, &one, 1);
	assert_false(turns_has_others(&turns, 1));
	assert_true(turns_has_others(&turns, 2));
	turns_add(&turns, &two, 2);
	assert_true(turns_has_others(&turns, 1));
	assert_true(turns_has_others(&turns, 2));
}

static void entries_are_counted(void **state)
{
	struct turn ones[3], two;
	struct turns turns;

	turns_init(&turns);
	assert_int_equal(turns_count(&turns, 1), 0);
	for (int i = 0; i < 3; i++)
		turns_add(&turns, &ones[i], 1);
	turns_add(&turns, &two, 2);
	assert_int_equal(turns_count(&turns, 1), 3);
	assert_int_equal(turns_count(&turns, 2), 1);
	assert_ptr_equal(turns_take(&turns), &ones[0]);
	assert_ptr_equal(turns_take(&turns), &two);
	assert_int_equal(turns_count(&turns, 1), 2);
	assert_int_equal(turns_count(&turns, 2), 0);
	turns_add(&turns, &ones[0], 1);
	assert_int_equal(turns_count(&turns, 1), 3);
	while (turns_take(&turns))
		;
	assert_int_equal(turns_count(&turns, 1), 0);
}

static void names_have_keys(void **state)
{
	assert_int_equal(turns_key(NULL), 0);
	assert_int_equal(turns_key(""), 0);
	assert_int_not_equal(turns_key("AbCdEfGhIjKl"), turns_key("AbCdEfGhIjKm"));
	assert_int_not_equal(turns_key("AbCdEfGhIjKl"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_come_in_turn),
		cmocka_unit_test(others_are_noticed),
		cmocka_unit_test(entries_are_counted),
		cmocka_unit_test(names_have_keys),
	};
	return cmocka_run_group_tests_name("base/turns", tests, NULL, NULL);
}
