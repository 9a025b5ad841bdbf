/* listen_address.h – parses "ADDRESS:PORT". Pure. */
#ifndef GREFFIER_CLI_LISTEN_ADDRESS_H
#define GREFFIER_CLI_LISTEN_ADDRESS_H

#include <stdbool.h>

#include "base/error.h"

struct listen_address {
	char address[64];       /* numeric */
	char shown_address[66]; /* in brackets when it is IPv6 */
	unsigned port;          /* 0: the system chooses */
	bool is_loopback;
};

/* Parses "127.0.0.1:8080", "[::1]:8080" or "localhost:8080". Fails with ERROR_USAGE. */
MUST_CHECK bool listen_address_parse(const char *text, struct listen_address *ret_address,
				     struct error *err);

#endif
