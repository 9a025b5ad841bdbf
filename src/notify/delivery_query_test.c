/* delivery_query_test.c – names of events and patterns of them, as SQL looks into them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "notify/delivery_query.h"

static const char *name_get(const void *source, const char *name)
{
	return strcmp(name, "name") == 0 ? source : NULL;
}

static const char *types_of(struct arena *arena, const char *name)
{
	struct delivery_filter filter;
	struct error err = {0};

	assert_true(delivery_query_read(arena, name_get, name, &filter, &err));
	return filter.types;
}

static void each_type_stands_once(void **state)
{
	static const char *const alike[] = {
		"PACKAGE_TRASH,PACKAGE_CREATE", "PACKAGE_CREATE,PACKAGE_TRASH,PACKAGE_CREATE",
		"PACKAGE_CREAT*,PACKAGE_TRASH,PACKAGE_CREAT*,PACKAGE_TRA*H"};
	struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(alike); i++)
		assert_string_equal(types_of(arena, alike[i]), ",PACKAGE_CREATE,PACKAGE_TRASH,");
	assert_string_equal(types_of(arena, "*,*,*,*,*"), types_of(arena, "*"));
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(each_type_stands_once)};

	return cmocka_run_group_tests_name("notify/delivery_query", tests, NULL, NULL);
}
