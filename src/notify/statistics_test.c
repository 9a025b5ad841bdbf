/* statistics_test.c – what statistics need by the clock: an account's queue is that of its
 * endpoints together, events of all accounts are counted, and all that is old goes. On each engine.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/ensure.h"
#include "base/json.h"
#include "notify/event.h"
#include "notify/statistics.h"
#include "store/db.h"
#include "store/store_clock.h"
#include "store/tally_store.h"
#include "store/test_store.h"

#define ONE "account00001"
#define OTHER "account00002"
#define DAY_S 86400

static void run_text(struct test_store *test_store, const char *sql, const struct arg *args,
		     size_t count)
{
	struct error err = {0};
	struct txn *txn = txn_begin(test_store->session, &err);

	ensure(txn);
	if (!db_run(txn_db(txn), sql, args, count, NULL, &err))
		fail_msg("%s", err.technical);
	ensure(txn_commit(&txn, &err));
}

static void add_endpoint(struct test_store *test_store, const char *account, const char *id)
{
	static const char INSERT[] =
		"INSERT INTO endpoint (account, id, origin, url, auth, signing_secret_sealed, "
		"custom_headers, events, created_us, updated_us) "
		"VALUES ($1, $2, 'endpoint', 'http://x/', 0, $3, '[]', '[]', 0, 0)";
	static const char SUBSCRIBE[] =
		"INSERT INTO subscription (account, event_type, package, endpoint, ordered, "
		"filter) VALUES ($1, 'PACKAGE_CREATE', '', $2, 1, '')";
	const struct bytes secret = {(const void *)"x", 1};

	run_text(test_store, INSERT, ARGS(arg_text(account), arg_text(id), arg_bytes(secret)));
	run_text(test_store, SUBSCRIBE, ARGS(arg_text(account), arg_text(id)));
}

static void raise_event(struct test_store *test_store, const char *account)
{
	struct error err = {0};
	struct txn *txn = txn_begin(test_store->session, &err);
	const struct event_draft draft = {.account = account,
					  .type = EVENT_PACKAGE_CREATE,
					  .package = "p",
					  .session_user = "u"};

	ensure(txn);
	if (!event_raise(txn, &draft, session_now(test_store->session), &err))
		fail_msg("%s", err.technical);
	ensure(txn_commit(&txn, &err));
}

/* Of two hours: what the longest steps say now. */
static json_t *totals_of(struct test_store *test_store, struct arena *arena, const char *account)
{
	struct error err = {0};
	static const unsigned char key[32] = {7};
	scoped(keyring) struct keyring *keyring = keyring_from_key(key);
	const struct wall_time now = session_now(test_store->session);
	const struct context context = context_for_clockwork(keyring, test_store->session, arena,
							     account, now, now);
	const struct statistics_query query = {.step_s = 7200};
	json_t *json = statistics_read(&context, &query, &err);

	if (!json)
		fail_msg("%s", err.technical);
	json_t *totals = json_incref(json_object_get(json, "totals"));
	json_decref(json);
	return totals;
}

static int64_t number_of(const json_t *totals, const char *part, const char *name)
{
	return json_integer_value(json_object_get(json_object_get(totals, part), name));
}

static void an_account_is_all_of_its_endpoints(void **state)
{
	EACH_ENGINE(engine)
	{
		scoped(arena) struct arena *arena = arena_new();
		struct error err = {0};
		struct test_store *test_store = test_store_open(engine, NULL);
		test_store_add_account(test_store, ONE);
		test_store_add_account(test_store, OTHER);
		add_endpoint(test_store, ONE, "ep_1");
		add_endpoint(test_store, ONE, "ep_2");
		add_endpoint(test_store, OTHER, "ep_3");
		for (int i = 0; i < 3; i++)
			raise_event(test_store, ONE);
		raise_event(test_store, OTHER);
		bool more;
		assert_true(statistics_count_events(test_store->session, &more, &err));
		assert_false(more);
		const struct wall_time later = wall_add(session_queue_now(test_store->session),
							duration_s(100));
		assert_true(statistics_sample_queues(
			test_store->session, session_now(test_store->session), later, &err));
		scoped(json_t) json_t *one = totals_of(test_store, arena, ONE);
		assert_int_equal(number_of(one, "eventsByType", "PACKAGE_CREATE"), 3);
		assert_int_equal(number_of(one, "queue", "pending"), 6);
		assert_in_range(number_of(one, "queue", "oldestSeconds"), 99, 130);
		scoped(json_t) json_t *other = totals_of(test_store, arena, OTHER);
		assert_int_equal(number_of(other, "eventsByType", "PACKAGE_CREATE"), 1);
		assert_int_equal(number_of(other, "queue", "pending"), 1);
		test_store_close(test_store);
	}
}

/* More than one transaction removes. */
static void all_that_is_old_goes(void **state)
{
	static const char FILL[] =
		"WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1201) "
		"INSERT INTO tally (account, endpoint, length_s, start_us, node, counts) "
		"SELECT '" ONE "', '', 7200, i * 7200000000, '', 'A=1' FROM n";

	EACH_ENGINE(engine)
	{
		scoped(arena) struct arena *arena = arena_new();
		struct error err = {0};
		struct tally_row *rows;
		size_t count;
		struct test_store *test_store = test_store_open(engine, NULL);
		run_text(test_store, FILL, NO_ARGS);
		const struct wall_time last = wall_from_us(1201 * INT64_C(7200000000));
		assert_true(statistics_prune(test_store->session, last, &err));
		assert_true(tally_list(session_db(test_store->session), arena, ONE, "",
				       TALLY_TWO_HOURS, wall_from_us(0),
				       wall_add(last, duration_s(1)), 5000, &rows, &count, &err));
		assert_int_equal(count, 31 * DAY_S / 7200 + 2);
		test_store_close(test_store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_account_is_all_of_its_endpoints),
		cmocka_unit_test(all_that_is_old_goes),
	};
	return cmocka_run_group_tests_name("notify/statistics", tests, NULL, NULL);
}
