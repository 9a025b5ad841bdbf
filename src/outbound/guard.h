/* guard.h – which addresses notifications may go to. Checked on the address really connected to, so a name that
 * changes its answer gains nothing. Pure. */
#ifndef GREFFIER_OUTBOUND_GUARD_H
#define GREFFIER_OUTBOUND_GUARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/macros.h"
#include "base/network.h"

/* Where notifications may go without TLS. */
enum plain_http { PLAIN_HTTP_NOWHERE, PLAIN_HTTP_TO_LOOPBACK, PLAIN_HTTP_ANYWHERE };

/* Where this server itself serves: a notification to it would cause the next one. Outlives the guards that know it. */
struct guard_self {
	unsigned char address[16]; /* IPv4 in ::ffff:0:0/96 */
	bool is_everywhere;        /* on every address of this machine */
	atomic_uint port;          /* 0: not yet known */
	const char *base_url;      /* as proxies before this server show it; "" for none */
};
/* `address` is numeric. False for what is no address. */
MUST_CHECK bool guard_self_read(struct guard_self *self, const char *address, unsigned port,
				const char *base_url);

/* The operator's word. */
struct guard {
	bool allow_loopback;
	bool allow_private;           /* loopback, private, link-local, unique-local, metadata …: all of them */
	struct network_list networks; /* those of them that lie in here */
	enum plain_http plain_http;
	const struct guard_self *self; /* NULL: unknown */
};

/* Refuses, unless allowed: loopback, RFC 1918, carrier NAT, link-local (where clouds keep their metadata), unique-local, a
 * network's own NAT64, and the addresses of cloud platforms. Always refuses what is special in IANA's registries, multicast,
 * documentation, anything but IPv4 and IPv6, and this server's own listener. IPv4 inside IPv6 (mapped, compatible, translated,
 * NAT64, 6to4) is judged by the inner address; ISATAP by both. */
bool guard_allows(const struct guard *guard, const struct sockaddr *address, bool is_secure);
/* What can be said before there is an address: NULL, or why nothing is sent to that URL. Through a proxy nobody sees the address. */
const char *guard_refuses_url(const struct guard *guard, const char *url, bool through_proxy);

#endif
