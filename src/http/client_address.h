/* client_address.h – where a request comes from, seen through the proxies before this server. */
#ifndef GREFFIER_HTTP_CLIENT_ADDRESS_H
#define GREFFIER_HTTP_CLIENT_ADDRESS_H

#include "base/network.h"
#include "http/message.h"

/* The header that the proxies write. The other one is ignored: a client may have written it. */
enum forwarded_header {
	FORWARDED_X_FORWARDED_FOR,
	FORWARDED_RFC_7239, /* Forwarded */
};

struct proxies {
	struct network_list trusted; /* only these are believed */
	enum forwarded_header header;
};

/* `request->remote_address`, or what the last trusted proxy says: in the request's arena, written as inet_ntop does. All lines
 * of the header count, from the right. Understood are addresses with a port, in brackets and in quotes. */
const char *client_address(const struct http_request *request, const struct proxies *proxies);

#endif
