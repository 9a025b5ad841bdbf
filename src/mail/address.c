/* address.c – see address.h. */
#include "mail/address.h"

#include <string.h>

#include <idn2.h>

const char *mail_address(struct arena *arena, const char *address)
{
	const char *at = strrchr(address, '@');
	const char *encoded = address;
	char *domain;

	if (!at ||
	    idn2_to_ascii_8z(at + 1, &domain, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
		return address;
	if (strspn(domain, "abcdefghijklmnopqrstuvwxyz0123456789-.") == strlen(domain))
		encoded = arena_printf(arena, "%.*s@%s", (int)(at - address), address, domain);
	idn2_free(domain);
	return encoded;
}
