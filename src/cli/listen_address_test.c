/* listen_address_test.c – what an operator may write after --listen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/macros.h"
#include "cli/listen_address.h"

static const struct {
	const char *text;
	bool accepted;
	const char *address, *shown;
	unsigned port;
	bool is_loopback;
} rows[] = {
	{"127.0.0.1:8080", true, "127.0.0.1", "127.0.0.1", 8080, true},
	{"127.1.2.3:1", true, "127.1.2.3", "127.1.2.3", 1, true},
	{"localhost:0", true, "127.0.0.1", "127.0.0.1", 0, true},
	{"[::1]:8443", true, "::1", "[::1]", 8443, true},
	{"0.0.0.0:80", true, "0.0.0.0", "0.0.0.0", 80, false},
	{"[::]:443", true, "::", "[::]", 443, false},
	{"10.0.0.1:65535", true, "10.0.0.1", "10.0.0.1", 65535, false},
	{"10.0.0.1:65536", false, NULL, NULL, 0, false},
	{"10.0.0.1:", false, NULL, NULL, 0, false},
	{"10.0.0.1", false, NULL, NULL, 0, false},
	{":8080", false, NULL, NULL, 0, false},
	{"::1:8080", false, NULL, NULL, 0, false},
	{"[::1:8080", false, NULL, NULL, 0, false},
	{"host.example:80", false, NULL, NULL, 0, false},
	{"127.0.0.1:80x", false, NULL, NULL, 0, false},
	{"127.0.0.1:-1", false, NULL, NULL, 0, false},
	{"", false, NULL, NULL, 0, false},
};

static void rows_hold(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct listen_address address;
		struct error err = {0};
		bool accepted = listen_address_parse(rows[i].text, &address, &err);
		if (accepted != rows[i].accepted)
			fail_msg("`%s` was %s", rows[i].text, accepted ? "accepted" : "refused");
		if (!accepted) {
			assert_int_equal(err.code, ERROR_USAGE);
			continue;
		}
		assert_string_equal(address.address, rows[i].address);
		assert_string_equal(address.shown_address, rows[i].shown);
		assert_int_equal(address.port, rows[i].port);
		assert_int_equal(address.is_loopback, rows[i].is_loopback);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows_hold)};
	return cmocka_run_group_tests_name("cli/listen_address", tests, NULL, NULL);
}
