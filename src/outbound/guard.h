/* guard.h – decides to which addresses notifications may be sent. Pure.
 *
 * It checks the address that is really connected to, so that a name whose resolution changes
 * gains nothing. */
#ifndef GREFFIER_OUTBOUND_GUARD_H
#define GREFFIER_OUTBOUND_GUARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/macros.h"
#include "base/network.h"

/* Where plain HTTP is allowed. */
enum plain_http { PLAIN_HTTP_NOWHERE, PLAIN_HTTP_TO_LOOPBACK, PLAIN_HTTP_ANYWHERE };

/* The addresses of this server: a notification sent to it would cause the next one. Must outlive
 * the guards that use it. */
struct guard_self {
	unsigned char address[16]; /* IPv4 in ::ffff:0:0/96 */
	bool is_everywhere;        /* listens on every address of this machine */
	atomic_uint port;          /* 0: not yet known */
	/* The listener has TLS; a proxy in front may have it in addition. */
	bool has_tls;
	const char *base_url;      /* the server's URL behind proxies; "" for none */
	/* base_url, or the listening address: the start of catchers' URLs; NULL: not yet known. */
	_Atomic(const char *) shown_url;
};
/* Reads a numeric address. Returns false when it is not an address. */
MUST_CHECK bool guard_self_read(struct guard_self *self, const char *address, unsigned port,
				const char *base_url);

/* The rules that the operator has set. */
struct guard {
	bool allow_loopback;
	/* All of loopback, private, link-local, unique-local, metadata …. */
	bool allow_private;
	struct network_list networks; /* of those only addresses in these networks */
	enum plain_http plain_http;
	const struct guard_self *self; /* NULL: unknown */
};

/* Decides about an address. Unless allowed, it refuses loopback, RFC 1918, carrier NAT,
 * link-local (metadata of clouds), unique-local, a network's own NAT64, and the addresses of
 * cloud platforms.
 *
 * Never allowed are special addresses in IANA's registries, multicast, documentation, address
 * families other than IPv4 and IPv6, and this server's own listener. IPv4 inside IPv6 (mapped,
 * compatible, translated, NAT64, 6to4) is judged by the inner address, ISATAP by both. */
bool guard_allows(const struct guard *guard, const struct sockaddr *address, bool is_secure);
/* Returns the URL at this server's own listener for a notification to one of its catchers
 * (notify/catcher.h), in `arena`. Returns NULL unless `url` is exactly
 * `shown_url`/catch/<token>. This is the only exception from the rule that nothing is sent to
 * this server; a catcher raises no event. */
const char *guard_catcher_url(struct arena *arena, const struct guard *guard, const char *url);
/* True when the address is this server's own listener. */
bool guard_is_self(const struct guard *guard, const struct sockaddr *address);
/* Checks what is known before the name is resolved. Returns NULL, or why nothing is sent to that
 * URL. With a proxy the address is never seen. */
const char *guard_refuses_url(const struct guard *guard, const char *url, bool through_proxy);

#endif
