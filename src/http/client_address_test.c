/* client_address_test.c – who is behind the proxies, as rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "http/client_address.h"

#define XFF "X-Forwarded-For"
#define FWD "Forwarded"
#define LINES_MAX 4
#define PROXY "10.0.0.1"

static const struct {
	const char *remote;
	enum forwarded_header header;
	struct http_header lines[LINES_MAX];
	const char *client;
} rows[] = {
	{PROXY, 0, {{0}}, PROXY},
	{PROXY, 0, {{XFF, "203.0.113.7"}}, "203.0.113.7"},
	{"192.0.2.1", 0, {{XFF, "203.0.113.7"}}, "192.0.2.1"}, /* not trusted */
	{PROXY, 0, {{XFF, "203.0.113.9, 203.0.113.7"}}, "203.0.113.7"},
	{PROXY, 0, {{XFF, "203.0.113.7, 10.0.0.2,10.0.0.3"}}, "203.0.113.7"},
	{PROXY, 0, {{XFF, "10.0.0.3, 10.0.0.2"}}, "10.0.0.3"},
	/* All lines are one list. */
	{PROXY, 0, {{XFF, "203.0.113.9"}, {XFF, "203.0.113.7"}}, "203.0.113.7"},
	{PROXY,
	 0,
	 {{XFF, "203.0.113.7"}, {"Via", "x"}, {"x-forwarded-for", "10.0.0.2"}},
	 "203.0.113.7"},
	{PROXY, 0, {{XFF, "203.0.113.9"}, {XFF, "203.0.113.7, 10.0.0.2"}}, "203.0.113.7"},
	/* Ports, brackets, quotes. */
	{PROXY, 0, {{XFF, "203.0.113.7:51008"}}, "203.0.113.7"},
	{PROXY, 0, {{XFF, "2001:DB8::7"}}, "2001:db8::7"},
	{PROXY, 0, {{XFF, "[2001:db8::7]"}}, "2001:db8::7"},
	{PROXY, 0, {{XFF, "[2001:db8::7]:443"}}, "2001:db8::7"},
	{PROXY, 0, {{XFF, "\"[2001:db8:0:0::7]:443\""}}, "2001:db8::7"},
	{PROXY, 0, {{XFF, " \"203.0.113.7\" "}}, "203.0.113.7"},
	{PROXY, 0, {{XFF, "\t203.0.113.7\t"}}, "203.0.113.7"},
	{PROXY, 0, {{XFF, "::ffff:203.0.113.7"}}, "203.0.113.7"},
	{PROXY, 0, {{XFF, "203.0.113.7, 10.0.0.2:80, [::ffff:10.0.0.3]:80"}}, "203.0.113.7"},
	{"::ffff:10.0.0.1", 0, {{XFF, "203.0.113.7"}}, "203.0.113.7"},
	/* What cannot be read ends the way: it could be anybody's. */
	{PROXY, 0, {{XFF, "203.0.113.7, unknown"}}, PROXY},
	{PROXY, 0, {{XFF, "203.0.113.7, "}}, PROXY},
	{PROXY, 0, {{XFF, "203.0.113.7:"}}, PROXY},
	{PROXY, 0, {{XFF, "203.0.113.7:x"}}, PROXY},
	{PROXY, 0, {{XFF, "203.0.113.7:999999"}}, PROXY},
	{PROXY, 0, {{XFF, "[2001:db8::7"}}, PROXY},
	{PROXY, 0, {{XFF, "[2001:db8::7]443"}}, PROXY},
	{PROXY, 0, {{XFF, "2001:db8::7%eth0"}}, PROXY},
	{PROXY, 0, {{XFF, "203.0.113.7, 10.0.0.2, example.com"}}, PROXY},
	{PROXY, 0, {{XFF, "203.0.113.7, bad, 10.0.0.2"}}, "10.0.0.2"},
	/* The other header is ignored. */
	{PROXY, 0, {{FWD, "for=203.0.113.7"}}, PROXY},
	{PROXY, FORWARDED_RFC_7239, {{XFF, "203.0.113.7"}}, PROXY},
	/* RFC 7239 sections 4 and 7.4. */
	{PROXY, FORWARDED_RFC_7239, {{FWD, "for=203.0.113.7"}}, "203.0.113.7"},
	{PROXY,
	 FORWARDED_RFC_7239,
	 {{FWD, "For=\"[2001:db8:cafe::17]:4711\""}},
	 "2001:db8:cafe::17"},
	{PROXY,
	 FORWARDED_RFC_7239,
	 {{FWD, "for=203.0.113.7;proto=http;by=203.0.113.43"}},
	 "203.0.113.7"},
	{PROXY, FORWARDED_RFC_7239, {{FWD, "by=203.0.113.43 ; FOR=203.0.113.7"}}, "203.0.113.7"},
	{PROXY, FORWARDED_RFC_7239, {{FWD, "for=203.0.113.9, for=203.0.113.7"}}, "203.0.113.7"},
	{PROXY,
	 FORWARDED_RFC_7239,
	 {{FWD, "for=203.0.113.7"}, {FWD, "for=\"10.0.0.2:80\""}},
	 "203.0.113.7"},
	{PROXY,
	 FORWARDED_RFC_7239,
	 {{FWD, "for=203.0.113.9;x=\""}, {FWD, "for=203.0.113.7"}},
	 "203.0.113.7"},
	{PROXY, FORWARDED_RFC_7239, {{FWD, "for=\"203.0.113.9, for=203.0.113.7"}}, "203.0.113.7"},
	{PROXY, FORWARDED_RFC_7239, {{FWD, "for=203.0.113.7, for=unknown"}}, PROXY},
	{PROXY, FORWARDED_RFC_7239, {{FWD, "for=203.0.113.7, for=_hidden"}}, PROXY},
	{PROXY, FORWARDED_RFC_7239, {{FWD, "for=203.0.113.7, proto=https"}}, PROXY},
};

static void rows_hold(void **state)
{
	struct proxies proxies = {0};

	assert_true(network_list_parse("10.0.0.0/8", &proxies.trusted));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		scoped(arena) struct arena *arena = arena_new();
		struct http_request request = {
			.arena = arena, .headers = rows[i].lines, .remote_address = rows[i].remote};
		while (request.header_count < LINES_MAX && rows[i].lines[request.header_count].name)
			request.header_count++;
		proxies.header = rows[i].header;
		const char *client = client_address(&request, &proxies);
		if (strcmp(client, rows[i].client) != 0)
			fail_msg("row %zu: %s, not %s", i, client, rows[i].client);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(rows_hold)};
	return cmocka_run_group_tests_name("http/client_address", tests, NULL, NULL);
}
