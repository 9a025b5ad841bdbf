/* device.c – "<id>.<seconds since 1970>.<MAC>". The MAC covers the person and the hash of the
 * password too. */
#include "access/identity/device.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/random.h"

#define ID_LENGTH 16
#define TEXT_MAX 128

_Static_assert(2 * MAC_BYTES == KEYED_HASH_BYTES, "a MAC as text is compared like a keyed hash");

static const char *mac_of(const struct context *context, const struct user *user, const char *id,
			  int64_t made_s)
{
	unsigned char mac[KEYED_HASH_BYTES];
	const char *text = arena_printf(context->arena, "device %s %s %lld %s", user->uid, id,
					(long long)made_s, user->password_hash);

	keyring_hash(context->keyring, text, strlen(text), mac);
	return hex_encode(context->arena, mac, MAC_BYTES);
}

const char *device_make(const struct context *context, const struct user *user)
{
	const int64_t made_s = context->now.us / 1000000;
	char id[ID_LENGTH + 1];

	random_base62(id, ID_LENGTH);
	return arena_printf(context->arena, "%s.%lld.%s", id, (long long)made_s,
			    mac_of(context, user, id, made_s));
}

const char *device_of(const struct context *context, const struct user *user)
{
	const char *text = context->device;
	char *end;

	if (!text || strnlen(text, TEXT_MAX) == TEXT_MAX ||
	    strspn(text, base62_alphabet) != ID_LENGTH || text[ID_LENGTH] != '.')
		return NULL;
	const char *id = arena_strndup(context->arena, text, ID_LENGTH);
	const int64_t made_s = strtoll(text + ID_LENGTH + 1, &end, 10);
	const int64_t age_s = context->now.us / 1000000 - made_s;
	if (*end != '.' || age_s < 0 || age_s > DEVICE_LIFE_S ||
	    strlen(end + 1) != KEYED_HASH_BYTES)
		return NULL;
	const char *mac = mac_of(context, user, id, made_s);
	return keyed_hash_equal((const unsigned char *)end + 1, (const unsigned char *)mac) ? id
											    : NULL;
}
