/* map_test.c – what was added is found, what was removed is not, and growing loses nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/macros.h"
#include "base/map.h"

#define MANY 5000

struct item {
	int number;
	char name[12];
	struct map_entry link; /* not the first member: map_of finds the beginning */
	int seen;
};

static bool item_is(const struct map_entry *entry, const void *name)
{
	const struct item *item = map_of(entry, struct item, link);

	return strcmp(item->name, name) == 0;
}

static struct item *item_find(const struct map *map, const char *name)
{
	return map_of(map_find(map, map_hash_text(map, name), item_is, name), struct item, link);
}

static void item_add(struct map *map, struct item *item, int number)
{
	*item = (struct item){.number = number};
	snprintf(item->name, sizeof(item->name), "item%d", number);
	map_add(map, map_hash_text(map, item->name), &item->link);
}

static void many_are_found_and_removed(void **state)
{
	static struct item items[MANY];
	struct map map;
	char name[12];

	map_init(&map);
	for (int i = 0; i < MANY; i++)
		item_add(&map, &items[i], i);
	assert_int_equal(map.count, MANY);
	for (int i = 0; i < MANY; i += 2)
		map_remove(&map, &items[i].link);
	assert_int_equal(map.count, MANY / 2);
	for (int i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "item%d", i);
		assert_ptr_equal(item_find(&map, name), i % 2 ? &items[i] : NULL);
	}
	map_done(&map);
}

static void each_entry_is_visited_once(void **state)
{
	static struct item items[MANY];
	struct map map;

	map_init(&map);
	assert_null(map_first(&map));
	for (int i = 0; i < MANY; i++)
		item_add(&map, &items[i], i);
	for (struct map_entry *entry = map_first(&map), *next; entry; entry = next) {
		next = map_next(&map, entry);
		map_of(entry, struct item, link)->seen++;
		map_remove(&map, entry);
	}
	assert_int_equal(map.count, 0);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(items[i].seen, 1);
	map_done(&map);
}

/* Entries with one hash are told apart by their keys. */
static void one_hash_for_all_still_finds_each(void **state)
{
	struct item items[10];
	struct map map;

	map_init(&map);
	for (int i = 0; i < 10; i++) {
		items[i] = (struct item){.number = i};
		snprintf(items[i].name, sizeof(items[i].name), "item%d", i);
		map_add(&map, 7, &items[i].link);
	}
	map_remove(&map, &items[5].link);
	for (int i = 0; i < 10; i++)
		assert_ptr_equal(map_find(&map, 7, item_is, items[i].name),
				 i == 5 ? NULL : &items[i].link);
	assert_null(map_find(&map, 8, item_is, "item1"));
	map_done(&map);
}

static void a_cleared_map_is_empty_and_can_be_filled_again(void **state)
{
	struct item item;
	struct map map;

	map_init(&map);
	item_add(&map, &item, 1);
	map_clear(&map);
	assert_null(item_find(&map, "item1"));
	assert_null(map_first(&map));
	item_add(&map, &item, 2);
	assert_ptr_equal(item_find(&map, "item2"), &item);
	map_done(&map);
}

static void no_two_maps_hash_alike(void **state)
{
	struct map one, other;

	map_init(&one);
	map_init(&other);
	assert_true(map_hash_text(&one, "key") != map_hash_text(&other, "key"));
	map_done(&one);
	map_done(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_are_found_and_removed),
		cmocka_unit_test(each_entry_is_visited_once),
		cmocka_unit_test(one_hash_for_all_still_finds_each),
		cmocka_unit_test(a_cleared_map_is_empty_and_can_be_filled_again),
		cmocka_unit_test(no_two_maps_hash_alike),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
