/* entity_tag_test.c – RFC 9110 section 8.8.3 as rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/entity_tag.h"
#include "base/macros.h"

#define YES ENTITY_TAGS_MATCH
#define NO ENTITY_TAGS_OTHER
#define BAD ENTITY_TAGS_MALFORMED

/* The tag looked for is always xyzzy, the RFC's. */
static const struct {
	const char *what, *header;
	enum entity_tags strong, weak;
} rows[] = {
	{"the tag", "\"xyzzy\"", YES, YES},
	{"another", "\"xyzzz\"", NO, NO},
	{"only its beginning", "\"xyzz\"", NO, NO},
	{"more than it", "\"xyzzyz\"", NO, NO},
	{"a list", "\"xyzzy\", \"r2d2xxxx\", \"c3piozzzz\"", YES, YES},
	{"a list with it last", "\"r2d2xxxx\",\"xyzzy\"", YES, YES},
	{"a comma in a tag", "\"a,b\", \"xyzzy\"", YES, YES},
	{"a tag that ends as an element does", "\"xyzzy,\"", NO, NO},
	{"weak", "W/\"xyzzy\"", NO, YES},
	{"weak and strong", "W/\"xyzzy\", \"xyzzy\"", YES, YES},
	{"weak in small letters", "w/\"xyzzy\"", BAD, BAD},
	{"any", "*", YES, YES},
	{"any, with space", " * ", YES, YES},
	{"any beside a tag", "*, \"xyzzy\"", BAD, BAD},
	{"a tag beside any", "\"xyzzy\", *", BAD, BAD},
	{"nothing", "", NO, NO},
	{"empty elements", ", ,\"xyzzy\",,", YES, YES},
	{"the empty tag", "\"\"", NO, NO},
	{"without quotes", "xyzzy", BAD, BAD},
	{"without the last quote", "\"xyzzy", BAD, BAD},
	{"without a comma", "\"a\" \"xyzzy\"", BAD, BAD},
	{"a space in a tag", "\"xyz zy\"", BAD, BAD},
	{"a broken one behind it", "\"xyzzy\", oops", BAD, BAD},
	{"single quotes", "'xyzzy'", BAD, BAD},
	{"weak without a tag", "W/", BAD, BAD},
};

static void lists_are_read(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (entity_tags_strong(rows[i].header, "xyzzy") != rows[i].strong)
			fail_msg("%s: strong", rows[i].what);
		if (entity_tags_weak(rows[i].header, "xyzzy") != rows[i].weak)
			fail_msg("%s: weak", rows[i].what);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(lists_are_read)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
