/* redirect_test.c – where /auth may send a browser, as rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/identity/authentication_tokens.h"
#include "base/macros.h"

static const struct {
	const char *target;
	bool allowed;
} rows[] = {
	{"/designer/abc", true},
	{"/", true},
	{"https://sign.acme.example/a/dashboard", true},
	{"https://sign.acme.example", true},
	{"https://sign.acme.example?x", true},
	{"https://portal.acme.example/back", true},
	{"HTTPS://PORTAL.acme.example/back", true},
	{"https://portal.acme.example:8443/", true},
	{"//evil.example/", false},
	{"/\\evil.example/", false},
	{"\\\\evil.example/", false},
	{"https://sign.acme.example.evil.example/", false},
	{"https://sign.acme.example@evil.example/", false},
	{"https://portal.acme.example@evil.example/", false},
	{"https://evil.example/https://portal.acme.example/", false},
	{"https://portal.acme.example:9/", false},
	{"http://portal.acme.example/",
	 false}, /* the session would go over the wire in the clear */
	{"javascript:alert(1)", false},
	{"data:text/html,x", false},
	{"", false},
	{"/\r\nSet-Cookie: a=b", false},
	{"designer", false},
};

static void targets_are_ours_or_listed(void **state)
{
	const struct access_config config = {
		.base_url = "https://sign.acme.example",
		.redirect_hosts = "portal.acme.example, portal.acme.example:8443"};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (redirect_is_allowed(&config, rows[i].target) != rows[i].allowed)
			fail_msg("`%s`", rows[i].target);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(targets_are_ours_or_listed)};
	return cmocka_run_group_tests_name("access/redirect", tests, NULL, NULL);
}
