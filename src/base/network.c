/* network.c – see network.h. */
#include "base/network.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool address_parse(const char *text, unsigned char ret_address[16], bool *ret_is_v4)
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

	*ret_is_v4 = inet_pton(AF_INET, text, ret_address + 12) == 1;
	if (*ret_is_v4)
		memcpy(ret_address, mapped, sizeof(mapped));
	return *ret_is_v4 || inet_pton(AF_INET6, text, ret_address) == 1;
}

static bool bit_of(const unsigned char *address, unsigned bit)
{
	return address[bit / 8] >> (7 - bit % 8) & 1;
}

static bool network_parse(const char *text, size_t length, struct network *ret_network)
{
	char copy[INET6_ADDRSTRLEN + 5], *end;
	bool is_v4;

	if (length >= sizeof(copy))
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	char *slash = strchr(copy, '/');
	if (slash)
		*slash = '\0';
	if (!address_parse(copy, ret_network->address, &is_v4))
		return false;
	unsigned bits = 128;
	if (slash) {
		unsigned long given = strtoul(slash + 1, &end, 10);
		if (slash[1] < '0' || slash[1] > '9' || *end || given > (is_v4 ? 32u : 128u))
			return false;
		bits = (unsigned)given + (is_v4 ? 96 : 0);
	}
	for (unsigned bit = bits; bit < 128; bit++) {
		if (bit_of(ret_network->address, bit))
			return false;
	}
	ret_network->bits = (unsigned char)bits;
	return true;
}

bool network_list_parse(const char *text, struct network_list *ret_list)
{
	struct network_list list = {0};

	for (text += strspn(text, ", \t"); *text; text += strspn(text, ", \t")) {
		size_t length = strcspn(text, ", \t");
		if (list.count == ARRAY_SIZE(list.networks) ||
		    !network_parse(text, length, &list.networks[list.count]))
			return false;
		list.count++;
		text += length;
	}
	*ret_list = list;
	return true;
}

bool network_list_contains_bytes(const struct network_list *list, const unsigned char address[16])
{
	for (unsigned i = 0; i < list->count; i++) {
		unsigned bit = 0;
		while (bit < list->networks[i].bits &&
		       bit_of(address, bit) == bit_of(list->networks[i].address, bit))
			bit++;
		if (bit == list->networks[i].bits)
			return true;
	}
	return false;
}

bool network_list_contains(const struct network_list *list, const char *address)
{
	unsigned char bytes[16];
	bool is_v4;

	return address_parse(address, bytes, &is_v4) && network_list_contains_bytes(list, bytes);
}

static bool is_v4_in_v6(const unsigned char address[16])
{
	static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};

	return memcmp(address, mapped, sizeof(mapped)) == 0;
}

static void address_write(const unsigned char address[16], char ret_text[NETWORK_ADDRESS_TEXT])
{
	if (is_v4_in_v6(address))
		inet_ntop(AF_INET, address + 12, ret_text, NETWORK_ADDRESS_TEXT);
	else
		inet_ntop(AF_INET6, address, ret_text, NETWORK_ADDRESS_TEXT);
}

bool network_address_normalize(const char *text, size_t length, char ret_text[NETWORK_ADDRESS_TEXT])
{
	char copy[NETWORK_ADDRESS_TEXT];
	unsigned char address[16];
	bool is_v4;

	if (length >= sizeof(copy))
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (!address_parse(copy, address, &is_v4))
		return false;
	address_write(address, ret_text);
	return true;
}

void network_group(const char *address, char ret_text[NETWORK_ADDRESS_TEXT])
{
	unsigned char bytes[16];
	bool is_v4;

	if (!address_parse(address, bytes, &is_v4)) {
		snprintf(ret_text, NETWORK_ADDRESS_TEXT, "%s", address);
		return;
	}
	if (!is_v4_in_v6(bytes))
		memset(bytes + 8, 0, 8);
	address_write(bytes, ret_text);
}

bool network_is_loopback(const char *address)
{
	static const unsigned char v6[16] = {[15] = 1};
	unsigned char bytes[16];
	bool is_v4;

	return address_parse(address, bytes, &is_v4) &&
	       (is_v4_in_v6(bytes) ? bytes[12] == 127 : memcmp(bytes, v6, sizeof(v6)) == 0);
}
