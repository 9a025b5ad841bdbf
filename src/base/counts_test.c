/* counts_test.c – sets of counters add up, by parts and as texts, and stay bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/counts.h"

#define NAMES 37
#define ROUNDS 200

static uint32_t random_next(uint32_t *state)
{
	return *state = *state * 1664525u + 1013904223u;
}

/* Merging is adding: however numbers are spread over sets, and sets over texts, the sums are the
 * same. */
static void merged_sets_hold_the_sums(void **state)
{
	uint32_t seed = 7;

	for (int round = 0; round < ROUNDS; round++) {
		scoped(arena) struct arena *arena = arena_new();
		struct counts parts[3] = {{0}}, whole = {0}, read = {0};
		int64_t sums[NAMES] = {0};
		for (int i = 0; i < 100; i++) {
			uint32_t name = random_next(&seed) >> 8, value = random_next(&seed) >> 20;
			char text[16];
			snprintf(text, sizeof(text), "%u", name % NAMES);
			counts_add(&parts[i % 3], "n:", text, value);
			sums[name % NAMES] += value;
		}
		for (int i = 0; i < 3; i++) {
			counts_merge(&whole, &parts[i]);
			counts_read(&read, counts_write(&parts[i], arena));
			counts_done(&parts[i]);
		}
		for (int name = 0; name < NAMES; name++) {
			char text[16];
			snprintf(text, sizeof(text), "n:%d", name);
			assert_int_equal(counts_get(&whole, text), sums[name]);
		}
		assert_string_equal(counts_write(&whole, arena), counts_write(&read, arena));
		counts_done(&whole);
		counts_done(&read);
	}
}

static void a_text_is_in_the_order_of_the_names(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct counts counts = {0};

	assert_string_equal(counts_write(&counts, arena), "");
	counts_add(&counts, "s:", "503", 1);
	counts_add(&counts, "D", "", 4);
	counts_add(&counts, "s:", "200", 3);
	assert_string_equal(counts_write(&counts, arena), "D=4 s:200=3 s:503=1");
	assert_int_equal(counts_get(&counts, "s:404"), 0);
	counts_done(&counts);
}

static void what_is_no_counter_is_passed_over(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct counts counts = {0};

	counts_read(&counts, " a=1  b=x =3 c d= e=2x f=99999999999999999999 g=-2 a=4 ");
	assert_string_equal(counts_write(&counts, arena), "a=5 g=-2");
	counts_done(&counts);
}

static void what_does_not_fit_is_counted_together(void **state)
{
	struct counts counts = {0};
	char name[16];

	for (int i = 0; i < 3 * COUNTS_MAX; i++) {
		snprintf(name, sizeof(name), "%d", i);
		counts_add(&counts, "s:", name, 1);
	}
	assert_int_equal(counts.length, COUNTS_MAX);
	assert_int_equal(counts_get(&counts, "s:0"), 1);
	assert_int_equal(counts_get(&counts, COUNTS_OTHER), 2 * COUNTS_MAX + 1);
	counts_done(&counts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merged_sets_hold_the_sums),
		cmocka_unit_test(a_text_is_in_the_order_of_the_names),
		cmocka_unit_test(what_is_no_counter_is_passed_over),
		cmocka_unit_test(what_does_not_fit_is_counted_together),
	};
	return cmocka_run_group_tests_name("base/counts", tests, NULL, NULL);
}
