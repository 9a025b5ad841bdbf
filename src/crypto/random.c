/* random.c – libsodium's generator, and identifiers without bias. */
#include "crypto/random.h"

#include <sodium.h>
#include <stdint.h>
#include <stdio.h>

#include "base/ensure.h"
#include "base/text.h"

void crypto_start(void)
{
	ensure(sodium_init() >= 0);
}

void random_bytes(void *ret_data, size_t length)
{
	randombytes_buf(ret_data, length);
}

double random_unit(void)
{
	uint64_t bits;

	randombytes_buf(&bits, sizeof(bits));
	return (double)(bits >> 11) / (double)(UINT64_C(1) << 53);
}

/* Bytes of 248 and above are thrown away: 248 is the largest multiple of 62 in a byte, so none is
 * favoured. */
void random_base62(char *ret_text, size_t length)
{
	unsigned char pool[64];
	size_t used = sizeof(pool);

	for (size_t i = 0; i < length;) {
		if (used == sizeof(pool)) {
			randombytes_buf(pool, sizeof(pool));
			used = 0;
		}
		unsigned char byte = pool[used++];
		if (byte < 248)
			ret_text[i++] = base62_alphabet[byte % 62];
	}
	ret_text[length] = '\0';
}

void random_hex(char *ret_text, size_t length)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char byte = 0;

	for (size_t i = 0; i < length; i++) {
		if (i % 2 == 0)
			randombytes_buf(&byte, 1);
		ret_text[i] = digits[i % 2 ? byte & 15 : byte >> 4];
	}
	ret_text[length] = '\0';
}

void random_uuid(char ret_text[37])
{
	unsigned char b[16];

	randombytes_buf(b, sizeof(b));
	b[6] = (unsigned char)((b[6] & 0x0f) | 0x40); /* RFC 9562 section 5.4 */
	b[8] = (unsigned char)((b[8] & 0x3f) | 0x80);
	snprintf(ret_text, 37,
		 "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1],
		 b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
		 b[15]);
}
