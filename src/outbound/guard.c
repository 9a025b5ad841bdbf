/* guard.c – one table of networks, and what IPv6 addresses hide an IPv4 address.
 *
 * Sources: IANA's registries of special-purpose addresses (iana-ipv4-special-registry and
 * iana-ipv6-special-registry, RFC 6890), its IPv6 address space registry, and the clouds' manuals.
 * An entry within another one says where it differs, so the longest prefix counts. */
#include "outbound/guard.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/macros.h"
#include "base/text.h"
#include "notify/catcher.h"

enum reach {
	REACH_PUBLIC,
	REACH_LOOPBACK,
	REACH_PRIVATE, /* the operator's own networks: allowed by the operator's word */
	REACH_NEVER,
};

#define PAIR(word) (unsigned char)((word) >> 8), (unsigned char)((word)&0xff)
#define V6(a, b, c, d, e, f, g, h, bits) \
	{ \
		{PAIR(a), PAIR(b), PAIR(c), PAIR(d), PAIR(e), PAIR(f), PAIR(g), PAIR(h)}, bits \
	}
#define V4(a, b, c, d, bits) \
	{ \
		{[10] = 0xff, [11] = 0xff, [12] = (a), [13] = (b), [14] = (c), [15] = (d)}, \
			96 + (bits) \
	}

static const struct {
	struct network network;
	enum reach reach;
} table[] = {
	{V4(0, 0, 0, 0, 0), REACH_PUBLIC},
	{V4(0, 0, 0, 0, 8), REACH_NEVER},	   /* this network, RFC 791 */
	{V4(10, 0, 0, 0, 8), REACH_PRIVATE},	   /* RFC 1918 */
	{V4(100, 64, 0, 0, 10), REACH_PRIVATE},	   /* carrier NAT, RFC 6598; Alibaba's metadata */
	{V4(127, 0, 0, 0, 8), REACH_LOOPBACK},	   /* RFC 1122 */
	{V4(168, 63, 129, 16, 32), REACH_PRIVATE}, /* Azure's platform: DHCP, DNS, agent, health */
	{V4(169, 254, 0, 0, 16), REACH_PRIVATE},   /* link-local, RFC 3927; the clouds' metadata */
	{V4(172, 16, 0, 0, 12), REACH_PRIVATE},	   /* RFC 1918 */
	{V4(192, 0, 0, 0, 24), REACH_NEVER},	   /* protocols, RFC 6890; Oracle's metadata */
	{V4(192, 0, 0, 9, 32), REACH_PUBLIC},	   /* PCP anycast, RFC 7723 */
	{V4(192, 0, 0, 10, 32), REACH_PUBLIC},	   /* TURN anycast, RFC 8155 */
	{V4(192, 0, 2, 0, 24), REACH_NEVER},	   /* documentation, RFC 5737 */
	{V4(192, 31, 196, 0, 24), REACH_PUBLIC},   /* AS112, RFC 7535 */
	{V4(192, 52, 193, 0, 24), REACH_PUBLIC},   /* AMT, RFC 7450 */
	{V4(192, 88, 99, 0, 24), REACH_NEVER},	   /* 6to4 relays, RFC 7526 */
	{V4(192, 168, 0, 0, 16), REACH_PRIVATE},   /* RFC 1918 */
	{V4(192, 175, 48, 0, 24), REACH_PUBLIC},   /* AS112, RFC 7534 */
	{V4(198, 18, 0, 0, 15), REACH_PRIVATE},	   /* benchmarks, RFC 2544 */
	{V4(198, 51, 100, 0, 24), REACH_NEVER},	   /* documentation, RFC 5737 */
	{V4(203, 0, 113, 0, 24), REACH_NEVER},	   /* documentation, RFC 5737 */
	{V4(224, 0, 0, 0, 4), REACH_NEVER},	   /* multicast, RFC 5771 */
	{V4(240, 0, 0, 0, 4), REACH_NEVER},	   /* reserved, RFC 1112; broadcast, RFC 919 */

	{V6(0, 0, 0, 0, 0, 0, 0, 0, 0), REACH_NEVER},	   /* what IANA has not given out */
	{V6(0, 0, 0, 0, 0, 0, 0, 1, 128), REACH_LOOPBACK}, /* RFC 4291 */
	{V6(0x64, 0xff9b, 1, 0, 0, 0, 0, 0, 48),
	 REACH_PRIVATE},				      /* a network's own NAT64, RFC 8215 */
	{V6(0x100, 0, 0, 0, 0, 0, 0, 0, 64), REACH_NEVER},    /* discarded, RFC 6666 */
	{V6(0x100, 0, 0, 1, 0, 0, 0, 0, 64), REACH_NEVER},    /* dummy prefix, RFC 9780 */
	{V6(0x2000, 0, 0, 0, 0, 0, 0, 0, 3), REACH_PUBLIC},   /* global unicast, RFC 4291 */
	{V6(0x2001, 0, 0, 0, 0, 0, 0, 0, 23), REACH_NEVER},   /* protocols, RFC 2928 */
	{V6(0x2001, 0, 0, 0, 0, 0, 0, 0, 32), REACH_NEVER},   /* Teredo, RFC 4380 */
	{V6(0x2001, 1, 0, 0, 0, 0, 0, 1, 128), REACH_PUBLIC}, /* PCP anycast, RFC 7723 */
	{V6(0x2001, 1, 0, 0, 0, 0, 0, 2, 128), REACH_PUBLIC}, /* TURN anycast, RFC 8155 */
	{V6(0x2001, 1, 0, 0, 0, 0, 0, 3, 128), REACH_PUBLIC}, /* SRP anycast, RFC 9665 */
	{V6(0x2001, 2, 0, 0, 0, 0, 0, 0, 48), REACH_NEVER},   /* benchmarks, RFC 5180 */
	{V6(0x2001, 3, 0, 0, 0, 0, 0, 0, 32), REACH_PUBLIC},  /* AMT, RFC 7450 */
	{V6(0x2001, 4, 0x112, 0, 0, 0, 0, 0, 48), REACH_PUBLIC}, /* AS112, RFC 7535 */
	{V6(0x2001, 0x10, 0, 0, 0, 0, 0, 0, 28), REACH_NEVER},	 /* ORCHID, RFC 4843 */
	{V6(0x2001, 0x20, 0, 0, 0, 0, 0, 0, 28), REACH_NEVER},	/* ORCHIDv2, RFC 7343: no locator */
	{V6(0x2001, 0x30, 0, 0, 0, 0, 0, 0, 28), REACH_NEVER},	/* drones, RFC 9374: no locator */
	{V6(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0, 32), REACH_NEVER}, /* documentation, RFC 3849 */
	{V6(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0, 48), REACH_PUBLIC}, /* AS112, RFC 7534 */
	{V6(0x3fff, 0, 0, 0, 0, 0, 0, 0, 20), REACH_NEVER},	     /* documentation, RFC 9637 */
	{V6(0x5f00, 0, 0, 0, 0, 0, 0, 0, 16), REACH_NEVER},	     /* segment routing, RFC 9602 */
	/* Amazon's metadata fd00:ec2::254, Google's fd20:ce::254 and Scaleway's fd00:42::42 lie in
	   it. */
	{V6(0xfc00, 0, 0, 0, 0, 0, 0, 0, 7), REACH_PRIVATE},  /* unique-local, RFC 4193 */
	{V6(0xfe80, 0, 0, 0, 0, 0, 0, 0, 10), REACH_PRIVATE}, /* link-local, RFC 4291 */
	{V6(0xfec0, 0, 0, 0, 0, 0, 0, 0, 10), REACH_NEVER},   /* site-local, RFC 3879 */
	{V6(0xff00, 0, 0, 0, 0, 0, 0, 0, 8), REACH_NEVER},    /* multicast, RFC 4291 */
};

static bool lies_in(const unsigned char address[16], const struct network *network)
{
	unsigned whole = network->bits / 8, rest = network->bits % 8;

	return memcmp(address, network->address, whole) == 0 &&
	       (rest == 0 ||
		((address[whole] ^ network->address[whole]) & (0xff00 >> rest) & 0xff) == 0);
}

static enum reach reach_of(const unsigned char address[16])
{
	enum reach reach = REACH_NEVER;
	int longest = -1;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (table[i].network.bits > longest && lies_in(address, &table[i].network)) {
			longest = table[i].network.bits;
			reach = table[i].reach;
		}
	}
	return reach;
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
	if (is_zero(a, 10) && a[10] == 0xff && a[11] == 0xff) /* mapped, RFC 4291 */
		return a + 12;
	if (is_zero(a, 12) && !is_zero(a + 12, 3)) /* compatible, RFC 4291; not :: and ::1 */
		return a + 12;
	if (is_zero(a, 8) && a[8] == 0xff && a[9] == 0xff && is_zero(a + 10, 2))
		return a + 12;					    /* translated, RFC 2765 */
	if (memcmp(a, "\x00\x64\xff\x9b\0\0\0\0\0\0\0\0", 12) == 0) /* NAT64, RFC 6052 */
		return a + 12;
	if (memcmp(a, "\x20\x02", 2) == 0) /* 6to4, RFC 3056 */
		return a + 2;
	return NULL;
}

/* In any network of IPv6, a host of that IPv4 address (RFC 5214): both must be allowed. */
static bool is_isatap(const unsigned char *a)
{
	return (a[8] & 0xfd) == 0 && a[9] == 0 && a[10] == 0x5e && a[11] == 0xfe;
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

static void v4_as_v6(const unsigned char inner[4], unsigned char ret_bytes[16])
{
	memset(ret_bytes, 0, 10);
	memset(ret_bytes + 10, 0xff, 2);
	memcpy(ret_bytes + 12, inner, 4);
}

static unsigned port_of(const struct sockaddr *address)
{
	struct sockaddr_in v4; /* the port is at the same place in both */

	memcpy(&v4, address, sizeof(v4));
	return ntohs(v4.sin_port);
}

/* One of this machine's addresses, whatever networks say: loopback counts as one. */
static bool is_of_this_machine(const unsigned char bytes[16])
{
	struct ifaddrs *first = NULL;
	bool found = reach_of(bytes) == REACH_LOOPBACK;

	if (found || getifaddrs(&first) != 0)
		return found;
	for (const struct ifaddrs *one = first; one && !found; one = one->ifa_next) {
		unsigned char own[16];
		found = one->ifa_addr && address_read(one->ifa_addr, own) &&
			memcmp(own, bytes, 16) == 0;
	}
	freeifaddrs(first);
	return found;
}

/* A notification to this server would cause the next one. */
static bool is_own(const struct guard_self *self, const struct sockaddr *address,
		   const unsigned char bytes[16])
{
	if (!self || port_of(address) != atomic_load(&self->port))
		return false;
	return self->is_everywhere ? is_of_this_machine(bytes)
				   : memcmp(bytes, self->address, 16) == 0;
}

bool guard_allows(const struct guard *guard, const struct sockaddr *address, bool is_secure)
{
	unsigned char bytes[16], inner[16];

	if (!address_read(address, bytes) || is_own(guard->self, address, bytes))
		return false;
	enum reach reach = reach_of(bytes);
	bool is_carried = is_secure || guard->plain_http == PLAIN_HTTP_ANYWHERE ||
			  (guard->plain_http == PLAIN_HTTP_TO_LOOPBACK && reach == REACH_LOOPBACK);
	if (!is_carried || !reach_is_allowed(guard, reach, bytes))
		return false;
	if (!is_isatap(bytes))
		return true;
	v4_as_v6(bytes + 12, inner);
	return reach_is_allowed(guard, reach_of(inner), inner);
}

bool guard_self_read(struct guard_self *self, const char *address, unsigned port,
		     const char *base_url)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	bool is_v4 = inet_pton(AF_INET, address, &v4.sin_addr) == 1;

	if (!is_v4 && inet_pton(AF_INET6, address, &v6.sin6_addr) != 1)
		return false;
	(void)address_read(is_v4 ? (struct sockaddr *)&v4 : (struct sockaddr *)&v6, self->address);
	self->is_everywhere = is_v4 ? v4.sin_addr.s_addr == 0
				    : is_zero(v6.sin6_addr.s6_addr, sizeof(v6.sin6_addr));
	self->base_url = base_url;
	self->has_tls = false;
	atomic_store(&self->shown_url, NULL);
	atomic_store(&self->port, port);
	return true;
}

/* Of an absolute URL; "" when there is none. */
static void place_read(const char *url, char *ret_host, size_t room, char ret_port[8])
{
	CURLU *parts = curl_url();
	char *host = NULL, *port = NULL;

	*ret_host = *ret_port = '\0';
	if (parts && curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_get(parts, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
	    curl_url_get(parts, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK) {
		size_t length = strlen(host);
		if (length > 0 && host[length - 1] == '.') /* the root may be named */
			host[length - 1] = '\0';
		snprintf(ret_host, room, "%s", host);
		snprintf(ret_port, 8, "%s", port);
	}
	curl_free(host);
	curl_free(port);
	curl_url_cleanup(parts);
}

static bool is_own_url(const struct guard_self *self, const char *url)
{
	char own_host[256], host[256], own_port[8], port[8];

	if (!self || !*self->base_url)
		return false;
	place_read(self->base_url, own_host, sizeof(own_host), own_port);
	place_read(url, host, sizeof(host), port);
	return *host && text_equal_nocase(host, own_host) && strcmp(port, own_port) == 0;
}

bool guard_is_self(const struct guard *guard, const struct sockaddr *address)
{
	unsigned char bytes[16];

	return address_read(address, bytes) && is_own(guard->self, address, bytes);
}

static bool is_v4(const unsigned char bytes[16])
{
	return is_zero(bytes, 10) && bytes[10] == 0xff && bytes[11] == 0xff;
}

/* "127.0.0.1", "[::1]": where the listener is reached from this machine. */
static void own_host(const struct guard_self *self, char *ret_host, size_t room)
{
	const bool v4 = is_v4(self->address);
	char text[INET6_ADDRSTRLEN] = "";

	if (self->is_everywhere) {
		snprintf(ret_host, room, "%s", v4 ? "127.0.0.1" : "[::1]");
		return;
	}
	(void)inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? self->address + 12 : self->address, text,
			sizeof(text));
	snprintf(ret_host, room, v4 ? "%s" : "[%s]", text);
}

const char *guard_catcher_url(struct arena *arena, const struct guard *guard, const char *url)
{
	static const char digits[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	const struct guard_self *self = guard->self;
	const char *base = self ? atomic_load(&self->shown_url) : NULL;
	size_t length = base ? strlen(base) : 0;
	char host[INET6_ADDRSTRLEN + 2];

	if (!base || strncmp(url, base, length) != 0 ||
	    strncmp(url + length, CATCHER_PATH, strlen(CATCHER_PATH)) != 0)
		return NULL;
	const char *token = url + length + strlen(CATCHER_PATH);
	if (strlen(token) != CATCHER_TOKEN_LENGTH || strspn(token, digits) != CATCHER_TOKEN_LENGTH)
		return NULL;
	own_host(self, host, sizeof(host));
	return arena_printf(arena, "%s://%s:%u" CATCHER_PATH "%s", self->has_tls ? "https" : "http",
			    host, atomic_load(&self->port), token);
}

const char *guard_refuses_url(const struct guard *guard, const char *url, bool through_proxy)
{
	bool unseen = guard->plain_http == PLAIN_HTTP_TO_LOOPBACK && through_proxy;

	if (is_own_url(guard->self, url))
		return "the URL is this server's own (--base-url)";
	if (text_starts_with_nocase(url, "https://") ||
	    (guard->plain_http != PLAIN_HTTP_NOWHERE && !unseen))
		return NULL;
	return "the URL is not https (--require-https-targets)";
}
