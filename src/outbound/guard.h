/* guard.h – which addresses notifications may go to. Checked on the address really connected to, so a name that
 * changes its answer gains nothing. Pure. */
#ifndef GREFFIER_OUTBOUND_GUARD_H
#define GREFFIER_OUTBOUND_GUARD_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/network.h"

/* Where notifications may go without TLS. */
enum plain_http { PLAIN_HTTP_NOWHERE, PLAIN_HTTP_TO_LOOPBACK, PLAIN_HTTP_ANYWHERE };

/* The operator's word. */
struct guard {
	bool allow_loopback;
	bool allow_private;           /* loopback, private, link-local, unique-local, metadata …: all of them */
	struct network_list networks; /* those of them that lie in here */
	enum plain_http plain_http;
};

/* Refuses, unless allowed: loopback, RFC 1918, carrier NAT (100.64/10), link-local (169.254/16, where clouds keep their
 * metadata; fe80::/10), unique-local (fc00::/7). Always refuses this network (0/8, ::), multicast, broadcast, documentation,
 * reserved, and anything but IPv4 and IPv6. IPv4 inside IPv6 (mapped, compatible, NAT64, 6to4) is judged by the inner address. */
bool guard_allows(const struct guard *guard, const struct sockaddr *address, bool is_secure);
/* What can be said before there is an address: NULL, or why nothing is sent to that URL. Through a proxy nobody sees the address. */
const char *guard_refuses_url(const struct guard *guard, const char *url, bool through_proxy);

#endif
