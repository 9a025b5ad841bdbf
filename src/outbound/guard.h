/* guard.h – which addresses notifications may go to. Checked on the address really connected to, so a name that
 * changes its answer gains nothing. Pure. */
#ifndef GREFFIER_OUTBOUND_GUARD_H
#define GREFFIER_OUTBOUND_GUARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <sys/socket.h>

#include "base/arena.h"
#include "base/macros.h"
#include "base/network.h"

/* Where notifications may go without TLS. */
enum plain_http { PLAIN_HTTP_NOWHERE, PLAIN_HTTP_TO_LOOPBACK, PLAIN_HTTP_ANYWHERE };

/* Where this server itself serves: a notification to it would cause the next one. Outlives the guards that know it. */
struct guard_self {
	unsigned char address[16]; /* IPv4 in ::ffff:0:0/96 */
	bool is_everywhere;        /* on every address of this machine */
	atomic_uint port;          /* 0: not yet known */
	bool has_tls;              /* the listener itself: a proxy before it may have more */
	const char *base_url;      /* as proxies before this server show it; "" for none */
	_Atomic(const char *) shown_url; /* base_url, or what is listened on, as catchers' URLs begin; NULL: not yet known */
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
/* Where this server reaches itself to deliver to one of its catchers (notify/catcher.h): the URL of the same path at its own listener,
 * when `url` is exactly `shown_url`/catch/<token>; NULL otherwise. The one exception from the rule that nothing is sent to this server: a
 * catcher raises no event. In `arena`. */
const char *guard_catcher_url(struct arena *arena, const struct guard *guard, const char *url);
/* Whether an address is this server's own listener. */
bool guard_is_self(const struct guard *guard, const struct sockaddr *address);
/* What can be said before there is an address: NULL, or why nothing is sent to that URL. Through a proxy nobody sees the address. */
const char *guard_refuses_url(const struct guard *guard, const char *url, bool through_proxy);

#endif
