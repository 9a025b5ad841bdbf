/* keyring_test.c – the key file's rules, and known answers: what is stored must open for ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/text.h"
#include "crypto/keyring.h"
#include "crypto/random.h"

#define KEY_TEXT "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static struct keyring *example(void)
{
	unsigned char key[32];

	for (unsigned char i = 0; i < sizeof(key); i++)
		key[i] = i;
	return keyring_from_key(key);
}

static struct bytes bytes_of(const char *text)
{
	return (struct bytes){(const unsigned char *)text, strlen(text)};
}

/* By Python's hashlib: the subkeys are blake2b("", key, salt = number, person = "greffier"). */
static void hashes_are_known_answers(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	scoped(keyring) struct keyring *keyring = example();
	unsigned char hash[KEYED_HASH_BYTES], mac[MAC_BYTES];

	keyring_hash(keyring, "abc", 3, hash);
	assert_string_equal(hex_encode(arena, hash, sizeof(hash)),
			    "47f5da9be4cd09dec247185a0a292f7477fca047cf28a1e7c77f7c942eebe8f8");
	keyring_mac(keyring, "abc", 3, mac);
	assert_string_equal(hex_encode(arena, mac, sizeof(mac)),
			    "29cf7a9e91ee0a6d4d35ede332d08b0c");
}

static void hashes_and_macs_are_compared(void **state)
{
	scoped(keyring) struct keyring *keyring = example();
	unsigned char hash[KEYED_HASH_BYTES], other[KEYED_HASH_BYTES], mac[MAC_BYTES];

	keyring_hash(keyring, "abc", 3, hash);
	keyring_hash(keyring, "abc", 3, other);
	assert_true(keyed_hash_equal(hash, other));
	other[KEYED_HASH_BYTES - 1] ^= 1;
	assert_false(keyed_hash_equal(hash, other));
	keyring_mac(keyring, "abc", 3, mac);
	assert_true(keyring_mac_is(keyring, "abc", 3, mac));
	assert_false(keyring_mac_is(keyring, "abd", 3, mac));
	mac[MAC_BYTES - 1] ^= 1;
	assert_false(keyring_mac_is(keyring, "abc", 3, mac));
}

/* version 1, nonce 0x40 to 0x57, then XChaCha20-Poly1305 by another implementation. */
static const unsigned char sealed_before[] =
	"\x01\x40\x41\x42\x43\x44\x45\x46\x47\x48\x49\x4a\x4b\x4c\x4d\x4e\x4f\x50\x51\x52\x53\x54"
	"\x55\x56\x57\x90\x53\xa1\xdf\x2e\x12\x35\xca\xf5\xf2\x7a\x66\x49\x68\x50\x99\x17\x29\x43"
	"\x56\x6a\x60\x9e\xbf\xbb\x5b\x49\x54\x57\xb6\x7c\xf1";

static void a_value_sealed_before_opens(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	scoped(keyring) struct keyring *keyring = example();
	struct bytes plain;
	struct error err;

	assert_true(keyring_unseal(keyring, arena, "endpoint.key:a:1",
				   (struct bytes){sealed_before, sizeof(sealed_before) - 1}, &plain,
				   &err));
	assert_string_equal((const char *)plain.data, "a signing secret");
	assert_int_equal(plain.length, 16);
}

static void what_is_sealed_opens(void **state)
{
	static const char *const values[] = {"", "x", "a secret", KEY_TEXT KEY_TEXT KEY_TEXT};
	scoped(arena) struct arena *arena = arena_new();
	scoped(keyring) struct keyring *keyring = example();
	struct error err;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct bytes plain, value = bytes_of(values[i]);
		struct bytes one = keyring_seal(keyring, arena, "here", value);
		struct bytes other = keyring_seal(keyring, arena, "here", value);

		assert_int_equal(one.length, 1 + 24 + value.length + 16);
		assert_memory_not_equal(one.data, other.data, one.length);
		assert_true(keyring_unseal(keyring, arena, "here", one, &plain, &err));
		assert_int_equal(plain.length, value.length);
		assert_memory_equal(plain.data, value.data, value.length);
	}
}

static void nothing_else_opens(void **state)
{
	static const unsigned char other_key[32] = {1};
	scoped(arena) struct arena *arena = arena_new();
	scoped(keyring) struct keyring *keyring = example();
	scoped(keyring) struct keyring *other = keyring_from_key(other_key);
	struct bytes sealed = keyring_seal(keyring, arena, "here", bytes_of("a secret"));
	struct bytes plain = {NULL, 7};
	struct error err = {0};

	assert_false(keyring_unseal(keyring, arena, "there", sealed, &plain, &err));
	assert_int_equal(err.code, ERROR_UNEXPECTED);
	assert_non_null(strstr(err.technical, "there"));
	assert_false(keyring_unseal(other, arena, "here", sealed, &plain, &err));
	for (size_t length = 0; length < sealed.length; length++)
		assert_false(keyring_unseal(keyring, arena, "here",
					    (struct bytes){sealed.data, length}, &plain, &err));
	for (size_t i = 0; i < sealed.length; i++) {
		unsigned char *changed = arena_memdup(arena, sealed.data, sealed.length);
		changed[i] ^= 0x80;
		assert_false(keyring_unseal(keyring, arena, "here",
					    (struct bytes){changed, sealed.length}, &plain, &err));
		assert_null(strstr(err.technical, "secret"));
	}
	assert_int_equal(plain.length, 7);
}

static char folder[] = "/tmp/greffier-keyring-XXXXXX";
static char path[sizeof(folder) + 16];

static void file_write(const char *text, mode_t mode)
{
	unlink(path);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void a_key_file_is_made_once(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	struct error err = {0};
	struct bytes plain;
	struct stat facts;

	assert_null(keyring_open(path, false, &err));
	assert_int_equal(err.code, ERROR_CONFIGURATION);
	assert_non_null(strstr(err.technical, path));
	assert_int_not_equal(access(path, F_OK), 0);

	mode_t before = umask(0); /* the worst one */
	scoped(keyring) struct keyring *first = keyring_open(path, true, &err);
	umask(before);
	assert_non_null(first);
	assert_int_equal(stat(path, &facts), 0);
	assert_int_equal(facts.st_mode & 07777, 0600);
	assert_int_equal(facts.st_size, 65);

	scoped(keyring) struct keyring *second = keyring_open(path, true, &err);
	assert_non_null(second);
	(void)keyring_keep_as_data_key(first, arena);
	(void)keyring_keep_as_data_key(second, arena);
	struct bytes sealed = keyring_seal(first, arena, "here", bytes_of("a secret"));
	assert_true(keyring_unseal(second, arena, "here", sealed, &plain, &err));
}

static const struct {
	const char *text;
	mode_t mode;
	const char *complaint; /* NULL: opens */
} files[] = {
	{KEY_TEXT, 0600, NULL},
	{KEY_TEXT "\n", 0400, NULL},
	{KEY_TEXT "\r\n", 0600, NULL},
	{"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F\n", 0600, NULL},
	{KEY_TEXT "\n", 0640, "other users can read"},
	{KEY_TEXT "\n", 0604, "other users can read"},
	{KEY_TEXT "\n", 0620, "other users can read"},
	{KEY_TEXT "\n", 0601, "other users can read"},
	{"", 0600, "does not hold 64 hexadecimal digits"},
	{"\n", 0600, "does not hold 64 hexadecimal digits"},
	{KEY_TEXT "0", 0600, "does not hold 64 hexadecimal digits"},
	{KEY_TEXT "\n\n", 0600, "does not hold 64 hexadecimal digits"},
	{KEY_TEXT "\n" KEY_TEXT "\n", 0600, "does not hold 64 hexadecimal digits"},
	{" " KEY_TEXT, 0600, "does not hold 64 hexadecimal digits"},
	{"0001020304050607", 0600, "does not hold 64 hexadecimal digits"},
	{"g00102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 0600,
	 "does not hold 64 hexadecimal digits"},
};

static void a_key_file_has_one_form(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		struct error err = {0};
		struct bytes plain;

		file_write(files[i].text, files[i].mode);
		scoped(keyring) struct keyring *keyring = keyring_open(path, true, &err);
		if (!keyring != (files[i].complaint != NULL))
			fail_msg("row %zu: %s", i, err.technical);
		if (keyring) {
			(void)keyring_keep_as_data_key(keyring, arena);
			assert_true(keyring_unseal(
				keyring, arena, "endpoint.key:a:1",
				(struct bytes){sealed_before, sizeof(sealed_before) - 1}, &plain,
				&err));
			continue;
		}
		assert_int_equal(err.code, ERROR_CONFIGURATION);
		assert_non_null(strstr(err.technical, files[i].complaint));
		assert_non_null(strstr(err.technical, path));
		assert_null(strstr(err.technical, "00010203"));
	}
}

static void the_data_key_opens_with_its_key_only(void **state)
{
	static const unsigned char key_a[32] = {1}, key_b[32] = {2};
	scoped(arena) struct arena *arena = arena_new();
	scoped(keyring) struct keyring *first = keyring_from_key(key_a);
	scoped(keyring) struct keyring *same = keyring_from_key(key_a);
	scoped(keyring) struct keyring *next = keyring_from_key(key_b);
	struct error err = {0};
	struct bytes plain;

	struct bytes wrapped = keyring_make_data_key(first, arena);
	struct bytes sealed = keyring_seal(first, arena, "here", bytes_of("a secret"));
	assert_false(keyring_unseal(same, arena, "here", sealed, &plain, &err));
	assert_true(keyring_open_data_key(same, wrapped));
	assert_true(keyring_unseal(same, arena, "here", sealed, &plain, &err));
	/* The key-encryption key changes, what was sealed stays. */
	struct bytes again = keyring_seal_data_key(first, next, arena);
	assert_false(keyring_open_data_key(next, wrapped));
	assert_true(keyring_open_data_key(next, again));
	assert_true(keyring_unseal(next, arena, "here", sealed, &plain, &err));
	assert_false(keyring_open_data_key(first, again));
}

static void a_folder_that_is_not_there_is_an_error(void **state)
{
	char missing[sizeof(path) + 16];
	struct error err = {0};

	snprintf(missing, sizeof(missing), "%s/absent/key", folder);
	assert_null(keyring_open(missing, true, &err));
	assert_int_equal(err.code, ERROR_CONFIGURATION);
	assert_non_null(strstr(err.technical, missing));
	assert_null(keyring_open(folder, true, &err));
	assert_int_equal(err.code, ERROR_CONFIGURATION);
}

static int start(void **state)
{
	crypto_start();
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/key", folder);
	return 0;
}

static int finish(void **state)
{
	unlink(path);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hashes_are_known_answers),
		cmocka_unit_test(hashes_and_macs_are_compared),
		cmocka_unit_test(a_value_sealed_before_opens),
		cmocka_unit_test(what_is_sealed_opens),
		cmocka_unit_test(nothing_else_opens),
		cmocka_unit_test(a_key_file_is_made_once),
		cmocka_unit_test(a_key_file_has_one_form),
		cmocka_unit_test(the_data_key_opens_with_its_key_only),
		cmocka_unit_test(a_folder_that_is_not_there_is_an_error),
	};
	return cmocka_run_group_tests(tests, start, finish);
}
