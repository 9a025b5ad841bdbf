/* refresh_key_test.c – what the Salesforce connector's key may be, and that it is written as it is
 * read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/text.h"
#include "notify/refresh_key.h"

#define KEY(host) "{\"host\":\"" host "\",\"client_id\":\"app\",\"refresh_token\":\"r\"}"

static const struct {
	const char *json;
	const char *refused; /* what the error says; NULL: accepted */
} rows[] = {
	{KEY("login.example"), NULL},
	{KEY("login.example:8443"), NULL},
	{KEY("[2001:db8::1]:443"), NULL},
	{"{\"more\":1,\"refresh_token\":\"r\",\"client_id\":\"app\",\"host\":\"h.example\"}", NULL},
	{"", "base64 of a JSON object"},
	{"[]", "base64 of a JSON object"},
	{"{\"host\":\"x\"", "base64 of a JSON object"},
	{"{}", "must have the texts"},
	{"{\"host\":\"x\",\"client_id\":\"a\"}", "must have the texts"},
	{"{\"host\":\"x\",\"client_id\":5,\"refresh_token\":\"r\"}", "must have the texts"},
	{"{\"host\":\"x\",\"client_id\":\"\",\"refresh_token\":\"r\"}", "must have the texts"},
	{KEY(""), "host name"},
	{KEY("https://login.example"), "host name"},
	{KEY("login.example/path"), "host name"},
	{KEY("login.example?a"), "host name"},
	{KEY("login.example#a"), "host name"},
	{KEY("user@login.example"), "host name"},
	{KEY("user:pass@login.example"), "host name"},
	{KEY("login.example\\\\x"), "host name"},
	{KEY("a b"), "host name"},
	{KEY("a\\tb"), "host name"},
	{KEY("login.example:port"), "host name"},
	{KEY("b\\u00fccher.example"), "host name"},
};

static void each_row(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error err = {0};
		struct refresh_key key;
		const char *text = base64_encode(arena, rows[i].json, strlen(rows[i].json));
		bool ok = refresh_key_read(arena, text, &key, &err);
		if (ok != !rows[i].refused)
			fail_msg("%s: %s", rows[i].json, ok ? "accepted" : err.technical);
		if (ok) {
			assert_string_equal(key.client_id, "app");
			assert_string_equal(key.refresh_token, "r");
			continue;
		}
		assert_int_equal(err.code, ERROR_CALLBACK_INVALID_CONNECTOR_KEY);
		if (strncmp(err.technical, "key:", 4) != 0 ||
		    !strstr(err.technical, rows[i].refused))
			fail_msg("%s: says `%s`", rows[i].json, err.technical);
	}
}

static void what_is_no_base64_is_refused(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	char *big = arena_alloc(arena, REFRESH_KEY_MAX + 5);
	struct error err = {0};

	memset(big, 'A', REFRESH_KEY_MAX + 4);
	big[REFRESH_KEY_MAX + 4] = '\0';
	assert_false(refresh_key_check(arena, KEY("login.example"), &err));
	assert_false(refresh_key_check(arena, "e30", &err));
	assert_false(refresh_key_check(arena, "e3 0=", &err));
	assert_false(refresh_key_check(arena, big, &err));
}

static void it_is_written_as_it_is_read(void **state)
{
	static const struct refresh_key key = {"login.example", "app", "with \"quotes\" and é"};
	scoped(arena) struct arena *arena = arena_new();
	struct refresh_key read;
	struct error err = {0};

	assert_true(refresh_key_read(arena, refresh_key_write(arena, &key), &read, &err));
	assert_string_equal(read.host, key.host);
	assert_string_equal(read.client_id, key.client_id);
	assert_string_equal(read.refresh_token, key.refresh_token);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row),
		cmocka_unit_test(what_is_no_base64_is_refused),
		cmocka_unit_test(it_is_written_as_it_is_read),
	};
	return cmocka_run_group_tests_name("notify/refresh_key", tests, NULL, NULL);
}
