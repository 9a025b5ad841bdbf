/* producer_test.c – what a producer may append, and that whatever it may can be told. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/ensure.h"
#include "base/json.h"
#include "crypto/random.h"
#include "notify/payload.h"
#include "notify/producer.h"
#include "store/event_store.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"

static bool append(const struct context *context, json_t *body, struct error *err)
{
	const char *answer;
	bool repeated;
	bool ok = producer_append(context, body, NULL, &answer, &repeated, err);

	json_decref(body);
	return ok;
}

/* A request for support with as many texts as there may be, each as long as it may be. */
static json_t *longest(char filling)
{
	char text[PRODUCER_EXTRA_TEXT_MAX + 1];
	json_t *hours = json_array();

	memset(text, filling, PRODUCER_EXTRA_TEXT_MAX);
	text[PRODUCER_EXTRA_TEXT_MAX] = '\0';
	for (int i = 0; i < PRODUCER_EXTRA_TEXTS_MAX; i++)
		json_array_append_new(hours, json_string(text));
	return json_pack("{s:s, s:s, s:s, s:s, s:o}", "name", "COBROWSE_REQUEST", "packageId", "p",
			 "phone", text, "comment", text, "selectedSupportBusinessHours", hours);
}

/* What has to be escaped grows: a payload has a limit, and going beyond it would be a mistake of
 * ours. */
static void what_is_appended_has_a_payload(const struct context *context)
{
	static const struct {
		char filling;
		bool fits;
	} rows[] = {{'x', true}, {'"', false}, {'\n', false}, {1, false}};
	struct error err = {0};
	struct event *events;
	size_t count;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(append(context, longest(rows[i].filling), &err), rows[i].fits);
		if (!rows[i].fits)
			assert_int_equal(err.code, ERROR_INVALID_FIELD);
	}
	assert_true(event_list(session_db(context->session), context->arena, ACCOUNT, 0, 10,
			       &events, &count, &err));
	assert_int_equal(count, 1);
	assert_true(payload_build(context->arena, &events[0]).length >
		    (PRODUCER_EXTRA_TEXTS_MAX + 2) * PRODUCER_EXTRA_TEXT_MAX);
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
		what_is_appended_has_a_payload(&context);
		test_store_close(test_store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(on_each_engine)};

	crypto_start();
	return cmocka_run_group_tests_name("notify/producer", tests, NULL, NULL);
}
