/* client_address.h – the address of the client behind the trusted proxies in front of this
 * server. */
#ifndef GREFFIER_HTTP_CLIENT_ADDRESS_H
#define GREFFIER_HTTP_CLIENT_ADDRESS_H

#include "base/network.h"
#include "http/message.h"

/* The header that the proxies write. The other one is ignored, because a client may have written
 * it. */
enum forwarded_header {
	FORWARDED_X_FORWARDED_FOR,
	FORWARDED_RFC_7239, /* the header `Forwarded` */
};

struct proxies {
	struct network_list trusted; /* only these proxies are believed */
	enum forwarded_header header;
};

/* Returns the address that the last trusted proxy reports, or else `request->remote_address`.
 * The result lives in the request's arena and is written as inet_ntop does. All lines of the
 * header are read, from right to left. An address may have a port, brackets and quotes. */
const char *client_address(const struct http_request *request, const struct proxies *proxies);

#endif
