/* webhook_signature_test.c – the published example of Standard Webhooks, and what must not verify.
 * https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "crypto/random.h"
#include "crypto/webhook_signature.h"

#define SECRET "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
#define ID "msg_p5jXN8AQM9LWM0D4loKWxJek"
#define TIMESTAMP 1614265330
#define SIGNATURE "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
#define OTHER_SIGNATURE "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

#define BODY "{\"test\": 2432232314}"
static const struct bytes body = {(const unsigned char *)BODY, sizeof(BODY) - 1};

static void the_published_example_is_signed(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	assert_string_equal(webhook_sign(arena, SECRET, ID, TIMESTAMP, body), SIGNATURE);
}

static const struct {
	const char *secret, *id;
	int64_t timestamp_s;
	const char *header;
	bool right;
} rows[] = {
	{SECRET, ID, TIMESTAMP, SIGNATURE, true},
	{SECRET, ID, TIMESTAMP, OTHER_SIGNATURE " " SIGNATURE, true},
	{SECRET, ID, TIMESTAMP, SIGNATURE " " OTHER_SIGNATURE, true},
	{SECRET, ID, TIMESTAMP, "v1a,AAAA  v2,x " SIGNATURE,
	 true}, /* other versions are passed over */
	{SECRET, ID, TIMESTAMP, "", false},
	{SECRET, ID, TIMESTAMP, " ", false},
	{SECRET, ID, TIMESTAMP, "v1,", false},
	{SECRET, ID, TIMESTAMP, OTHER_SIGNATURE, false},
	{SECRET, ID, TIMESTAMP, "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", false},
	{SECRET, ID, TIMESTAMP, "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", false},
	{SECRET, ID, TIMESTAMP, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE", false},
	{SECRET, ID, TIMESTAMP, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ", false},
	{SECRET, ID, TIMESTAMP, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OEA", false},
	{SECRET, ID, TIMESTAMP + 1, SIGNATURE, false},
	{SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJel", TIMESTAMP, SIGNATURE, false},
	{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx", ID, TIMESTAMP, SIGNATURE, false},
	{"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", ID, TIMESTAMP, SIGNATURE, false},
};

static void only_the_right_signature_verifies(void **state)
{
	static const struct bytes other = {(const unsigned char *)"{\"test\": 2432232315}",
					   sizeof(BODY) - 1};
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (webhook_verify(arena, rows[i].secret, rows[i].id, rows[i].timestamp_s, body,
				   rows[i].header) != rows[i].right)
			fail_msg("row %zu", i);
	}
	assert_false(webhook_verify(arena, SECRET, ID, TIMESTAMP, other, SIGNATURE));
}

/* A header of thousands of signatures must not cost thousands of comparisons. */
static void only_so_many_signatures_are_tried(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	char header[2000] = "";

	for (int i = 0; i < 9; i++)
		strcat(header, OTHER_SIGNATURE " ");
	size_t used = strlen(header);
	strcpy(header + used, SIGNATURE);
	assert_true(webhook_verify(arena, SECRET, ID, TIMESTAMP, body, header));
	strcpy(header + used, OTHER_SIGNATURE " " SIGNATURE);
	assert_false(webhook_verify(arena, SECRET, ID, TIMESTAMP, body, header));
}

static const struct {
	const char *text;
	bool valid;
} secrets[] = {
	{SECRET, true},					   /* 24 bytes */
	{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaQ=", false}, /* 23 */
	{"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	 "AAAA==",
	 true}, /* 64 */
	{"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
	 "AAAAA=",
	 false}, /* 65 */
	{"", false},
	{"whsec", false},
	{"whsec_", false},
	{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw ", false},
	{"WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", false},
	{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS", false},
};

static void secrets_have_one_form(void **state)
{
	scoped(arena) struct arena *arena = arena_new();

	for (size_t i = 0; i < ARRAY_SIZE(secrets); i++) {
		if (webhook_secret_is_valid(secrets[i].text) != secrets[i].valid)
			fail_msg("row %zu", i);
		assert_int_equal(webhook_sign(arena, secrets[i].text, ID, TIMESTAMP, body) != NULL,
				 secrets[i].valid);
	}
}

static void made_secrets_are_valid_and_differ(void **state)
{
	scoped(arena) struct arena *arena = arena_new();
	char one[WEBHOOK_SECRET_TEXT_MAX], other[WEBHOOK_SECRET_TEXT_MAX];

	webhook_secret_make(one);
	webhook_secret_make(other);
	assert_true(webhook_secret_is_valid(one));
	assert_int_equal(strlen(one), 6 + 44);
	assert_string_not_equal(one, other);
	const char *signature = webhook_sign(arena, one, ID, TIMESTAMP, body);
	assert_true(webhook_verify(arena, one, ID, TIMESTAMP, body, signature));
	assert_false(webhook_verify(arena, other, ID, TIMESTAMP, body, signature));
}

static int start(void **state)
{
	crypto_start();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_published_example_is_signed),
		cmocka_unit_test(only_the_right_signature_verifies),
		cmocka_unit_test(only_so_many_signatures_are_tried),
		cmocka_unit_test(secrets_have_one_form),
		cmocka_unit_test(made_secrets_are_valid_and_differ),
	};
	return cmocka_run_group_tests(tests, start, NULL);
}
