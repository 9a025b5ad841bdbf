/* guard.c – tables of networks. Sources: the IANA registries of special-purpose addresses (RFC
 * 6890). */
#include "outbound/guard.h"

#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#include "base/macros.h"
#include "base/text.h"

enum reach {
	REACH_PUBLIC,
	REACH_LOOPBACK,
	REACH_PRIVATE, /* the operator's own networks: allowed by the operator's word */
	REACH_NEVER,
};

static const struct {
	uint32_t network;
	unsigned bits;
	enum reach reach;
} v4_networks[] = {
	{0x7f000000, 8, REACH_LOOPBACK}, {0x0a000000, 8, REACH_PRIVATE}, /* RFC 1918 */
	{0xac100000, 12, REACH_PRIVATE},				 /* RFC 1918 */
	{0xc0a80000, 16, REACH_PRIVATE},				 /* RFC 1918 */
	{0x64400000, 10, REACH_PRIVATE},				 /* carrier NAT, RFC 6598 */
	{0xa9fe0000, 16, REACH_PRIVATE}, /* link-local, with the clouds' metadata services */
	{0x00000000, 8, REACH_NEVER},	 /* this network */
	{0xc0000000, 24, REACH_NEVER},	 /* protocol assignments */
	{0xc0000200, 24, REACH_NEVER},	 /* documentation */
	{0xc0586300, 24, REACH_NEVER},	 /* 6to4 relays, RFC 7526 */
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

static bool is_zero(const unsigned char *bytes, size_t length)
{
	while (length > 0 && bytes[length - 1] == 0)
		length--;
	return length == 0;
}

/* Where the IPv4 address is that is meant; NULL when it is IPv6 that is meant. */
static const unsigned char *v4_find(const unsigned char *a)
{
	if (is_zero(a, 10) && a[10] == 0xff && a[11] == 0xff) /* mapped */
		return a + 12;
	if (is_zero(a, 12) && !is_zero(a + 12, 3)) /* compatible; not :: and ::1 */
		return a + 12;
	if (v6_starts_with(a, "\x00\x64\xff\x9b", 4)) /* NAT64, RFC 6052 and 8215 */
		return a + 12;
	if (v6_starts_with(a, "\x20\x02", 2)) /* 6to4, RFC 3056 */
		return a + 2;
	return NULL;
}

static enum reach v6_reach(const unsigned char *a)
{
	if (is_zero(a, 15) && a[15] == 1)
		return REACH_LOOPBACK;
	if ((a[0] & 0xfe) == 0xfc || (a[0] == 0xfe && (a[1] & 0xc0) == 0x80))
		return REACH_PRIVATE;			       /* unique-local, link-local */
	if (v6_starts_with(a, "\x20\x01\x0d\xb8", 4) ||	       /* documentation */
	    (v6_starts_with(a, "\x3f\xff", 2) && a[2] < 16) || /* documentation, RFC 9637 */
	    (v6_starts_with(a, "\x20\x01", 2) &&
	     a[2] < 2)) /* protocol assignments, Teredo among them */
		return REACH_NEVER;
	return (a[0] & 0xe0) == 0x20 ? REACH_PUBLIC : REACH_NEVER; /* global unicast is 2000::/3 */
}

/* 16 bytes, IPv4 in ::ffff:0:0/96: what is judged, and looked for in networks. */
static bool address_read(const struct sockaddr *address, unsigned char ret_bytes[16])
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	if (address->sa_family == AF_INET6) {
		memcpy(&v6, address, sizeof(v6));
		const unsigned char *inner = v4_find(v6.sin6_addr.s6_addr);
		memcpy(ret_bytes, inner ? mapped : v6.sin6_addr.s6_addr, 12);
		memcpy(ret_bytes + 12, inner ? inner : v6.sin6_addr.s6_addr + 12, 4);
		return true;
	}
	if (address->sa_family != AF_INET)
		return false;
	memcpy(&v4, address, sizeof(v4));
	memcpy(ret_bytes, mapped, sizeof(mapped));
	memcpy(ret_bytes + sizeof(mapped), &v4.sin_addr.s_addr, 4);
	return true;
}

static bool reach_is_allowed(const struct guard *guard, enum reach reach,
			     const unsigned char bytes[16])
{
	switch (reach) {
	case REACH_PUBLIC:
		return true;
	case REACH_LOOPBACK:
	case REACH_PRIVATE:
		return (reach == REACH_LOOPBACK && guard->allow_loopback) || guard->allow_private ||
		       network_list_contains_bytes(&guard->networks, bytes);
	case REACH_NEVER:
		break;
	}
	return false;
}

bool guard_allows(const struct guard *guard, const struct sockaddr *address, bool is_secure)
{
	unsigned char bytes[16];

	if (!address_read(address, bytes))
		return false;
	const unsigned char *inner = v4_find(bytes);
	enum reach reach = inner ? v4_reach(v4_inside(inner)) : v6_reach(bytes);
	bool is_carried = is_secure || guard->plain_http == PLAIN_HTTP_ANYWHERE ||
			  (guard->plain_http == PLAIN_HTTP_TO_LOOPBACK && reach == REACH_LOOPBACK);
	return is_carried && reach_is_allowed(guard, reach, bytes);
}

const char *guard_refuses_url(const struct guard *guard, const char *url, bool through_proxy)
{
	bool unseen = guard->plain_http == PLAIN_HTTP_TO_LOOPBACK && through_proxy;

	if (text_starts_with_nocase(url, "https://") ||
	    (guard->plain_http != PLAIN_HTTP_NOWHERE && !unseen))
		return NULL;
	return "the URL is not https (--require-https-targets)";
}
