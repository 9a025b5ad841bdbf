/* credential_test.c – credentials have one spelling, and any other is refused without a look-up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/macros.h"
#include "base/text.h"
#include "crypto/credential.h"
#include "crypto/random.h"

static const struct {
	enum credential_kind kind;
	const char *prefix;
	size_t body_length, text_length;
} kinds[] = {
	{CREDENTIAL_CLIENT_ID, "grf_ci_", 16, 35},
	{CREDENTIAL_CLIENT_SECRET, "grf_cs_", 32, 56},
	{CREDENTIAL_API_TOKEN, "grf_at_", 67, 104},
	{CREDENTIAL_API_KEY_PART, "grfak", 24, 44},
	{CREDENTIAL_SESSION, "grf_se_", 24, 46},
	{CREDENTIAL_AUTHENTICATION_TOKEN, "grf_au_", 24, 46},
	{CREDENTIAL_PASSWORD_LINK, "grf_pl_", 24, 46},
	{CREDENTIAL_OPERATOR, "grf_op_", 32, 56},
};

static void every_kind_comes_back(void **state)
{
	assert_int_equal(ARRAY_SIZE(kinds), CREDENTIAL_KIND_COUNT);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		unsigned char body[128], again[128];
		char text[CREDENTIAL_LENGTH_MAX + 1], other[CREDENTIAL_LENGTH_MAX + 1];

		random_bytes(body, kinds[i].body_length);
		credential_encode("grf", kinds[i].kind, body, text);
		assert_string_equal(credential_tag(kinds[i].kind), kinds[i].prefix + 3);
		assert_int_equal(credential_length(kinds[i].kind), kinds[i].text_length);
		assert_true(strncmp(text, kinds[i].prefix, strlen(kinds[i].prefix)) == 0);
		assert_int_equal(strlen(text), kinds[i].text_length);
		assert_true(credential_decode(kinds[i].kind, text, again));
		assert_memory_equal(body, again, kinds[i].body_length);

		credential_make("grf", kinds[i].kind, text);
		credential_make("grf", kinds[i].kind, other);
		assert_true(credential_decode(kinds[i].kind, text, NULL));
		assert_string_not_equal(text, other);
	}
}

/* The text of bytes 0 to 15, made by another implementation of base 62 and CRC32. */
#define CLIENT_ID "grf_ci_000SYW7RiJxkEgOGusQGwp1gntV8"

static void the_form_is_fixed(void **state)
{
	unsigned char body[16];
	char text[CREDENTIAL_LENGTH_MAX + 1];

	assert_true(credential_decode(CREDENTIAL_CLIENT_ID, CLIENT_ID, body));
	for (size_t i = 0; i < sizeof(body); i++)
		assert_int_equal(body[i], i);
	credential_encode("grf", CREDENTIAL_CLIENT_ID, body, text);
	assert_string_equal(text, CLIENT_ID);
}

static const char *const refused[] = {
	"",
	"grf_ci_",
	"GRF_ci_000SYW7RiJxkEgOGusQGwp1gntV8",
	"grf_cs_000SYW7RiJxkEgOGusQGwp1gntV8",
	"grf_ci_000SYW7RiJxkEgOGusQGwp1gntV",
	"grf_ci_000SYW7RiJxkEgOGusQGwp1gntV80",
	"grf_ci_000SYW7RiJxkEgOGusQGwp1gntV8 ",
	" grf_ci_000SYW7RiJxkEgOGusQGwp1gntV8",
	"grf_ci_000SYW7RiJxkEgOGusQGwq1gntV8",
	"grf_ci_000SYW7RiJxkEgOGusQGwp1gntV9",
	"grf_ci_00SYW7RiJxkEgOGusQGwp1gntV8",
};

static void other_spellings_are_refused(void **state)
{
	unsigned char body[16] = "before";

	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		if (credential_decode(CREDENTIAL_CLIENT_ID, refused[i], body))
			fail_msg("accepted `%s`", refused[i]);
	}
	assert_string_equal((const char *)body, "before");
	assert_false(credential_decode(CREDENTIAL_CLIENT_SECRET, CLIENT_ID, NULL));
}

/* A right checksum over what is no number of 16 bytes: 22 digits hold more than 128 bits. */
static void a_right_checksum_is_not_enough(void **state)
{
	char text[CREDENTIAL_LENGTH_MAX + 1] = "grf_ci_zzzzzzzzzzzzzzzzzzzzzz";

	base62_crc32(text, strlen(text), text + strlen(text));
	assert_int_equal(strlen(text), strlen(CLIENT_ID));
	assert_false(credential_decode(CREDENTIAL_CLIENT_ID, text, NULL));
	strcpy(text, "grf_ci_000SYW7RiJxkEgOGusQG-p");
	base62_crc32(text, strlen(text), text + strlen(text));
	assert_false(credential_decode(CREDENTIAL_CLIENT_ID, text, NULL));
}

/* Of user abcdefgh1234 and bytes 0 to 23. */
#define API_KEY "YWJjZGVmZ2gxMjM0OmdyZmFrMDAwQTdkbDVQRVc2N3paQ3BGVTl1S2FIbkdnT3ZRS0FSMWNEeUJJ"

static void api_keys_carry_the_user(void **state)
{
	char key[API_KEY_TEXT_MAX], other[API_KEY_TEXT_MAX], uid[13];

	assert_true(api_key_parse(API_KEY, uid));
	assert_string_equal(uid, "abcdefgh1234");
	api_key_make("grf", "Zz0123456789", key);
	api_key_make("grf", "Zz0123456789", other);
	assert_string_not_equal(key, other);
	assert_true(api_key_parse(key, uid));
	assert_string_equal(uid, "Zz0123456789");
}

/* What a scanner of leaked secrets looks for: docs/guide/access.md gives the expression. */
static void api_keys_can_be_recognised(void **state)
{
	for (int i = 0; i < 1000; i++) {
		char uid[13], key[API_KEY_TEXT_MAX];

		random_base62(uid, 12);
		api_key_make("grf", uid, key);
		assert_int_equal(strlen(key), 76);
		assert_true(strncmp(key + 16, "OmdyZmFr", 8) == 0);
		assert_null(strchr(key, '='));
	}
}

static const struct {
	const char *why, *key;
} refused_keys[] = {
	{"empty", ""},
	{"cut", "YWJjZGVmZ2gxMjM0OmdyZmFrMDAwQTdkbDVQRVc2N3paQ3BGVTl1S2FIbkdnT3ZRS0FSMWNEeUJ"},
	{"cut by four", "YWJjZGVmZ2gxMjM0OmdyZmFrMDAwQTdkbDVQRVc2N3paQ3BGVTl1S2FIbkdnT3ZRS0FSMWNE"},
	{"longer", API_KEY "YWJj"},
	{"padding", API_KEY "="},
	{"line feed", API_KEY "\n"},
	{"no base64",
	 "*WJjZGVmZ2gxMjM0OmdyZmFrMDAwQTdkbDVQRVc2N3paQ3BGVTl1S2FIbkdnT3ZRS0FSMWNEeUJJ"},
	{"checksum",
	 "YWJjZGVmZ2gxMjM0OmdyZmFrMDAwQTdkbDVQRVc2N3paQ3BGVTl1S2FIbkdnT3ZRS0FSMWNEeUJK"},
	{"body", "YWJjZGVmZ2gxMjM0OmdyZmFrMDAwQTdkbDVQRVc2N3paQ3BGVTl1S2FIbkdnT3ZRT0FSMWNEeUJJ"},
	{"no colon",
	 "YWJjZGVmZ2gxMjM0MGdyZmFrMDAwQTdkbDVQRVc2N3paQ3BGVTl1S2FIbkdnT3ZRS0FSMWNEeUJJ"},
	{"a user with ?",
	 "YWJjZGVmZ2gxMj8/OmdyZmFrMDAwQTdkbDVQRVc2N3paQ3BGVTl1S2FIbkdnT3ZRS0FSMWNEeUJJ"},
	{"a user with NUL",
	 "YWJjZGVmZ2gxMjMAOmdyZmFrMDAwQTdkbDVQRVc2N3paQ3BGVTl1S2FIbkdnT3ZRS0FSMWNEeUJJ"},
};

static void other_keys_are_refused(void **state)
{
	char uid[13] = "before";

	for (size_t i = 0; i < ARRAY_SIZE(refused_keys); i++) {
		if (api_key_parse(refused_keys[i].key, uid))
			fail_msg("accepted: %s", refused_keys[i].why);
		assert_string_equal(uid, "before");
	}
}

/* Each changed character is noticed by the form or the checksum, except in the user's id: there the
 * key is one of another user, which the stored hash does not match. */
static void a_changed_key_is_refused(void **state)
{
	char key[] = API_KEY, uid[13];

	for (size_t i = 16; i < sizeof(key) - 1; i++) {
		char kept = key[i];
		for (int c = 1; c < 256; c++) {
			key[i] = (char)c;
			if (key[i] != kept && api_key_parse(key, uid))
				fail_msg("accepted byte %d at %zu", c, i);
		}
		key[i] = kept;
	}
	assert_true(api_key_parse(key, uid));
}

static int start(void **state)
{
	crypto_start();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_comes_back),
		cmocka_unit_test(the_form_is_fixed),
		cmocka_unit_test(other_spellings_are_refused),
		cmocka_unit_test(a_right_checksum_is_not_enough),
		cmocka_unit_test(api_keys_carry_the_user),
		cmocka_unit_test(api_keys_can_be_recognised),
		cmocka_unit_test(other_keys_are_refused),
		cmocka_unit_test(a_changed_key_is_refused),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
