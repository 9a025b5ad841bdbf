/* text.c – encodings. Base64 and hexadecimal are libsodium's, CRC32 is zlib's. */
#include "base/text.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include <unistr.h>
#include <zlib.h>

#include "base/ensure.h"

const char base62_alphabet[63] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* Numbers are arrays of 32-bit limbs, most significant first, and digits come five at a time (62^5
 * < 2^32): a token is encoded per request, and one digit at a time costs five times as much. */
#define LIMBS_MAX 32
#define DIGITS_AT_ONCE 5
#define DIGITS_BASE 916132832u /* 62^5 */

/* log(256)/log(62) is 1.34359…: the fraction is a little above, so that the width always suffices.
 */
size_t base62_width(size_t byte_count)
{
	return (byte_count * 13436 + 9999) / 10000;
}

static size_t limbs_from_bytes(const unsigned char *data, size_t length, uint32_t limbs[LIMBS_MAX])
{
	size_t count = (length + 3) / 4;

	ensure(count <= LIMBS_MAX);
	memset(limbs, 0, count * sizeof(*limbs));
	for (size_t i = 0; i < length; i++)
		limbs[count - 1 - i / 4] |= (uint32_t)data[length - 1 - i] << (i % 4 * 8);
	return count;
}

void base62_encode(const void *data, size_t length, char *ret_text)
{
	uint32_t limbs[LIMBS_MAX];
	size_t count = limbs_from_bytes(data, length, limbs);
	size_t left = base62_width(length);

	ret_text[left] = '\0';
	while (left > 0) {
		uint64_t rest = 0;
		for (size_t i = 0; i < count; i++) {
			rest = rest << 32 | limbs[i];
			limbs[i] = (uint32_t)(rest / DIGITS_BASE);
			rest %= DIGITS_BASE;
		}
		for (int digit = 0; digit < DIGITS_AT_ONCE && left > 0; digit++, rest /= 62)
			ret_text[--left] = base62_alphabet[rest % 62];
	}
}

static int base62_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'Z')
		return c - 'A' + 10;
	return c >= 'a' && c <= 'z' ? c - 'a' + 36 : -1;
}

/* limbs = limbs * factor + addend; false when it does not fit. */
static bool limbs_multiply_add(uint32_t *limbs, size_t count, uint32_t factor, uint32_t addend)
{
	uint64_t carry = addend;

	for (size_t i = count; i-- > 0;) {
		carry += (uint64_t)limbs[i] * factor;
		limbs[i] = (uint32_t)carry;
		carry >>= 32;
	}
	return carry == 0;
}

bool base62_decode(const char *text, size_t text_length, void *ret_data, size_t length)
{
	uint32_t limbs[LIMBS_MAX] = {0};
	size_t count = (length + 3) / 4;
	unsigned char *data = ret_data;

	ensure(count <= LIMBS_MAX);
	if (text_length != base62_width(length))
		return false;
	for (size_t at = 0; at < text_length;) {
		uint32_t factor = 1, addend = 0;
		for (int digit = 0; digit < DIGITS_AT_ONCE && at < text_length; digit++, at++) {
			int value = base62_value(text[at]);
			if (value < 0)
				return false;
			factor *= 62;
			addend = addend * 62 + (uint32_t)value;
		}
		if (!limbs_multiply_add(limbs, count, factor, addend))
			return false;
	}
	if (length % 4 && limbs[0] >> (length % 4 * 8))
		return false;
	for (size_t i = 0; i < length; i++)
		data[length - 1 - i] = (unsigned char)(limbs[count - 1 - i / 4] >> (i % 4 * 8));
	return true;
}

void base62_crc32(const void *data, size_t length, char ret_text[7])
{
	unsigned long crc = crc32(0, data, (unsigned)length);

	for (int i = 5; i >= 0; i--, crc /= 62)
		ret_text[i] = base62_alphabet[crc % 62];
	ret_text[6] = '\0';
}

static char *base64_make(struct arena *arena, const void *data, size_t length, int variant)
{
	size_t size = sodium_base64_encoded_len(length, variant);
	char *text = arena_alloc(arena, size);
	sodium_bin2base64(text, size, data, length, variant);
	return text;
}

char *base64_encode(struct arena *arena, const void *data, size_t length)
{
	return base64_make(arena, data, length, sodium_base64_VARIANT_ORIGINAL);
}

char *base64url_encode(struct arena *arena, const void *data, size_t length)
{
	return base64_make(arena, data, length, sodium_base64_VARIANT_URLSAFE);
}

/* libsodium 1.0.18 reads every byte from 0x80 up as `/`: one value would have many spellings. */
static bool is_ascii(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if ((unsigned char)text[i] >= 0x80)
			return false;
	}
	return true;
}

/* The first of the variants that reads it all. */
static bool base64_read(struct arena *arena, const char *text, size_t length, const int *variants,
			size_t variant_count, struct bytes *ret_data)
{
	size_t room = length / 4 * 3 + 3, decoded;
	unsigned char *data = arena_try_alloc(arena, room + 1);

	if (!data || !is_ascii(text, length))
		return false;
	for (size_t i = 0; i < variant_count; i++) {
		const char *end;
		if (sodium_base642bin(data, room, text, length, NULL, &decoded, &end,
				      variants[i]) == 0 &&
		    end == text + length) {
			data[decoded] = '\0';
			*ret_data = (struct bytes){data, decoded};
			return true;
		}
	}
	return false;
}

bool base64_decode(struct arena *arena, const char *text, size_t length, struct bytes *ret_data)
{
	static const int variants[] = {sodium_base64_VARIANT_ORIGINAL,
				       sodium_base64_VARIANT_URLSAFE};

	return base64_read(arena, text, length, variants, ARRAY_SIZE(variants), ret_data);
}

/* ---- base64 of strangers' documents, megabytes of it: by a table. libsodium's decoder takes the
 * same time whatever the bytes, for the sake of secrets, and so several times as long. ---- */

enum {
	NO_DIGIT = 0x80, /* in all of these, and in no digit */
	BLANK = 0x81,
	PADDING = 0x82,
	FOREIGN = 0x83,
};

struct base64_table {
	unsigned char of[256];
};

static void base64_table_make(const char *last_two, struct base64_table *ret_table)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
	static const char blanks[] = " \t\r\n\f\v";

	memset(ret_table->of, FOREIGN, sizeof(ret_table->of));
	for (size_t i = 0; i < 62; i++)
		ret_table->of[(unsigned char)digits[i]] = (unsigned char)i;
	ret_table->of[(unsigned char)last_two[0]] = 62;
	ret_table->of[(unsigned char)last_two[1]] = 63;
	ret_table->of['='] = PADDING;
	for (size_t i = 0; i < sizeof(blanks) - 1; i++)
		ret_table->of[(unsigned char)blanks[i]] = BLANK;
}

/* What follows the digits: nothing, or as much padding as their number needs (RFC 4648
 * section 3.2). */
static bool base64_end_is_right(const struct base64_table *table, const unsigned char *text,
				size_t length, unsigned bits)
{
	size_t padding = 0;

	for (size_t i = 0; i < length; i++) {
		unsigned char value = table->of[text[i]];
		if (value != PADDING && value != BLANK)
			return false;
		padding += value == PADDING;
	}
	return padding == 0 || padding == bits / 2;
}

static bool base64_decode_by(const struct base64_table *table, const unsigned char *text,
			     size_t length, unsigned char *data, size_t *ret_decoded)
{
	unsigned kept = 0, bits = 0; /* of digits that fill no byte yet */
	unsigned char *out = data;
	size_t i = 0;

	while (i < length) {
		while (bits == 0 && length - i >= 4) {
			const unsigned a = table->of[text[i]], b = table->of[text[i + 1]],
				       c = table->of[text[i + 2]], d = table->of[text[i + 3]];
			if ((a | b | c | d) & NO_DIGIT)
				break;
			*out++ = (unsigned char)(a << 2 | b >> 4);
			*out++ = (unsigned char)(b << 4 | c >> 2);
			*out++ = (unsigned char)(c << 6 | d);
			i += 4;
		}
		if (i == length)
			break;
		const unsigned char value = table->of[text[i]];
		if (value == FOREIGN)
			return false;
		if (value == PADDING)
			break;
		i++;
		if (value == BLANK)
			continue;
		kept = kept << 6 | value;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			*out++ = (unsigned char)(kept >> bits);
			kept &= (1u << bits) - 1;
		}
	}
	*ret_decoded = (size_t)(out - data);
	/* A digit alone is no byte, and bits that are left over are 0 (section 3.5). */
	return bits != 6 && kept == 0 && base64_end_is_right(table, text + i, length - i, bits);
}

bool base64_decode_loose(struct arena *arena, const char *text, size_t length,
			 struct bytes *ret_data)
{
	static const char *const alphabets[] = {"+/", "-_"}; /* sections 4 and 5 */
	unsigned char *data = arena_try_alloc(arena, length / 4 * 3 + 4);
	struct base64_table table;
	size_t decoded;

	for (size_t i = 0; data && i < ARRAY_SIZE(alphabets); i++) {
		base64_table_make(alphabets[i], &table);
		if (!base64_decode_by(&table, (const unsigned char *)text, length, data, &decoded))
			continue;
		data[decoded] = '\0';
		*ret_data = (struct bytes){data, decoded};
		return true;
	}
	return false;
}

char *hex_encode(struct arena *arena, const void *data, size_t length)
{
	char *text = arena_alloc(arena, length * 2 + 1);
	return sodium_bin2hex(text, length * 2 + 1, data, length);
}

/* Length of the sequence that starts with this byte; 0 when none does. */
static size_t utf8_sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/* RFC 3629 section 4: no overlong form, no surrogate, nothing past U+10FFFF. */
static bool utf8_second_is_valid(unsigned char first, unsigned char second)
{
	switch (first) {
	case 0xe0:
		return second >= 0xa0;
	case 0xed:
		return second < 0xa0;
	case 0xf0:
		return second >= 0x90;
	case 0xf4:
		return second < 0x90;
	default:
		return true;
	}
}

bool utf8_is_valid(const void *data, size_t length)
{
	const unsigned char *bytes = data;

	for (size_t i = 0; i < length;) {
		size_t sequence = utf8_sequence_length(bytes[i]);
		if (sequence == 0 || sequence > length - i)
			return false;
		for (size_t j = 1; j < sequence; j++) {
			if ((bytes[i + j] & 0xc0) != 0x80)
				return false;
		}
		if (sequence > 1 && !utf8_second_is_valid(bytes[i], bytes[i + 1]))
			return false;
		i += sequence;
	}
	return true;
}

/* Length of the longest start of a character at `bytes`, at least 1; *ret_valid: it is a whole one.
 */
static size_t utf8_start_length(const unsigned char *bytes, size_t length, bool *ret_valid)
{
	size_t sequence = utf8_sequence_length(bytes[0]), i = 1;

	while (i < sequence && i < length && (bytes[i] & 0xc0) == 0x80 &&
	       (i > 1 || utf8_second_is_valid(bytes[0], bytes[1])))
		i++;
	*ret_valid = i == sequence && bytes[0] != 0;
	return i;
}

size_t utf8_repair(const void *data, size_t length, char *ret_text, size_t room)
{
	static const char replacement[] = "\xef\xbf\xbd";
	const unsigned char *bytes = data;
	size_t used = 0;

	for (size_t i = 0; i < length;) {
		bool valid;
		size_t taken = utf8_start_length(bytes + i, length - i, &valid);
		size_t wanted = valid ? taken : sizeof(replacement) - 1;
		if (wanted >= room - used)
			break;
		memcpy(ret_text + used, valid ? (const char *)bytes + i : replacement, wanted);
		used += wanted;
		i += taken;
	}
	ret_text[used] = '\0';
	return used;
}

char *utf8_repaired(struct arena *arena, struct bytes data)
{
	size_t room = data.length * 3 + 1; /* each byte may become a replacement */
	char *text = arena_alloc(arena, room);

	(void)utf8_repair(data.data, data.length, text, room);
	return text;
}

const char *utf8_cut(struct arena *arena, const char *text, size_t limit)
{
	if (!text || strlen(text) <= limit)
		return text;
	while (limit > 0 && ((unsigned char)text[limit] & 0xc0) == 0x80)
		limit--;
	return arena_strndup(arena, text, limit);
}

size_t utf8_length(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += ((unsigned char)*text & 0xc0) != 0x80;
	return count;
}

bool utf16le_to_utf8(struct arena *arena, struct bytes utf16, struct bytes *ret_utf8)
{
	const size_t units = utf16.length / 2;
	/* A unit of two bytes becomes three at most; a pair of units becomes four. */
	size_t length = units * 3 + 1;
	uint16_t *native = arena_try_alloc(arena, utf16.length + 1);
	uint8_t *utf8 = arena_try_alloc(arena, length);

	if (!native || !utf8 || utf16.length % 2)
		return false;
	for (size_t i = 0; i < units; i++)
		native[i] = (uint16_t)(utf16.data[2 * i] | utf16.data[2 * i + 1] << 8);
	/* NULL for a surrogate without its pair. */
	if (!u16_to_u8(native, units, utf8, &length))
		return false;
	*ret_utf8 = (struct bytes){utf8, length};
	return true;
}

static char ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool text_equal_nocase(const char *a, const char *b)
{
	while (*a && ascii_lower(*a) == ascii_lower(*b)) {
		a++;
		b++;
	}
	return ascii_lower(*a) == ascii_lower(*b);
}

bool text_starts_with_nocase(const char *text, const char *prefix)
{
	while (*prefix && ascii_lower(*text) == ascii_lower(*prefix)) {
		text++;
		prefix++;
	}
	return !*prefix;
}

char *text_fold(struct arena *arena, const char *text)
{
	char *folded = arena_strdup(arena, text);

	for (char *c = folded; *c; c++)
		*c = ascii_lower(*c);
	return folded;
}

bool text_has_control_characters(const char *text)
{
	for (; *text; text++) {
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	}
	return false;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

char *percent_encode(struct arena *arena, const char *text)
{
	char *encoded = arena_alloc(arena, 3 * strlen(text) + 1), *out = encoded;

	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		bool is_plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
				(*c >= '0' && *c <= '9') || strchr("-._~", *c);
		if (is_plain)
			*out++ = (char)*c;
		else
			out += snprintf(out, 4, "%%%02X", *c);
	}
	*out = '\0';
	return encoded;
}

bool percent_decode(struct arena *arena, const char *text, size_t length, bool plus_is_space,
		    char **ret_text)
{
	char *decoded = arena_try_alloc(arena, length + 1);
	size_t used = 0;

	if (!decoded)
		return false;
	for (size_t i = 0; i < length; i++) {
		char c = text[i];
		if (c == '%') {
			int high = length - i > 2 ? hex_value(text[i + 1]) : -1;
			int low = length - i > 2 ? hex_value(text[i + 2]) : -1;
			if (high < 0 || low < 0)
				return false;
			c = (char)(high << 4 | low);
			i += 2;
		} else if (c == '+' && plus_is_space) {
			c = ' ';
		}
		if (c == '\0')
			return false;
		decoded[used++] = c;
	}
	if (!utf8_is_valid(decoded, used))
		return false;
	*ret_text = decoded;
	return true;
}
