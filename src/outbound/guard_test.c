/* guard_test.c – which addresses may be reached. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "outbound/guard.h"

static const struct {
	const char *address;
	bool by_default, with_private;
} rows[] = {
	{"93.184.216.34", true, true},
	{"8.8.8.8", true, true},
	{"11.0.0.1", true, true},
	{"172.15.255.255", true, true},
	{"172.32.0.1", true, true},
	{"100.63.255.255", true, true},
	{"127.0.0.1", false, true},
	{"127.255.255.254", false, true},
	{"10.1.2.3", false, true},
	{"172.16.0.1", false, true},
	{"172.31.255.255", false, true},
	{"192.168.0.1", false, true},
	{"100.64.0.1", false, true},
	{"169.254.169.254", false, true},
	{"0.0.0.0", false, false},
	{"0.1.2.3", false, false},
	{"192.0.2.1", false, false},
	{"224.0.0.1", false, false},
	{"255.255.255.255", false, false},
	{"2606:2800:220:1:248:1893:25c8:1946", true, true},
	{"::1", false, true},
	{"::", false, false},
	{"fe80::1", false, true},
	{"fc00::1", false, true},
	{"fd12:3456::1", false, true},
	{"ff02::1", false, false},
	{"2001:db8::1", false, false},
	{"::ffff:127.0.0.1", false, true},
	{"::ffff:8.8.8.8", true, true},
	{"::127.0.0.1", false, true},
	{"64:ff9b::7f00:1", false, true},
	{"64:ff9b::808:808", true, true},
	{"2002:7f00:1::", false, true},
	{"2002:808:808::", true, true},
	{"192.88.99.1", false, false},
	{"198.18.0.1", false, true},
	{"::2", false, false},
	{"::ffff:0.0.0.0", false, false},
	{"::ffff:169.254.169.254", false, true},
	{"64:ff9b:1::a9fe:a9fe", false, true},
	{"2001::1", false, false},
	{"2001:1ff::1", false, false},
	{"2001:200::1", true, true},
	{"3fff::1", false, false},
	{"5f00::1", false, false},
	{"fec0::1", false, false},
	/* The table's entries of IPv4, first and last address, and the neighbours where they
	   differ. */
	{"0.255.255.255", false, false},
	{"1.0.0.0", true, true},
	{"9.255.255.255", true, true},
	{"10.0.0.0", false, true},
	{"10.255.255.255", false, true},
	{"100.100.100.200", false, true}, /* Alibaba */
	{"100.127.255.255", false, true},
	{"100.128.0.0", true, true},
	{"128.0.0.0", true, true},
	{"168.63.129.15", true, true},
	{"168.63.129.16", false, true}, /* Azure */
	{"168.63.129.17", true, true},
	{"169.253.255.255", true, true},
	{"169.254.170.2", false, true},
	{"169.255.0.0", true, true},
	{"191.255.255.255", true, true},
	{"192.0.0.0", false, false},
	{"192.0.0.8", false, false},
	{"192.0.0.9", true, true},
	{"192.0.0.10", true, true},
	{"192.0.0.11", false, false},
	{"192.0.0.170", false, false},
	{"192.0.0.192", false, false}, /* Oracle */
	{"192.0.0.255", false, false},
	{"192.0.1.0", true, true},
	{"192.0.2.255", false, false},
	{"192.0.3.0", true, true},
	{"192.31.196.1", true, true},
	{"192.52.193.1", true, true},
	{"192.88.98.255", true, true},
	{"192.88.99.255", false, false},
	{"192.88.100.0", true, true},
	{"192.167.255.255", true, true},
	{"192.168.255.255", false, true},
	{"192.169.0.0", true, true},
	{"192.175.48.1", true, true},
	{"198.17.255.255", true, true},
	{"198.19.255.255", false, true},
	{"198.20.0.0", true, true},
	{"198.51.99.255", true, true},
	{"198.51.100.7", false, false},
	{"198.51.101.0", true, true},
	{"203.0.112.255", true, true},
	{"203.0.113.7", false, false},
	{"203.0.114.0", true, true},
	{"223.255.255.255", true, true},
	{"239.255.255.255", false, false},
	{"240.0.0.0", false, false},
	/* And of IPv6. */
	{"64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff", false, false},
	{"64:ff9b::a9fe:a9fe", false, true},
	{"64:ff9b::c000:c0", false, false},
	{"64:ff9b::1:0:0", false, false}, /* behind the /96 */
	{"64:ff9b:1::", false, true},
	{"64:ff9b:1::808:808", false, true},
	{"64:ff9b:1:ffff:ffff:ffff:ffff:ffff", false, true},
	{"64:ff9b:1:a8fe:a9:fe00::", false, true},
	{"64:ff9b:2::808:808", false, false},
	{"100::1", false, false},
	{"100:0:0:1::1", false, false},
	{"1fff:ffff::1", false, false},
	{"2000::1", true, true},
	{"2001:0:808:808::", false, false}, /* Teredo */
	{"2001:0:808:808:0:ffff:f7f7:f7f7", false, false},
	{"2001:1::1", true, true},
	{"2001:1::2", true, true},
	{"2001:1::3", true, true},
	{"2001:1::4", false, false},
	{"2001:2::1", false, false},
	{"2001:3::1", true, true},
	{"2001:4:112::1", true, true},
	{"2001:4:113::1", false, false},
	{"2001:10::1", false, false},
	{"2001:20::1", false, false},
	{"2001:30::1", false, false},
	{"2001:db7:ffff::1", true, true},
	{"2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", false, false},
	{"2001:db9::1", true, true},
	{"2002:a9fe:a9fe::1", false, true},
	{"2002:c000:204::1", false, false},
	{"2002:a83f:8110::", false, true}, /* Azure in 6to4 */
	{"2620:4f:8000::1", true, true},
	{"3fff:0fff::1", false, false},
	{"3fff:1000::1", true, true},
	{"4000::1", false, false},
	{"fd00:42::42", false, true},	/* Scaleway */
	{"fd00:ec2::254", false, true}, /* Amazon */
	{"fd20:ce::254", false, true},	/* Google */
	{"febf::1", false, true},
	{"feff::1", false, false},
	{"::ffff:168.63.129.16", false, true},
	{"::ffff:192.0.0.192", false, false},
	{"::ffff:0:127.0.0.1", false, true}, /* translated */
	{"::ffff:0:8.8.8.8", true, true},
	{"::169.254.169.254", false, true},
	/* ISATAP: in whatever network, and with either kind of identifier. */
	{"2606:2800::5efe:127.0.0.1", false, true},
	{"2606:2800::200:5efe:169.254.169.254", false, true},
	{"2606:2800::5efe:192.0.2.1", false, false},
	{"2606:2800::5efe:8.8.8.8", true, true},
	{"fe80::5efe:8.8.8.8", false, true},
};

/* With networks allowed. */
static const struct {
	const char *networks, *address;
	bool allowed;
} allowances[] = {
	{"10.1.0.0/16", "10.1.255.255", true},
	{"10.1.0.0/16", "10.2.0.1", false},
	{"10.1.0.0/16", "8.8.8.8", true},
	{"10.1.0.0/16", "127.0.0.1", false},
	{"10.1.0.0/16", "::ffff:10.1.0.1", true},
	{"10.1.0.0/16", "::ffff:10.2.0.1", false},
	{"10.1.0.0/16", "64:ff9b::10.1.0.1", true},
	{"10.1.0.0/16", "2002:0a01:0001::", true},
	{"10.1.0.0/16", "2002:0a02:0001::", false},
	{"127.0.0.2/32", "127.0.0.2", true},
	{"127.0.0.2/32", "127.0.0.1", false},
	{"fd00:1::/32, ::1", "fd00:1::7", true},
	{"fd00:1::/32, ::1", "fd00:2::7", false},
	{"fd00:1::/32, ::1", "::1", true},
	{"0.0.0.0/0", "192.168.1.1", true},
	{"0.0.0.0/0", "fd00::1", false},
	{"0.0.0.0/0, ::/0", "224.0.0.1", false}, /* never is never */
	{"0.0.0.0/0, ::/0", "0.0.0.0", false},
	{"0.0.0.0/0, ::/0", "::", false},
	{"0.0.0.0/0, ::/0", "255.255.255.255", false},
	{"0.0.0.0/0, ::/0", "ff02::1", false},
	{"::/0", "10.0.0.1", true},
};

static struct sockaddr_storage parse(const char *text)
{
	struct sockaddr_storage storage = {0};
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)&storage;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)&storage;

	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		storage.ss_family = AF_INET;
	} else {
		ensure(inet_pton(AF_INET6, text, &v6->sin6_addr) == 1);
		storage.ss_family = AF_INET6;
	}
	return storage;
}

static void rows_hold(void **state)
{
	const struct guard strict = {.allow_private = false}, open = {.allow_private = true};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sockaddr_storage address = parse(rows[i].address);
		if (guard_allows(&strict, (struct sockaddr *)&address, true) != rows[i].by_default)
			fail_msg("%s by default", rows[i].address);
		if (guard_allows(&open, (struct sockaddr *)&address, true) != rows[i].with_private)
			fail_msg("%s with private networks", rows[i].address);
	}
}

static void networks_are_allowed(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(allowances); i++) {
		struct guard guard = {.allow_private = false};
		struct sockaddr_storage address = parse(allowances[i].address);
		assert_true(network_list_parse(allowances[i].networks, &guard.networks));
		if (guard_allows(&guard, (struct sockaddr *)&address, true) !=
		    allowances[i].allowed)
			fail_msg("%s with %s", allowances[i].address, allowances[i].networks);
	}
}

static void other_families_are_refused(void **state)
{
	const struct guard open = {.allow_private = true};
	const struct sockaddr_storage unix_socket = {.ss_family = AF_UNIX};

	assert_false(guard_allows(&open, (const struct sockaddr *)&unix_socket, true));
}

/* Without TLS. */
static const struct {
	const char *address;
	struct guard guard;
	bool allowed;
} plain_rows[] = {
	{"127.0.0.1", {.allow_loopback = true, .plain_http = PLAIN_HTTP_TO_LOOPBACK}, true},
	{"::1", {.allow_loopback = true, .plain_http = PLAIN_HTTP_TO_LOOPBACK}, true},
	{"::ffff:127.0.0.1", {.allow_loopback = true, .plain_http = PLAIN_HTTP_TO_LOOPBACK}, true},
	{"127.0.0.1", {.plain_http = PLAIN_HTTP_TO_LOOPBACK}, false},
	{"127.0.0.1", {.allow_loopback = true, .plain_http = PLAIN_HTTP_NOWHERE}, false},
	{"8.8.8.8", {.allow_loopback = true, .plain_http = PLAIN_HTTP_TO_LOOPBACK}, false},
	{"10.0.0.1", {.allow_loopback = true, .plain_http = PLAIN_HTTP_TO_LOOPBACK}, false},
	{"10.0.0.1", {.allow_private = true, .plain_http = PLAIN_HTTP_TO_LOOPBACK}, false},
	{"10.0.0.1", {.allow_private = true, .plain_http = PLAIN_HTTP_ANYWHERE}, true},
	{"8.8.8.8", {.plain_http = PLAIN_HTTP_ANYWHERE}, true},
	{"10.0.0.1", {.plain_http = PLAIN_HTTP_ANYWHERE}, false},
};

static void plain_http_has_its_limits(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(plain_rows); i++) {
		struct sockaddr_storage address = parse(plain_rows[i].address);
		if (guard_allows(&plain_rows[i].guard, (struct sockaddr *)&address, false) !=
		    plain_rows[i].allowed)
			fail_msg("row %zu: %s", i, plain_rows[i].address);
	}
}

static void loopback_alone_is_allowed(void **state)
{
	const struct guard guard = {.allow_loopback = true};
	static const char *const refused[] = {"10.0.0.1", "169.254.169.254", "192.168.1.1",
					      "fd00::1", "fe80::1"};

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		struct sockaddr_storage address = parse(refused[i]);
		assert_false(guard_allows(&guard, (struct sockaddr *)&address, true));
	}
	struct sockaddr_storage address = parse("127.0.0.1");
	assert_true(guard_allows(&guard, (struct sockaddr *)&address, true));
}

static void urls_are_judged_before_addresses(void **state)
{
	const struct guard nowhere = {.plain_http = PLAIN_HTTP_NOWHERE};
	const struct guard loopback = {.plain_http = PLAIN_HTTP_TO_LOOPBACK};
	const struct guard anywhere = {.plain_http = PLAIN_HTTP_ANYWHERE};

	assert_null(guard_refuses_url(&nowhere, "https://a.example/", false));
	assert_null(guard_refuses_url(&nowhere, "HTTPS://a.example/", true));
	assert_non_null(guard_refuses_url(&nowhere, "http://a.example/", false));
	assert_null(guard_refuses_url(&loopback, "http://127.0.0.1/", false));
	assert_non_null(guard_refuses_url(&loopback, "http://127.0.0.1/", true));
	assert_null(guard_refuses_url(&anywhere, "http://a.example/", true));
}

/* Its own listener, whoever may be reached otherwise. */
static const struct {
	const char *listens, *address;
	unsigned port;
	bool allowed;
} selves[] = {
	{"127.0.0.1", "127.0.0.1", 8080, false},
	{"127.0.0.1", "127.0.0.1", 8081, true},
	{"127.0.0.1", "127.0.0.2", 8080, true},
	{"127.0.0.1", "::ffff:127.0.0.1", 8080, false},
	{"127.0.0.1", "::1", 8080, true},
	{"0.0.0.0", "127.0.0.1", 8080, false},
	{"0.0.0.0", "127.9.9.9", 8080, false},
	{"0.0.0.0", "8.8.8.8", 8080, true},
	{"::", "::1", 8080, false},
	{"::", "127.0.0.1", 8080, false},
	{"::1", "::1", 8080, false},
	{"::1", "127.0.0.1", 8080, true},
};

static void a_server_is_no_target_of_its_own(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(selves); i++) {
		struct guard_self self;
		assert_true(guard_self_read(&self, selves[i].listens, 8080, ""));
		const struct guard guard = {.allow_private = true, .self = &self};
		struct sockaddr_storage address = parse(selves[i].address);
		((struct sockaddr_in *)(void *)&address)->sin_port = htons(
			(uint16_t)selves[i].port);
		if (guard_allows(&guard, (struct sockaddr *)&address, true) != selves[i].allowed)
			fail_msg("listens on %s: %s:%u", selves[i].listens, selves[i].address,
				 selves[i].port);
	}
	struct guard_self self;
	assert_false(guard_self_read(&self, "localhost", 1, ""));
}

static const struct {
	const char *url;
	bool refused;
} own_urls[] = {
	{"https://sign.acme.example/api/packages", true},
	{"HTTPS://Sign.ACME.example:443/", true},
	{"https://sign.acme.example./x", true},
	{"https://sign.acme.example:8443/", false},
	{"https://other.acme.example/", false},
	{"https://sign.acme.example.evil.example/", false},
};

static void the_base_url_is_no_target(void **state)
{
	struct guard_self self;

	assert_true(guard_self_read(&self, "127.0.0.1", 0, "https://sign.acme.example"));
	const struct guard guard = {.allow_private = true, .self = &self};
	for (size_t i = 0; i < ARRAY_SIZE(own_urls); i++) {
		bool refused = guard_refuses_url(&guard, own_urls[i].url, i % 2) != NULL;
		if (refused != own_urls[i].refused)
			fail_msg("%s", own_urls[i].url);
	}
}

static void a_catcher_is_reached_at_the_own_listener(void **state)
{
#define TOKEN "0123456789abcdefghijABCDEFGHIJ0123456789xyz"
	static const struct {
		const char *listens, *shown, *url, *reached;
		bool has_tls;
	} rows_of_urls[] = {
		{"127.0.0.1", "http://127.0.0.1:8080", "http://127.0.0.1:8080/catch/" TOKEN,
		 "http://127.0.0.1:8080/catch/" TOKEN, false},
		{"0.0.0.0", "https://sign.example", "https://sign.example/catch/" TOKEN,
		 "http://127.0.0.1:8080/catch/" TOKEN, false},
		{"::", "https://sign.example/at", "https://sign.example/at/catch/" TOKEN,
		 "https://[::1]:8080/catch/" TOKEN, true},
		{"2001:db8::1", "https://sign.example", "https://sign.example/catch/" TOKEN,
		 "http://[2001:db8::1]:8080/catch/" TOKEN, false},
		{"127.0.0.1", "https://sign.example", "https://sign.example/catch/" TOKEN "x", NULL,
		 false},
		{"127.0.0.1", "https://sign.example", "https://sign.example/catch/" TOKEN "?a",
		 NULL, false},
		{"127.0.0.1", "https://sign.example", "https://sign.example/catch/../api/" TOKEN,
		 NULL, false},
		{"127.0.0.1", "https://sign.example", "https://sign.example/api/" TOKEN, NULL,
		 false},
		{"127.0.0.1", "https://sign.example", "https://sign.example.evil/catch/" TOKEN,
		 NULL, false},
		{"127.0.0.1", "https://sign.example", "http://127.0.0.1:8080/catch/" TOKEN, NULL,
		 false},
		{"127.0.0.1", NULL, "https://sign.example/catch/" TOKEN, NULL, false},
	};
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(rows_of_urls); i++) {
		struct guard_self self;
		assert_true(guard_self_read(&self, rows_of_urls[i].listens, 8080, ""));
		self.has_tls = rows_of_urls[i].has_tls;
		atomic_store(&self.shown_url, rows_of_urls[i].shown);
		const struct guard guard = {.self = &self};
		const char *reached = guard_catcher_url(arena, &guard, rows_of_urls[i].url);
		if (!rows_of_urls[i].reached)
			assert_null(reached);
		else
			assert_string_equal(reached, rows_of_urls[i].reached);
	}
	const struct guard nowhere = {.self = NULL};
	assert_null(guard_catcher_url(arena, &nowhere, "https://sign.example/catch/" TOKEN));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_is_no_target_of_its_own),
		cmocka_unit_test(the_base_url_is_no_target),
		cmocka_unit_test(rows_hold),
		cmocka_unit_test(networks_are_allowed),
		cmocka_unit_test(other_families_are_refused),
		cmocka_unit_test(plain_http_has_its_limits),
		cmocka_unit_test(loopback_alone_is_allowed),
		cmocka_unit_test(urls_are_judged_before_addresses),
		cmocka_unit_test(a_catcher_is_reached_at_the_own_listener),
	};
	return cmocka_run_group_tests_name("outbound/guard", tests, NULL, NULL);
}
