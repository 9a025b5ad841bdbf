/* package_text_test.c – a package is put together from its parts, and comes apart, without a
 * change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "base/macros.h"
#include "signing/package_divide.h"
#include "signing/package_text.h"

#define TWO_OF_EACH \
	"{\"id\":\"p\",\"data\":{\"roles\":[1]},\"roles\":[{\"id\":\"a\",\"name\":\"A\"},{\"id\":\"b\"}]," \
	"\"documents\":[{\"id\":\"d\",\"approvals\":[{\"role\":\"a\",\"fields\":[{},{}]}]},{\"id\":\"e\"}]}"
static const char *const wholes[] = {
	"{\"id\":\"p\",\"roles\":[],\"documents\":[]}",
	"{\"id\":\"p\",\"roles\":[{\"id\":\"r\"}],\"documents\":[]}",
	TWO_OF_EACH,
	"{\"id\":\"p\",\"name\":\"\\\"}]\u00e9\",\"roles\":[{\"id\":\"\\\"]}\"}],\"documents\":[{\"id\":\",\"}]}",
};

static void what_was_divided_is_joined_as_it_was(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(wholes); i++) {
		scoped(arena) struct arena *arena = arena_new();
		struct package_record record = {
			.whole = wholes[i], .members = "", .name = "", .description = ""};
		struct package_parts parts;
		const char *joined;
		struct error err = {0};
		assert_true(package_text_divide(arena, &record, &parts, &err));
		assert_string_equal(record.whole, "");
		assert_null(strstr(record.members, "\"documents\""));
		assert_true(package_text_join(arena, record.members, &parts, &joined, &err));
		assert_int_equal(strlen(joined), package_text_length(record.members, &parts));
		scoped(json_t) json_t *before = json_loads(wholes[i], 0, NULL);
		scoped(json_t) json_t *after = json_loads(joined, 0, NULL);
		assert_true(before && after && json_equal(before, after));
	}
}

/* A package of an older version may lack either list. */
static void lists_that_are_not_there_are_empty(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct package_record record = {
		.whole = "{\"id\":\"p\"}", .members = "", .name = "", .description = ""};
	struct package_parts parts;
	const char *joined;
	struct error err = {0};

	assert_true(package_text_divide(arena, &record, &parts, &err));
	assert_true(package_text_join(arena, record.members, &parts, &joined, &err));
	assert_string_equal(joined, wholes[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_divided_is_joined_as_it_was),
		cmocka_unit_test(lists_that_are_not_there_are_empty),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
