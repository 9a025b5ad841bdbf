/* listen_address.c – see listen_address.h. */
#include "cli/listen_address.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool host_split(const char *text, const char *colon, char ret_host[64])
{
	size_t length = (size_t)(colon - text);

	if (length >= 2 && text[0] == '[' && colon[-1] == ']') {
		text++;
		length -= 2;
	} else if (memchr(text, ':', length)) {
		return false; /* an IPv6 address needs its brackets */
	}
	if (length == 0 || length >= 64)
		return false;
	memcpy(ret_host, text, length);
	ret_host[length] = '\0';
	return true;
}

static bool host_read(const char *host, struct listen_address *address)
{
	struct in_addr v4;
	struct in6_addr v6;

	if (strcmp(host, "localhost") == 0)
		host = "127.0.0.1";
	snprintf(address->address, sizeof(address->address), "%s", host);
	if (inet_pton(AF_INET, host, &v4) == 1) {
		address->is_loopback = (ntohl(v4.s_addr) >> 24) == 127;
		snprintf(address->shown_address, sizeof(address->shown_address), "%s", host);
		return true;
	}
	if (inet_pton(AF_INET6, host, &v6) == 1) {
		address->is_loopback = IN6_IS_ADDR_LOOPBACK(&v6);
		snprintf(address->shown_address, sizeof(address->shown_address), "[%s]", host);
		return true;
	}
	return false;
}

bool listen_address_parse(const char *text, struct listen_address *ret_address, struct error *err)
{
	struct listen_address address = {0};
	char host[64];
	const char *colon = strrchr(text, ':');

	if (!colon || !host_split(text, colon, host) || !host_read(host, &address))
		return error_set(err, ERROR_USAGE,
				 "--listen: expected ADDRESS:PORT with a numeric address, such as "
				 "127.0.0.1:8080 or [::1]:8080");
	const char *port = colon + 1;
	if (!*port || strspn(port, "0123456789") != strlen(port) || strlen(port) > 5 ||
	    strtoul(port, NULL, 10) > 65535)
		return error_set(err, ERROR_USAGE, "--listen: the port must be from 0 to 65535");
	address.port = (unsigned)strtoul(port, NULL, 10);
	*ret_address = address;
	return true;
}
