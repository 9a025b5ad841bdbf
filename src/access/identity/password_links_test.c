/* password_links_test.c – how often a link for a new password is sent, whoever asks for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/identity/password_links.h"
#include "access/identity/sign_in.h"
#include "base/ensure.h"
#include "store/mail_store.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"
#define HOUR_S 3600

static const struct wall_time start = {1700000000000000};

static struct wall_time after_s(int64_t seconds)
{
	return wall_add(start, duration_s(seconds));
}

/* Mails that were written since the last time. */
static size_t mails_taken(struct test_store *store, struct arena *arena, struct wall_time now)
{
	struct error err = {0};
	struct mail *mails;
	size_t count;
	scoped(txn) struct txn *txn = txn_begin(store->session, &err);

	ensure(txn && mail_claim(txn_db(txn), arena, now, wall_add(now, duration_s(365 * 86400)),
				 100, &mails, &count, &err));
	ensure(txn_commit(&txn, &err));
	return count;
}

/* A stranger asks every ten seconds, for an hour from `from_s` on. */
static size_t mails_of_an_hour(struct test_store *store, struct context *context, int64_t from_s,
			       const char *email)
{
	struct error err = {0};
	size_t mails = 0;

	for (int64_t at = from_s; at < from_s + HOUR_S; at += 10) {
		context->now = context->queue_now = after_s(at);
		assert_true(password_forgotten(context, email, &err));
		mails += mails_taken(store, context->arena, context->now);
	}
	return mails;
}

static void links_become_fewer(void **state)
{
	static const unsigned char key[32] = {7};
	const struct access_config config = {.base_url = "https://sign.acme.example"};

	EACH_ENGINE(engine)
	{
		struct test_store *store = test_store_open(engine, NULL);
		struct keyring *keyring = keyring_from_key(key);
		test_store_add_account(store, ACCOUNT);
		const struct context_tools tools = {.keyring = keyring, .config = &config};
		const struct actor stranger = actor_nobody("192.0.2.1");
		scoped(arena) struct arena *arena = arena_new();
		struct context context = context_for_call(&tools, store->session, arena, &stranger,
							  start, start);
		/* At 0, 1, … 5 minutes, 6, 8, 12, 20, 35, 50; then one in a quarter of an hour. */
		assert_int_equal(mails_of_an_hour(store, &context, 0, ACCOUNT "@bank.example"), 12);
		assert_int_equal(mails_of_an_hour(store, &context, HOUR_S, ACCOUNT "@BANK.example"),
				 4);
		assert_int_equal(
			mails_of_an_hour(store, &context, 2 * HOUR_S, "nobody@bank.example"), 0);
		keyring_free(keyring);
		test_store_close(store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(links_become_fewer)};
	return cmocka_run_group_tests_name("access/password_links", tests, NULL, NULL);
}
