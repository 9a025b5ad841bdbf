/* version_test.c – tags change with what is stored and with nothing else, and say what changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "access/version.h"

static const unsigned char key_a[32] = {1}, key_b[32] = {2};

static struct arena *arena;
static struct version version;

static struct context context_of(const struct keyring *keyring)
{
	const struct wall_time never = {0};
	struct context context = context_for_clockwork(keyring, NULL, arena, "", never, never);

	context.version = &version;
	return context;
}

static int set_up(void **state)
{
	arena = arena_new();
	version = (struct version){0};
	return 0;
}

static int tear_down(void **state)
{
	arena_free(arena);
	return 0;
}

static json_t *parts_of(const char *url, int rate)
{
	return json_pack("{s:s, s:i, s:[]}", "url", url, "rate", rate, "events");
}

static const char *tag_of(const unsigned char key[32], const char *resource, json_t *parts)
{
	scoped(keyring) struct keyring *keyring = keyring_from_key(key);
	const struct context context = context_of(keyring);

	version_tell(&context, resource, parts);
	return version.tag;
}

static void tags_differ_when_something_does(void **state)
{
	const char *tag = tag_of(key_a, "endpoint:1", parts_of("https://a.example", 1));

	assert_string_equal(tag, tag_of(key_a, "endpoint:1", parts_of("https://a.example", 1)));
	assert_string_not_equal(tag, tag_of(key_a, "endpoint:1", parts_of("https://b.example", 1)));
	assert_string_not_equal(tag, tag_of(key_a, "endpoint:2", parts_of("https://a.example", 1)));
	assert_string_not_equal(tag, tag_of(key_b, "endpoint:1", parts_of("https://a.example", 1)));
}

static void the_order_of_members_does_not_matter(void **state)
{
	json_t *one = json_pack("{s:i, s:{s:i, s:i}}", "a", 1, "b", "c", 2, "d", 3);
	json_t *other = json_pack("{s:{s:i, s:i}, s:i}", "b", "d", 3, "c", 2, "a", 1);

	assert_string_equal(tag_of(key_a, "x", one), tag_of(key_a, "x", other));
}

/* As text of a header: no quote, no space, nothing beyond ASCII. */
static void a_tag_is_one(void **state)
{
	const char *tag = tag_of(key_a, "x", parts_of("\xc3\xa9", 1));

	assert_int_equal(strlen(tag), 22 + 1 + 3 * 2);
	assert_int_equal(strspn(tag, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				     "0123456789-_."),
			 strlen(tag));
}

static bool check(const char *if_match, const char *if_none_match, json_t *parts, struct error *err)
{
	scoped(keyring) struct keyring *keyring = keyring_from_key(key_a);
	const struct context context = context_of(keyring);

	version.if_match = if_match;
	version.if_none_match = if_none_match;
	return version_check(&context, "x", parts, err);
}

static const char *quoted(const char *tag)
{
	return arena_printf(arena, "\"%s\"", tag);
}

static void who_has_read_another_state_is_refused(void **state)
{
	struct error err = {0};
	const char *tag = quoted(tag_of(key_a, "x", parts_of("https://a.example", 1)));

	assert_true(check(NULL, NULL, parts_of("https://b.example", 1), &err));
	assert_true(check(tag, NULL, parts_of("https://a.example", 1), &err));
	assert_true(check("*", NULL, parts_of("https://b.example", 1), &err));
	assert_false(check(tag, NULL, parts_of("https://b.example", 1), &err));
	assert_int_equal(err.code, ERROR_VERSION_CHANGED);
	assert_string_equal(err.technical, "changed: url");
	assert_false(check(tag, NULL, parts_of("https://b.example", 2), &err));
	assert_string_equal(err.technical, "changed: rate, url");
}

static void what_is_no_tag_of_ours_names_nothing(void **state)
{
	struct error err = {0};

	assert_false(check("\"abc\"", NULL, parts_of("u", 1), &err));
	assert_int_equal(err.code, ERROR_VERSION_CHANGED);
	assert_string_equal(err.technical, "changed");
	assert_false(check("\".abcdef\", W/\"x\"", NULL, parts_of("u", 1), &err));
	assert_string_equal(err.technical, "changed: events, rate, url");
	assert_false(check("", NULL, parts_of("u", 1), &err));
	assert_int_equal(err.code, ERROR_VERSION_CHANGED);
	assert_false(check("oops", NULL, parts_of("u", 1), &err));
	assert_int_equal(err.code, ERROR_INVALID_REQUEST);
}

static void if_none_match_is_for_what_is_not_there(void **state)
{
	struct error err = {0};
	const char *tag = quoted(tag_of(key_a, "x", parts_of("u", 1)));

	assert_false(check(NULL, "*", parts_of("u", 1), &err));
	assert_int_equal(err.code, ERROR_VERSION_CHANGED);
	assert_false(check(NULL, tag, parts_of("u", 1), &err));
	assert_true(check(NULL, tag, parts_of("u", 2), &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(tags_differ_when_something_does, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_order_of_members_does_not_matter, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(a_tag_is_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(who_has_read_another_state_is_refused, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(what_is_no_tag_of_ours_names_nothing, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(if_none_match_is_for_what_is_not_there, set_up,
						tear_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
