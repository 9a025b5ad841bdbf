/* arena_test.c – what an arena gives is zeroed, aligned, whole and apart from everything else. */
#include <setjmp.h>
#include <stdalign.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"

/* Sizes around the block size (4 KiB): the last that fits beside others, the first that does not.
 */
static const size_t sizes[] = {0, 1, 15, 16, 17, 255, 4000, 4063, 4064, 4065, 4096, 5000, 100000};

static void memory_is_zeroed_and_aligned(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (int round = 0; round < 20; round++) {
		for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
			unsigned char *data = arena_alloc(arena, sizes[i]);
			assert_int_equal((uintptr_t)data % alignof(max_align_t), 0);
			for (size_t at = 0; at < sizes[i]; at++)
				assert_int_equal(data[at], 0);
			memset(data, 0xff, sizes[i]);
		}
	}
}

static void pieces_do_not_overlap(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	unsigned char *pieces[400];

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		size_t size = sizes[i % ARRAY_SIZE(sizes)];
		pieces[i] = arena_alloc(arena, size);
		memset(pieces[i], (int)(i % 256), size);
	}
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		for (size_t at = 0; at < sizes[i % ARRAY_SIZE(sizes)]; at++)
			assert_int_equal(pieces[i][at], i % 256);
	}
}

static void copies_end_with_a_nul(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	const unsigned char *data;

	assert_string_equal(arena_strdup(arena, "greffier"), "greffier");
	assert_string_equal(arena_strdup(arena, ""), "");
	assert_string_equal(arena_strndup(arena, "greffier", 4), "gref");
	data = arena_memdup(arena, "a\0b", 3);
	assert_memory_equal(data, "a\0b\0", 4);
	data = arena_memdup(arena, NULL, 0);
	assert_int_equal(data[0], 0);
}

static void printed_text_has_any_length(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	assert_string_equal(arena_printf(arena, "%s-%d", "a", 7), "a-7");
	assert_string_equal(arena_printf(arena, "%s", ""), "");
	assert_int_equal(strlen(arena_printf(arena, "%010000d", 1)), 10000);
}

static void nothing_is_freed_twice(void **state)
{
	arena_free(NULL);
	arena_free(arena_new());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memory_is_zeroed_and_aligned),
		cmocka_unit_test(pieces_do_not_overlap),
		cmocka_unit_test(copies_end_with_a_nul),
		cmocka_unit_test(printed_text_has_any_length),
		cmocka_unit_test(nothing_is_freed_twice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
