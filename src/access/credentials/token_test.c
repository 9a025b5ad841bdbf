/* token_test.c – what a token says comes back, and nothing but what this installation made is a
 * token. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "access/credentials/token.h"
#include "crypto/random.h"

static const unsigned char key_a[32] = {1}, key_b[32] = {2};

static struct token token_make(void)
{
	struct token token = {.epoch = 7, .user = "abcdefgh1234", .expires = {1700000000123000}};
	credential_make("abc", CREDENTIAL_CLIENT_ID, token.client_id);
	return token;
}

static void a_token_says_what_was_put_in(void **state)
{
	scoped(keyring) struct keyring *keyring = keyring_from_key(key_a);
	const struct token token = token_make();
	struct token read;
	char text[CREDENTIAL_LENGTH_MAX + 1];

	token_encode(keyring, &token, text);
	assert_true(strncmp(text, "grf_at_", 7) == 0);
	assert_true(token_decode(keyring, text, &read));
	assert_string_equal(read.client_id, token.client_id);
	assert_string_equal(read.user, token.user);
	assert_int_equal(read.epoch, 7);
	assert_int_equal(read.expires.us, token.expires.us);
}

static void two_tokens_of_one_moment_differ(void **state)
{
	scoped(keyring) struct keyring *keyring = keyring_from_key(key_a);
	const struct token token = token_make();
	char one[CREDENTIAL_LENGTH_MAX + 1], other[CREDENTIAL_LENGTH_MAX + 1];

	token_encode(keyring, &token, one);
	token_encode(keyring, &token, other);
	assert_string_not_equal(one, other);
}

static void another_installation_refuses_it(void **state)
{
	scoped(keyring) struct keyring *ours = keyring_from_key(key_a);
	scoped(keyring) struct keyring *theirs = keyring_from_key(key_b);
	const struct token token = token_make();
	struct token read;
	char text[CREDENTIAL_LENGTH_MAX + 1];

	token_encode(ours, &token, text);
	assert_false(token_decode(theirs, text, &read));
}

/* Every single changed character is noticed, by the checksum or by the MAC. */
static void a_changed_token_is_refused(void **state)
{
	scoped(keyring) struct keyring *keyring = keyring_from_key(key_a);
	const struct token token = token_make();
	struct token read;
	char text[CREDENTIAL_LENGTH_MAX + 1];

	token_encode(keyring, &token, text);
	for (size_t i = 0; i < strlen(text); i++) {
		char kept = text[i];
		text[i] = kept == 'x' ? 'y' : 'x';
		assert_false(token_decode(keyring, text, &read));
		text[i] = kept;
	}
	assert_true(token_decode(keyring, text, &read));
	text[strlen(text) - 1] = '\0';
	assert_false(token_decode(keyring, text, &read));
	assert_false(token_decode(keyring, "", &read));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_token_says_what_was_put_in),
		cmocka_unit_test(two_tokens_of_one_moment_differ),
		cmocka_unit_test(another_installation_refuses_it),
		cmocka_unit_test(a_changed_token_is_refused),
	};

	crypto_start();
	return cmocka_run_group_tests_name("access/token", tests, NULL, NULL);
}
