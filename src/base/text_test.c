/* text_test.c – encodings against published vectors, and strangers' bytes against the checks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <sodium.h>

#include "base/text.h"

#define BYTES(literal) \
	{ \
		(const unsigned char *)(literal), sizeof(literal) - 1 \
	}

static const struct {
	struct bytes data;
	const char *text;
} base62_rows[] = {
	{BYTES(""), ""},
	{BYTES("\x00"), "00"},
	{BYTES("\xff"), "47"},
	{BYTES("\x01\x00"), "048"},
	{BYTES("\xff\xff\xff\xff"), "4gfFC3"},
	{BYTES("\0\0\0\0\0\x01"), "000000001"},
	{BYTES("\x00\x01\x02\x03\x04\x05\x06"), "000JVb3WII"},
	{BYTES("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f"),
	 "000SYW7RiJxkEgOGusQGwp"},
	{BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
	       "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"),
	 "yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp1"},
};

static void base62_has_a_fixed_width(void **state)
{
	char text[64];
	unsigned char data[64];

	for (size_t i = 0; i < ARRAY_SIZE(base62_rows); i++) {
		struct bytes row = base62_rows[i].data;
		base62_encode(row.data, row.length, text);
		assert_string_equal(text, base62_rows[i].text);
		assert_int_equal(strlen(text), base62_width(row.length));
		assert_true(base62_decode(text, strlen(text), data, row.length));
		assert_memory_equal(data, row.data, row.length);
	}
}

/* The greatest value of every length fits its width, and comes back. */
static void base62_holds_every_length(void **state)
{
	unsigned char data[128], again[128];
	char text[200];

	memset(data, 0xff, sizeof(data));
	for (size_t length = 1; length <= sizeof(data); length++) {
		base62_encode(data, length, text);
		assert_true(base62_decode(text, strlen(text), again, length));
		assert_memory_equal(again, data, length);
	}
}

static const struct {
	const char *text;
	size_t length;
} base62_refused[] = {
	{"0", 1},      {"000", 1},	  {"48", 1},	   {"zz", 1}, /* 256 and more in a byte */
	{"0-", 1},     {"0 ", 1},	  {"\xc3\xa9", 1}, {"049", 1}, {"4gfFC4", 4}, /* 2^32 */
	{"zzzzzz", 4}, {"zzzzzzzzzz", 7}, {"", 1},	   {"0", 0},
};

static void base62_is_strict(void **state)
{
	unsigned char data[8] = "before";

	for (size_t i = 0; i < ARRAY_SIZE(base62_refused); i++) {
		if (base62_decode(base62_refused[i].text, strlen(base62_refused[i].text), data,
				  base62_refused[i].length))
			fail_msg("accepted `%s`", base62_refused[i].text);
		assert_string_equal((const char *)data, "before");
	}
}

static void checksums_are_crc32(void **state)
{
	char text[7];

	base62_crc32("123456789", 9, text); /* the check value of CRC-32: cbf43926 */
	assert_string_equal(text, "3jZRME");
	base62_crc32("", 0, text);
	assert_string_equal(text, "000000");
}

/* https://www.rfc-editor.org/rfc/rfc4648#section-10 */
static const struct {
	struct bytes data;
	const char *base64, *base64url, *hex;
} base64_rows[] = {
	{BYTES(""), "", "", ""},
	{BYTES("f"), "Zg==", "Zg==", "66"},
	{BYTES("fo"), "Zm8=", "Zm8=", "666f"},
	{BYTES("foo"), "Zm9v", "Zm9v", "666f6f"},
	{BYTES("foob"), "Zm9vYg==", "Zm9vYg==", "666f6f62"},
	{BYTES("fooba"), "Zm9vYmE=", "Zm9vYmE=", "666f6f6261"},
	{BYTES("foobar"), "Zm9vYmFy", "Zm9vYmFy", "666f6f626172"},
	{BYTES("\xfb\xff\xfe\x00"), "+//+AA==", "-__-AA==", "fbfffe00"},
};

static void base64_and_hex_follow_rfc_4648(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct bytes again;

	for (size_t i = 0; i < ARRAY_SIZE(base64_rows); i++) {
		struct bytes row = base64_rows[i].data;
		const char *both[] = {base64_rows[i].base64, base64_rows[i].base64url};
		assert_string_equal(base64_encode(arena, row.data, row.length), both[0]);
		assert_string_equal(base64url_encode(arena, row.data, row.length), both[1]);
		assert_string_equal(hex_encode(arena, row.data, row.length), base64_rows[i].hex);
		for (size_t form = 0; form < 2; form++) {
			assert_true(base64_decode(arena, both[form], strlen(both[form]), &again));
			assert_int_equal(again.length, row.length);
			assert_memory_equal(again.data, row.data, row.length);
			assert_int_equal(again.data[again.length], 0);
		}
	}
}

static void base64_is_strict(void **state)
{
	static const char *const refused[] = {
		"Zg",	 "Zg=",	 "Zg===", "Zg==Zg==",	     "Z", "Zm9v\n", " Zm9v", "Zm 9v",
		"Zm9v=", "Zm8",	 "Zh==", /* bits left over */
		"+/-_",	 "Zm9*", "====",  "\xc3\xa9\xc3\xa9"};
	scoped(arena) struct arena *arena = arena_new();
	struct bytes data = {NULL, 7};

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		if (base64_decode(arena, refused[i], strlen(refused[i]), &data))
			fail_msg("accepted `%s`", refused[i]);
	}
	assert_false(base64_decode(arena, "Zm9v\0Zm9v", 9, &data));
	assert_int_equal(data.length, 7);
}

/* Contents come from MIME encoders (lines of 76), from `base64 file` and from encoders without
 * padding. */
static void base64_of_contents_has_many_spellings(void **state)
{
	static const char *const accepted[] = {"Zm9vYg==", "Zm9v\r\nYg==\r\n", " Zm9v\tYg= =\n",
					       "Zm9vYg",   "Zm9v\nYg\n",       "Zm9vYg=\n=\n"};
	static const char *const refused[] = {
		"Zm9vYg=", "Zm9v*Yg==", "Zm9vYh==", "Z", "Zm9vYg===", "Zm9v\xc2\xa0Yg=="};
	scoped(arena) struct arena *arena = arena_new();
	struct bytes data;

	for (size_t i = 0; i < sizeof(accepted) / sizeof(accepted[0]); i++) {
		if (!base64_decode_loose(arena, accepted[i], strlen(accepted[i]), &data))
			fail_msg("refused `%s`", accepted[i]);
		assert_int_equal(data.length, 4);
		assert_memory_equal(data.data, "foob", 4);
	}
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		if (base64_decode_loose(arena, refused[i], strlen(refused[i]), &data))
			fail_msg("accepted `%s`", refused[i]);
	}
}

/* https://www.rfc-editor.org/rfc/rfc3629#section-4 */
static const struct {
	struct bytes text;
	bool valid;
} utf8_rows[] = {
	{BYTES(""), true},
	{BYTES("a\0b"), true},
	{BYTES("\x7f"), true},
	{BYTES("\xc2\x80"), true},
	{BYTES("\xdf\xbf"), true},
	{BYTES("\xe0\xa0\x80"), true},
	{BYTES("\xed\x9f\xbf"), true},
	{BYTES("\xee\x80\x80"), true},
	{BYTES("\xef\xbf\xbf"), true},
	{BYTES("\xf0\x90\x80\x80"), true},
	{BYTES("\xf4\x8f\xbf\xbf"), true},
	{BYTES("\x80"), false},
	{BYTES("\xc0\x80"), false}, /* overlong */
	{BYTES("\xc1\xbf"), false},
	{BYTES("\xe0\x9f\xbf"), false},
	{BYTES("\xf0\x8f\xbf\xbf"), false},
	{BYTES("\xed\xa0\x80"), false}, /* surrogates */
	{BYTES("\xed\xbf\xbf"), false},
	{BYTES("\xf4\x90\x80\x80"), false}, /* past U+10FFFF */
	{BYTES("\xf5\x80\x80\x80"), false},
	{BYTES("\xff"), false},
	{BYTES("\xc2"), false}, /* cut short */
	{BYTES("\xe2\x82"), false},
	{BYTES("\xf0\x9f\x98"), false},
	{BYTES("\xe2\x82"
	       "a"),
	 false},
	{BYTES("\xc2\xc2\x80"), false},
};

static void utf8_is_checked(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(utf8_rows); i++) {
		struct bytes text = utf8_rows[i].text;
		if (utf8_is_valid(text.data, text.length) != utf8_rows[i].valid)
			fail_msg("row %zu", i);
	}
	assert_int_equal(utf8_length(""), 0);
	assert_int_equal(utf8_length("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80"), 4);
}

#define FFFD "\xef\xbf\xbd"
static const struct {
	struct bytes text;
	const char *repaired;
} repair_rows[] = {
	{BYTES(""), ""},
	{BYTES("caf\xc3\xa9 \xf0\x9f\x98\x80"), "caf\xc3\xa9 \xf0\x9f\x98\x80"},
	{BYTES("caf\xe9!"), "caf" FFFD "!"}, /* ISO 8859-1 */
	{BYTES("a\0b"), "a" FFFD "b"},
	{BYTES("\xe2\x82"), FFFD}, /* cut short: one character is missing, not two */
	{BYTES("\xf0\x9f\x98x"), FFFD "x"},
	{BYTES("\x80\x80"), FFFD FFFD},
	{BYTES("\xc0\xaf"), FFFD FFFD},		 /* overlong */
	{BYTES("\xed\xa0\x80"), FFFD FFFD FFFD}, /* a surrogate */
	{BYTES("\xf4\x90\x80\x80"), FFFD FFFD FFFD FFFD},
	{BYTES("\xff\xfe"
	       "a\0"),
	 FFFD FFFD "a" FFFD}, /* UTF-16 */
};

static void what_is_not_utf8_is_replaced(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(repair_rows); i++) {
		struct bytes text = repair_rows[i].text;
		const char *repaired = utf8_repaired(arena, text);
		assert_string_equal(repaired, repair_rows[i].repaired);
		/* In every room: valid, and the start of the whole. */
		for (size_t room = 1; room <= strlen(repaired) + 1; room++) {
			char cut[32];
			size_t length = utf8_repair(text.data, text.length, cut, room);
			assert_true(length < room && strlen(cut) == length);
			assert_true(utf8_is_valid(cut, length));
			assert_memory_equal(cut, repaired, length);
		}
	}
	assert_string_equal(utf8_repaired(arena, (struct bytes){NULL, 0}), "");
}

static const struct {
	struct bytes utf16;
	const char *utf8; /* NULL: refused */
} utf16_rows[] = {
	{BYTES(""), ""},
	{BYTES("a\0"), "a"},
	{BYTES("\x7f\0\x80\0"), "\x7f\xc2\x80"},
	{BYTES("\xff\x07\x00\x08"), "\xdf\xbf\xe0\xa0\x80"},
	{BYTES("\xff\xd7\x00\xe0\xff\xff"), "\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"},
	{BYTES("\x00\xd8\x00\xdc"), "\xf0\x90\x80\x80"},
	{BYTES("\xff\xdb\xff\xdf"), "\xf4\x8f\xbf\xbf"},
	{BYTES("a"), NULL},
	{BYTES("a\0b"), NULL},
	{BYTES("\x00\xd8"), NULL},
	{BYTES("\x00\xd8"
	       "a\0"),
	 NULL},
	{BYTES("\x00\xdc"), NULL},
	{BYTES("\x00\xdc\x00\xd8"), NULL},
	{BYTES("\x00\xd8\x00\xd8\x00\xdc"), NULL},
};

static void utf16_becomes_utf8(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(utf16_rows); i++) {
		struct bytes utf8 = {NULL, 0};
		bool done = utf16le_to_utf8(arena, utf16_rows[i].utf16, &utf8);
		assert_int_equal(done, utf16_rows[i].utf8 != NULL);
		if (!done)
			continue;
		assert_int_equal(utf8.length, strlen(utf16_rows[i].utf8));
		assert_string_equal((const char *)utf8.data, utf16_rows[i].utf8);
	}
}

static void case_is_ascii_only(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	assert_true(text_equal_nocase("Content-TYPE", "content-type"));
	assert_true(text_equal_nocase("", ""));
	assert_false(text_equal_nocase("a", "ab"));
	assert_false(text_equal_nocase("ab", "a"));
	assert_false(text_equal_nocase("[", "{")); /* 32 apart as letters are */
	assert_false(text_equal_nocase("\xc3\x89", "\xc3\xa9"));
	assert_true(text_starts_with_nocase("Bearer x", "bEARER "));
	assert_true(text_starts_with_nocase("x", ""));
	assert_false(text_starts_with_nocase("Bear", "bearer"));
	assert_string_equal(text_fold(arena, "J\xc3\x89@Example.COM"), "j\xc3\x89@example.com");
}

static void control_characters_are_found(void **state)
{
	assert_false(text_has_control_characters(""));
	assert_false(text_has_control_characters(" ~\xc3\xa9"));
	assert_true(text_has_control_characters("a\n"));
	assert_true(text_has_control_characters("a\x7f"));
	assert_true(text_has_control_characters("\x1f"));
}

static const struct {
	struct bytes text;
	bool plus_is_space;
	const char *decoded; /* NULL: refused */
} percent_rows[] = {
	{BYTES(""), false, ""},
	{BYTES("a%20b%2Fc%2f"), false, "a b/c/"},
	{BYTES("a+b"), false, "a+b"},
	{BYTES("a+b%2B"), true, "a b+"},
	{BYTES("%C3%A9\xc3\xa9"), false, "\xc3\xa9\xc3\xa9"},
	{BYTES("%2541"), false, "%41"}, /* once only */
	{BYTES("%"), false, NULL},
	{BYTES("%4"), false, NULL},
	{BYTES("a%4"), false, NULL},
	{BYTES("%4g"), false, NULL},
	{BYTES("%g4"), false, NULL},
	{BYTES("%+1"), true, NULL},
	{BYTES("%00"), false, NULL},
	{BYTES("a\0b"), false, NULL},
	{BYTES("%C3"), false, NULL},
	{BYTES("%C0%AF"), false, NULL}, /* an overlong slash */
	{BYTES("\xff"), false, NULL},
};

static void percent_encoding_is_undone_once(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(percent_rows); i++) {
		struct bytes text = percent_rows[i].text;
		char *decoded = NULL;
		bool done = percent_decode(arena, (const char *)text.data, text.length,
					   percent_rows[i].plus_is_space, &decoded);
		if (done != (percent_rows[i].decoded != NULL))
			fail_msg("row %zu", i);
		if (done)
			assert_string_equal(decoded, percent_rows[i].decoded);
	}
	char *decoded;
	assert_true(percent_decode(arena, "ab%41", 2, false, &decoded)); /* not past its length */
	assert_string_equal(decoded, "ab");
	assert_false(percent_decode(arena, "a%41", 3, false, &decoded));
}

/* As libsodium reads it, in one of four forms; but it takes bytes above 0x7f for digits. */
static bool base64_reads(const char *text, size_t length, unsigned char *ret_data,
			 size_t *ret_length)
{
	static const int variants[] = {sodium_base64_VARIANT_ORIGINAL,
				       sodium_base64_VARIANT_URLSAFE,
				       sodium_base64_VARIANT_ORIGINAL_NO_PADDING,
				       sodium_base64_VARIANT_URLSAFE_NO_PADDING};

	if (memchr(text, 0xff, length))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
		const char *end;
		if (sodium_base642bin(ret_data, 64, text, length, " \t\r\n\f\v", ret_length, &end,
				      variants[i]) == 0 &&
		    end == text + length)
			return true;
	}
	return false;
}

static void loose_base64_agrees_with_libsodium(void **state)
{
	static const char *const alphabets[] = {"AQgw",	      "AZaz09+/",	 "AZaz09-_",
						"AZ+/-_= \n", "Aw== \t\r\n\f\v", "A=B\xff*"};
	unsigned random = 1, accepted = 0;

	for (int i = 0; i < 200000; i++) {
		scoped(arena) struct arena *arena = arena_new();
		const char *alphabet = alphabets[i % (int)ARRAY_SIZE(alphabets)];
		const size_t letters = strlen(alphabet), length = (size_t)i % 23;
		unsigned char expected[64];
		char text[24];
		size_t expected_length;
		struct bytes data;
		for (size_t j = 0; j < length; j++) {
			random = random * 1664525 + 1013904223;
			text[j] = alphabet[(random >> 16) % letters];
		}
		const bool reads = base64_reads(text, length, expected, &expected_length);
		if (base64_decode_loose(arena, text, length, &data) != reads)
			fail_msg("%.*s: %d", (int)length, text, reads);
		if (!reads)
			continue;
		accepted++;
		assert_int_equal(data.length, expected_length);
		assert_memory_equal(data.data, expected, expected_length);
	}
	assert_in_range(accepted, 10000, 190000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(loose_base64_agrees_with_libsodium),
		cmocka_unit_test(base62_has_a_fixed_width),
		cmocka_unit_test(base62_holds_every_length),
		cmocka_unit_test(base62_is_strict),
		cmocka_unit_test(checksums_are_crc32),
		cmocka_unit_test(base64_and_hex_follow_rfc_4648),
		cmocka_unit_test(base64_is_strict),
		cmocka_unit_test(base64_of_contents_has_many_spellings),
		cmocka_unit_test(utf8_is_checked),
		cmocka_unit_test(what_is_not_utf8_is_replaced),
		cmocka_unit_test(utf16_becomes_utf8),
		cmocka_unit_test(case_is_ascii_only),
		cmocka_unit_test(control_characters_are_found),
		cmocka_unit_test(percent_encoding_is_undone_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
