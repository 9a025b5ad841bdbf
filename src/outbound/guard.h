/* guard.h – which addresses notifications may go to. Checked on the address really connected to, so a name that
 * changes its answer gains nothing. Pure. */
#ifndef GREFFIER_OUTBOUND_GUARD_H
#define GREFFIER_OUTBOUND_GUARD_H

#include <stdbool.h>
#include <sys/socket.h>

#include "base/network.h"

/* The operator's word. */
struct guard {
	bool allow_private;           /* loopback, private, link-local, unique-local, metadata …: all of them */
	struct network_list networks; /* those of them that lie in here */
};

/* Refuses, unless allowed: loopback, RFC 1918, carrier NAT (100.64/10), link-local (169.254/16, where clouds keep their
 * metadata; fe80::/10), unique-local (fc00::/7). Always refuses this network (0/8, ::), multicast, broadcast, documentation,
 * reserved, and anything but IPv4 and IPv6. IPv4 inside IPv6 (mapped, compatible, NAT64, 6to4) is judged by the inner address. */
bool guard_allows(const struct guard *guard, const struct sockaddr *address);

#endif
