/* target_url_test.c – which URLs this server may be told to call. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "notify/target_url.h"

static const struct {
	const char *url;
	bool acceptable;
} rows[] = {
	{"http://x.example", true},
	{"https://x.example/", true},
	{"HTTPS://X.EXAMPLE/a", true},
	{"https://x.example:8443/a/b?c=d&e=%20f#g", true},
	{"http://127.0.0.1:9/", true}, /* addresses are judged when they are connected to */
	{"http://[::1]:9/", true},
	{"https://xn--bcher-kva.example/", true},
	{"", false},
	{"x.example", false},
	{"/path", false},
	{"//x.example/", false},
	{"https://", false},
	{"https:///path", false},
	{"https:/x.example/", false},
	{"https:x.example", false},
	{"x.example:80", false},
	{"ftp://x.example/", false},
	{"file:///etc/passwd", false},
	{"gopher://x.example/", false},
	{"javascript:alert(1)", false},
	{"httpsx://x.example/", false},
	{"https://user@x.example/", false},
	{"https://user:pass@x.example/", false},
	{"https://:pass@x.example/", false},
	{"https://x.example:99999/", false},
	{"https://x.example:port/", false},
	{"https://x.example/a b", false},
	{" https://x.example/", false},
	{"https://x.example/\r\nHost: y", false},
	{"https://x.example/\x7f", false},
	{"https://b\xc3\xbc"
	 "cher.example/",
	 false},
	{"https://[::1", false},
};

static void each_row(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error err = {0};
		bool ok = target_url_check("the.member", rows[i].url, &err);
		if (ok != rows[i].acceptable)
			fail_msg("%s: %s", rows[i].url, ok ? "accepted" : err.technical);
		if (ok)
			continue;
		assert_int_equal(err.code, ERROR_CALLBACK_INVALID_URL);
		assert_memory_equal(err.technical, "the.member:", strlen("the.member:"));
	}
}

static void the_limit_is_exact(void **state)
{
	char url[TARGET_URL_MAX + 2] = "https://x.example/";
	struct error err = {0};

	memset(url + strlen(url), 'x', TARGET_URL_MAX - strlen(url));
	assert_true(target_url_check("url", url, &err));
	url[TARGET_URL_MAX] = 'x';
	assert_false(target_url_check("url", url, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_row),
		cmocka_unit_test(the_limit_is_exact),
	};
	return cmocka_run_group_tests_name("notify/target_url", tests, NULL, NULL);
}
