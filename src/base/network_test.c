/* network_test.c – networks as rows: what is accepted, and what lies in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/network.h"

static const struct {
	const char *text;
	bool good;
} texts[] = {
	{"", true},
	{"10.0.0.0/8", true},
	{"10.0.0.0/8, 192.0.2.7 2001:db8::/32", true},
	{"0.0.0.0/0", true},
	{"::/0", true},
	{"192.0.2.1/24", false}, /* bits behind the mask */
	{"192.0.2.0/33", false},
	{"192.0.2.0/", false},
	{"192.0.2.0/-1", false},
	{"192.0.2.0/ 8", false},
	{"192.0.2", false},
	{"example.com", false},
	{"2001:db8::/129", false},
	{"2001:db8::1/32", false},
	{"1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1", true},
	{"1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1 1.1.1.1",
	 false},
};

static void texts_are_read_or_refused(void **state)
{
	struct network_list list;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		if (network_list_parse(texts[i].text, &list) != texts[i].good)
			fail_msg("`%s`", texts[i].text);
	}
}

static const struct {
	const char *networks, *address;
	bool inside;
} rows[] = {
	{"", "10.0.0.1", false},
	{"10.0.0.0/8", "10.255.0.1", true},
	{"10.0.0.0/8", "11.0.0.1", false},
	{"10.0.0.0/8", "::ffff:10.1.2.3", true}, /* the same address */
	{"192.0.2.7", "192.0.2.7", true},
	{"192.0.2.7", "192.0.2.8", false},
	{"192.0.2.128/25", "192.0.2.127", false},
	{"192.0.2.128/25", "192.0.2.200", true},
	{"0.0.0.0/0", "2001:db8::1", false},
	{"::/0", "10.0.0.1", true},
	{"2001:db8::/32", "2001:db8:ffff::1", true},
	{"2001:db8::/32", "2001:db9::1", false},
	{"10.0.0.0/8 2001:db8::/32", "2001:db8::1", true},
	{"::/0", "nonsense", false},
	{"::/0", "", false},
};

static void addresses_lie_inside_or_not(void **state)
{
	struct network_list list;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_true(network_list_parse(rows[i].networks, &list));
		if (network_list_contains(&list, rows[i].address) != rows[i].inside)
			fail_msg("%s in `%s`", rows[i].address, rows[i].networks);
	}
}

/* Limits by address: one subscriber has a whole /64 of IPv6. */
static void limits_count_groups(void **state)
{
	static const struct {
		const char *address, *group;
	} groups[] = {
		{"192.0.2.7", "192.0.2.7"},
		{"::ffff:192.0.2.7", "192.0.2.7"},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"},
		{"2001:db8:1:2::1", "2001:db8:1:2::"},
		{"2001:db8:1:3::1", "2001:db8:1:3::"},
		{"::1", "::"},
		{"no address", "no address"},
	};

	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		char text[NETWORK_ADDRESS_TEXT];
		network_group(groups[i].address, text);
		assert_string_equal(text, groups[i].group);
	}
	assert_true(network_is_loopback("127.9.9.9"));
	assert_true(network_is_loopback("::1"));
	assert_true(network_is_loopback("::ffff:127.0.0.1"));
	assert_false(network_is_loopback("128.0.0.1"));
	assert_false(network_is_loopback("::2"));
	assert_false(network_is_loopback("localhost"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_count_groups),
		cmocka_unit_test(texts_are_read_or_refused),
		cmocka_unit_test(addresses_lie_inside_or_not),
	};
	return cmocka_run_group_tests_name("base/network", tests, NULL, NULL);
}
