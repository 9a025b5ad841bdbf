/* network.h – lists of IP networks as an administrator writes them, and tests whether an address
 * lies in one. Pure. */
#ifndef GREFFIER_BASE_NETWORK_H
#define GREFFIER_BASE_NETWORK_H

#include <stdbool.h>
#include <stddef.h>

#include "base/macros.h"

/* A network; IPv4 is stored inside ::ffff:0:0/96. */
struct network {
	unsigned char address[16];
	unsigned char bits;
};

struct network_list {
	struct network networks[10];
	unsigned char count;
};

/* Parses "10.0.0.0/8, 2001:db8::/32, 192.0.2.7": networks separated by commas or blanks. Returns
 * false when one is not a network, has bits set outside its mask, or when there are too many. */
MUST_CHECK bool network_list_parse(const char *text, struct network_list *ret_list);
/* Tells whether the 16 bytes of `address` (IPv4 inside ::ffff:0:0/96) lie in one of the
 * networks. */
bool network_list_contains_bytes(const struct network_list *list, const unsigned char address[16]);
/* Does the same for an address given as text. Returns false when the text is not an address. */
bool network_list_contains(const struct network_list *list, const char *address);

#define NETWORK_ADDRESS_TEXT 46 /* bytes of the longest address as text, with its NUL */

/* Writes the address as inet_ntop does, and an IPv4 address inside IPv6 as plain IPv4. Returns
 * false when the text is not an address. */
MUST_CHECK bool network_address_normalize(const char *text, size_t length,
					  char ret_text[NETWORK_ADDRESS_TEXT]);
/* Gives the unit that limits per address count: the IPv4 address itself, or the /64 of an IPv6
 * address, because one subscriber usually owns a whole /64. A text that is not an address is
 * copied. */
void network_group(const char *address, char ret_text[NETWORK_ADDRESS_TEXT]);
/* True for 127.0.0.0/8 and ::1. */
bool network_is_loopback(const char *address);

#endif
