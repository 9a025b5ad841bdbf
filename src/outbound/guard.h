/* guard.h – which addresses notifications may go to. Checked on the address really connected to, so a name that
 * changes its answer gains nothing. Pure. */
#ifndef GREFFIER_OUTBOUND_GUARD_H
#define GREFFIER_OUTBOUND_GUARD_H

#include <stdbool.h>
#include <sys/socket.h>

struct guard {
	bool allow_private; /* loopback, private, link-local, unique-local, metadata …: the operator's word */
};

/* Refuses, unless allowed: this host and network (0/8, ::), loopback, RFC 1918, carrier NAT (100.64/10), link-local
 * (169.254/16, where clouds keep their metadata; fe80::/10), unique-local (fc00::/7), IPv4 inside IPv6 (mapped,
 * NAT64, 6to4) by the inner address. Always refuses multicast, broadcast, reserved and anything but IPv4 and IPv6. */
bool guard_allows(const struct guard *guard, const struct sockaddr *address);

#endif
