/* network.h – networks as an administrator writes them, and whether an address lies in one. Pure. */
#ifndef GREFFIER_BASE_NETWORK_H
#define GREFFIER_BASE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"

/* IPv4 lies in ::ffff:0:0/96. */
struct network {
	unsigned char address[16];
	unsigned char bits;
};

struct network_list {
	struct network networks[10];
	unsigned char count;
};

/* "10.0.0.0/8, 2001:db8::/32, 192.0.2.7": commas or blanks between. False for what is no network, has bits set behind the
 * mask, or is one too many. */
MUST_CHECK bool network_list_parse(const char *text, struct network_list *ret_list);
/* As 16 bytes, IPv4 in ::ffff:0:0/96. */
bool network_list_contains_bytes(const struct network_list *list, const unsigned char address[16]);
/* `address` as text. False for what is no address. */
bool network_list_contains(const struct network_list *list, const char *address);

#define NETWORK_ADDRESS_TEXT 46 /* bytes of the longest text of an address, with its NUL */

/* The address written as inet_ntop does, IPv4 in IPv6 as IPv4. False for what is no address. */
MUST_CHECK bool network_address_normalize(const char *text, size_t length,
					  char ret_text[NETWORK_ADDRESS_TEXT]);
/* What an address counts as where limits are by address: itself, and of IPv6 its /64, which one subscriber has whole. What is
 * no address counts as itself. */
void network_group(const char *address, char ret_text[NETWORK_ADDRESS_TEXT]);
/* 127.0.0.0/8 or ::1. */
bool network_is_loopback(const char *address);

#endif
