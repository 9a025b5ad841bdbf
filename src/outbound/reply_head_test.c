/* reply_head_test.c – what a record shows of a reply's head: strangers' bytes, and their secrets.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/text.h"
#include "outbound/reply_head.h"
#include "store/delivery_store.h"

static const struct {
	const char *what, *head, *shown;
} rows[] = {
	{"nothing", "", ""},
	{"a status line alone", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\n"},
	{"ordinary headers", "HTTP/1.1 503 \r\nRetry-After: 120\r\nServer:  nginx\r\n",
	 "HTTP/1.1 503 \nRetry-After: 120\nServer: nginx\n"},
	{"a cookie", "Set-Cookie: id=1; HttpOnly\r\n", "Set-Cookie: ***\n"},
	{"names that tell of secrets", "x-api-KEY: a\nX-Auth-Token: b\n",
	 "x-api-KEY: ***\nX-Auth-Token: ***\n"},
	{"an empty secret is none", "Set-Cookie:\r\n", "Set-Cookie: \n"},
	{"why it is not authorized", "WWW-Authenticate: Bearer error=\"invalid_token\"\r\n",
	 "WWW-Authenticate: Bearer error=\"invalid_token\"\n"},
	{"a folded secret", "Set-Cookie: a=1;\r\n\tsecret=2\r\n more\r\nDate: x\r\n",
	 "Set-Cookie: ***\nDate: x\n"},
	{"a folded value", "X-Note: a\r\n\tb\r\n", "X-Note: a\n b\n"},
	{"a query", "Location: https://a.example/in?code=1\r\n",
	 "Location: https://a.example/in***\n"},
	{"a fragment", "Location: /in#access_token=1\r\n", "Location: /in***\n"},
	{"a user in a URL", "Location: https://u:p@a.example/\r\n", "Location: ***\n"},
	{"bytes that are no text", "X-A: \xff\x01\x1b[31m\r\n", "X-A: \xef\xbf\xbd  [31m\n"},
	{"no colon", "garbage\r\nX: 1\r\n", "garbage\nX: 1\n"},
	{"cut in the middle", "HTTP/1.1 200 OK\r\nX-Long: abc", "HTTP/1.1 200 OK\nX-Long: abc\n"},
};

static void rows_hold(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		scoped(arena) struct arena *arena = arena_new();
		const struct bytes head = {(const unsigned char *)rows[i].head,
					   strlen(rows[i].head)};
		const char *shown = reply_head_text(arena, head);
		if (strcmp(shown, rows[i].shown) != 0)
			fail_msg("%s: `%s`", rows[i].what, shown);
	}
}

/* Each of these bytes becomes three. */
static void growth_is_bounded(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	char head[ATTEMPT_REPLY_HEAD_MAX];

	memset(head, 0xff, sizeof(head));
	memcpy(head, "HTTP/1.1 200 OK\nX: 1\nX-A: ", 26);
	const char *shown = reply_head_text(arena,
					    (struct bytes){(unsigned char *)head, sizeof(head)});
	assert_true(strlen(shown) <= ATTEMPT_REPLY_HEAD_MAX);
	assert_true(utf8_is_valid(shown, strlen(shown)));
	assert_memory_equal(shown, "HTTP/1.1 200 OK\nX: 1\n", 21);
}

/* A NUL must not end the head, nor a long name hide a secret. */
static void tricks_fail(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	static const unsigned char nul[] = "X-A: 1\0002\r\nX-B: 3\r\n";
	char name[400];

	assert_string_equal(reply_head_text(arena, (struct bytes){nul, sizeof(nul) - 1}),
			    "X-A: 1 2\nX-B: 3\n");
	memset(name, 'a', sizeof(name));
	memcpy(name + sizeof(name) - 14, "-token: geheim", 14);
	assert_null(
		strstr(reply_head_text(arena, (struct bytes){(unsigned char *)name, sizeof(name)}),
		       "geheim"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_hold),
		cmocka_unit_test(growth_is_bounded),
		cmocka_unit_test(tricks_fail),
	};

	return cmocka_run_group_tests_name("outbound/reply_head", tests, NULL, NULL);
}
