/* callback_test.c – what a registration may say, and that a refused one changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/json.h"
#include "crypto/random.h"
#include "notify/callback.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"

static const struct {
	const char *body;
	enum error_code code;
	const char *member; /* named in `technical` */
} refused[] = {
	{"{\"events\":[\"PACKAGE_CREATE\"]}", ERROR_CALLBACK_INVALID_URL, "url"},
	{"{\"url\":\"\",\"events\":[\"PACKAGE_CREATE\"]}", ERROR_CALLBACK_INVALID_URL, "url"},
	{"{\"url\":\"ftp://x/\"}", ERROR_CALLBACK_INVALID_URL, "url"},
	{"{\"url\":\"file:///etc/passwd\"}", ERROR_CALLBACK_INVALID_URL, "url"},
	{"{\"url\":\"//x/\"}", ERROR_CALLBACK_INVALID_URL, "url"},
	{"{\"url\":\"nonsense\"}", ERROR_CALLBACK_INVALID_URL, "url"},
	{"{\"url\":\"http://user:pass@x/\"}", ERROR_CALLBACK_INVALID_URL, "url"},
	{"{\"url\":\"http://x/ y\"}", ERROR_CALLBACK_INVALID_URL, "url"},
	{"{\"url\":\"http://x/\\r\\nHost: y\"}", ERROR_CALLBACK_INVALID_URL, "url"},
	{"{\"url\":5}", ERROR_INVALID_FIELD, "url"},
	{"{\"url\":\"http://x/\",\"key\":\"a\\nb\"}", ERROR_INVALID_FIELD, "key"},
	{"{\"url\":\"http://x/\",\"key\":\" a\"}", ERROR_INVALID_FIELD, "key"},
	{"{\"url\":\"http://x/\",\"events\":[\"NOTHING\"]}", ERROR_CALLBACK_INVALID_EVENT,
	 "events[0]"},
	{"{\"url\":\"http://x/\",\"events\":[\"PACKAGE_CREATE\",7]}", ERROR_CALLBACK_INVALID_EVENT,
	 "events[1]"},
	{"{\"url\":\"http://x/\",\"events\":\"PACKAGE_CREATE\"}", ERROR_INVALID_FIELD, "events"},
	{"{\"url\":\"http://x/\",\"authType\":\"OAUTH2\"}", ERROR_MISSING_FIELD, "oauthSetting"},
	{"{\"url\":\"http://x/\",\"authType\":\"DIGEST\"}", ERROR_INVALID_FIELD, "authType"},
	{"{\"url\":\"http://x/\",\"authType\":\"BASIC\"}", ERROR_MISSING_FIELD, "key"},
	{"{\"url\":\"http://x/\",\"customHeaders\":[{\"key\":\"a b\",\"value\":\"x\"}]}",
	 ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]"},
	{"{\"url\":\"http://x/\",\"customHeaders\":[{\"key\":\"X\",\"value\":\"a\\r\\nb\"}]}",
	 ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]"},
	{"{\"url\":\"http://x/"
	 "\",\"customHeaders\":[{\"key\":\"X\",\"value\":\"1\"},{\"key\":\"x\",\"value\":\"2\"}]}",
	 ERROR_CALLBACK_INVALID_HEADER, "customHeaders[1]"},
	{"{\"url\":\"http://x/\",\"customHeaders\":[{\"key\":\"Webhook-Id\",\"value\":\"1\"}]}",
	 ERROR_CALLBACK_INVALID_HEADER, "customHeaders[0]"},
	{"{\"url\":\"http://x/\",\"customHeaders\":[\"X: y\"]}", ERROR_CALLBACK_INVALID_HEADER,
	 "customHeaders[0]"},
};

static json_t *replace(const struct context *context, const char *body, struct error *err)
{
	scoped(json_t) json_t *json = json_loads(body, 0, NULL);
	return callback_replace(context, "", json, err);
}

static void what_is_wrong_is_named_and_changes_nothing(const struct context *context)
{
	struct error err = {0};

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
		json_t *answer = replace(context, refused[i].body, &err);
		if (answer || err.code != refused[i].code)
			fail_msg("%s: %s", refused[i].body,
				 answer ? "accepted" : error_key(err.code));
		if (strncmp(err.technical, refused[i].member, strlen(refused[i].member)) != 0)
			fail_msg("%s: names `%s`", refused[i].body, err.technical);
	}
	scoped(json_t) json_t *read = callback_read(context, "", &err);
	assert_string_equal(json_string_value(json_object_get(read, "url")), "");
}

static void what_is_stored_is_read_back(const struct context *context)
{
	struct error err = {0};
	scoped(json_t)
		json_t *first = replace(context,
					"{\"url\":\"https://x.example/"
					"hook?a=b\",\"key\":\"k\",\"events\":[\"PACKAGE_TRASH\","
					"\"PACKAGE_CREATE\",\"PACKAGE_TRASH\"],\"customHeaders\":[{"
					"\"key\":\"X-A\",\"value\":\"1\"}]}",
					&err);
	assert_non_null(first);
	assert_non_null(json_object_get(first, "signingSecret"));
	scoped(json_t) json_t *read = callback_read(context, "", &err);
	assert_string_equal(json_string_value(json_object_get(read, "key")), "k");
	assert_string_equal(json_string_value(json_object_get(read, "authType")), "BASIC");
	assert_null(json_object_get(read, "signingSecret"));
	scoped(json_t) json_t *events = json_pack("[s,s]", "PACKAGE_TRASH", "PACKAGE_CREATE");
	assert_true(json_equal(json_object_get(read, "events"), events));

	scoped(json_t) json_t *second = replace(context, "{\"url\":\"\",\"events\":[]}", &err);
	assert_true(json_equal(json_object_get(first, "signingSecret"),
			       json_object_get(second, "signingSecret")));
	assert_string_equal(json_string_value(json_object_get(second, "authType")), "NONE");
}

static void on_each_engine(void **state)
{
	static const unsigned char key[32] = {7};
	scoped(keyring) struct keyring *keyring = keyring_from_key(key);

	EACH_ENGINE(engine)
	{
		struct test_store *test_store = test_store_open(engine, NULL);
		scoped(arena) struct arena *arena = arena_new();
		const struct wall_time now = wall_now();
		const struct context context = context_for_clockwork(keyring, test_store->session,
								     arena, ACCOUNT, now, now);
		test_store_add_account(test_store, ACCOUNT);
		what_is_wrong_is_named_and_changes_nothing(&context);
		what_is_stored_is_read_back(&context);
		test_store_close(test_store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(on_each_engine)};

	crypto_start();
	return cmocka_run_group_tests_name("notify/callback", tests, NULL, NULL);
}
