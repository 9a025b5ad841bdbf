/* guard.c – tables of networks. Sources: the IANA registries of special-purpose addresses (RFC
 * 6890). */
#include "outbound/guard.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "base/macros.h"

enum reach {
	REACH_PUBLIC,
	REACH_PRIVATE, /* the operator's own networks: allowed by the operator's word */
	REACH_NEVER,
};

static const struct {
	uint32_t network;
	unsigned bits;
	enum reach reach;
} v4_networks[] = {
	{0x7f000000, 8, REACH_PRIVATE},	 /* loopback */
	{0x0a000000, 8, REACH_PRIVATE},	 /* RFC 1918 */
	{0xac100000, 12, REACH_PRIVATE}, /* RFC 1918 */
	{0xc0a80000, 16, REACH_PRIVATE}, /* RFC 1918 */
	{0x64400000, 10, REACH_PRIVATE}, /* carrier NAT, RFC 6598 */
	{0xa9fe0000, 16, REACH_PRIVATE}, /* link-local, with the clouds' metadata services */
	{0x00000000, 8, REACH_NEVER},	 /* this network */
	{0xc0000000, 24, REACH_NEVER},	 /* protocol assignments */
	{0xc0000200, 24, REACH_NEVER},	 /* documentation */
	{0xc6120000, 15, REACH_PRIVATE}, /* benchmarks, RFC 2544 */
	{0xc6336400, 24, REACH_NEVER},	 /* documentation */
	{0xcb007100, 24, REACH_NEVER},	 /* documentation */
	{0xe0000000, 4, REACH_NEVER},	 /* multicast */
	{0xf0000000, 4, REACH_NEVER},	 /* reserved, broadcast */
};

static enum reach v4_reach(uint32_t address)
{
	for (size_t i = 0; i < ARRAY_SIZE(v4_networks); i++) {
		uint32_t mask = ~(uint32_t)0 << (32 - v4_networks[i].bits);
		if ((address & mask) == v4_networks[i].network)
			return v4_networks[i].reach;
	}
	return REACH_PUBLIC;
}

static uint32_t v4_inside(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

static bool v6_starts_with(const unsigned char *address, const char *prefix, size_t length)
{
	return memcmp(address, prefix, length) == 0;
}

static enum reach v6_reach(const unsigned char *a)
{
	static const unsigned char zeros[16];

	if (memcmp(a, zeros, 15) == 0) /* ::, ::1 */
		return a[15] == 1 ? REACH_PRIVATE : REACH_NEVER;
	if (memcmp(a, zeros, 10) == 0 && a[10] == 0xff && a[11] == 0xff) /* IPv4-mapped */
		return v4_reach(v4_inside(a + 12));
	if (memcmp(a, zeros, 12) == 0) /* IPv4-compatible */
		return v4_reach(v4_inside(a + 12));
	if (v6_starts_with(a, "\x00\x64\xff\x9b", 4)) /* NAT64, RFC 6052 and 8215 */
		return v4_reach(v4_inside(a + 12));
	if (v6_starts_with(a, "\x20\x02", 2)) /* 6to4, RFC 3056 */
		return v4_reach(v4_inside(a + 2));
	if (v6_starts_with(a, "\x20\x01\x0d\xb8", 4) || v6_starts_with(a, "\x20\x01\x00\x00", 4))
		return REACH_NEVER; /* documentation, Teredo */
	if ((a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0xc0) == 0x80))
		return REACH_PRIVATE;				   /* unique-local, link-local */
	return (a[0] & 0xe0) == 0x20 ? REACH_PUBLIC : REACH_NEVER; /* global unicast is 2000::/3 */
}

bool guard_allows(const struct guard *guard, const struct sockaddr *address)
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	enum reach reach = REACH_NEVER;

	if (address->sa_family == AF_INET) {
		memcpy(&v4, address, sizeof(v4));
		reach = v4_reach(ntohl(v4.sin_addr.s_addr));
	} else if (address->sa_family == AF_INET6) {
		memcpy(&v6, address, sizeof(v6));
		reach = v6_reach(v6.sin6_addr.s6_addr);
	}
	return reach == REACH_PUBLIC || (reach == REACH_PRIVATE && guard->allow_private);
}
