/* content_test.c – addresses differ by account and content; a piece opens only in its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "crypto/content.h"
#include "crypto/random.h"

#define BYTES(text) ((struct bytes){(const unsigned char *)(text), sizeof(text) - 1})

static void address_of(const struct keyring *keyring, const char *account, const char *text,
		       size_t at_once, unsigned char ret_address[CONTENT_ADDRESS_BYTES])
{
	struct content_address address;
	size_t length = strlen(text);

	content_address_start(&address, keyring, account);
	for (size_t at = 0; at < length; at += at_once)
		content_address_add(&address,
				    (struct bytes){(const unsigned char *)text + at,
						   length - at < at_once ? length - at : at_once});
	content_address_end(&address, ret_address);
}

static void an_address_is_of_account_and_content(void **state)
{
	static const unsigned char key[32] = {1}, other_key[32] = {2};
	scoped(keyring) struct keyring *keyring = keyring_from_key(key);
	scoped(keyring) struct keyring *other = keyring_from_key(other_key);
	const struct {
		const struct keyring *keyring;
		const char *account, *text;
		size_t at_once;
		bool is_same;
	} rows[] = {
		{keyring, "acme", "the text", 3, true},	  {keyring, "acme", "the text", 8, true},
		{keyring, "acme", "the texts", 3, false}, {keyring, "apex", "the text", 3, false},
		{keyring, "acmet", "he text", 3, false},  {other, "acme", "the text", 3, false},
	};
	unsigned char first[CONTENT_ADDRESS_BYTES], address[CONTENT_ADDRESS_BYTES];

	address_of(keyring, "acme", "the text", 1, first);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		address_of(rows[i].keyring, rows[i].account, rows[i].text, rows[i].at_once,
			   address);
		assert_int_equal(memcmp(first, address, sizeof(first)) == 0, rows[i].is_same);
	}
}

static void a_piece_opens_in_its_place_only(void **state)
{
	static const struct {
		uint64_t number;
		bool is_last;
		size_t length, flip;
		bool opens;
	} rows[] = {
		{7, false, 21, 99, true},  {8, false, 21, 99, false}, {7, true, 21, 99, false},
		{7, false, 20, 99, false}, {7, false, 15, 99, false}, {7, false, 0, 99, false},
		{7, false, 21, 0, false},  {7, false, 21, 20, false},
	};
	unsigned char key[CONTENT_KEY_BYTES], sealed[5 + CONTENT_PIECE_OVERHEAD];

	content_key_make(key);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		content_piece_seal(key, 7, false, BYTES("hello"), sealed);
		if (rows[i].flip < sizeof(sealed))
			sealed[rows[i].flip] ^= 1;
		assert_int_equal(content_piece_open(key, rows[i].number, rows[i].is_last, sealed,
						    rows[i].length),
				 rows[i].opens);
		if (rows[i].opens)
			assert_memory_equal(sealed, "hello", 5);
	}
	content_piece_seal(key, 7, false, BYTES("hello"), sealed);
	key[0] ^= 1;
	assert_false(content_piece_open(key, 7, false, sealed, sizeof(sealed)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_of_account_and_content),
		cmocka_unit_test(a_piece_opens_in_its_place_only),
	};

	crypto_start();
	return cmocka_run_group_tests_name("crypto/content", tests, NULL, NULL);
}
