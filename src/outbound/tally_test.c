/* tally_test.c – what is counted in memory is written once, and not lost when the store refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/counts.h"
#include "base/ensure.h"
#include "outbound/tally.h"
#include "store/tally_store.h"
#include "store/test_store.h"

static const struct wall_time noon = {1700000000000000 / 7200000000 * 7200000000};

static struct wall_time seconds(int64_t s)
{
	return wall_add(noon, duration_s(s));
}

/* To an endpoint of that account; `status` 0: a time-out. */
static void note(struct tally *tally, const char *account, long status, bool stale,
		 struct wall_time now)
{
	const struct verdict_record verdict = {.state = status == 200 ? DELIVERY_DELIVERED
								      : DELIVERY_PENDING};
	struct job job = {.claim = {.event = {.account = account, .type = "PACKAGE_CREATE"},
				    .endpoint = {.id = "ep_1"}},
			  .sending = {.took = duration_ms(status == 200 ? 10 : 1000),
				      .outcome = {.http_status = status,
						  .error_class = status ? ERROR_CLASS_NONE
									: ERROR_CLASS_TIMEOUT}}};

	tally_note(tally, &job, &verdict, stale, now, now);
}

/* In a txn that is committed, or not. */
static void write(struct test_store *test_store, struct tally *tally, struct wall_time now,
		  bool all, bool commits)
{
	struct error err = {0};
	struct txn *txn = txn_begin(test_store->session, &err);

	ensure(txn);
	if (!tally_write(tally, txn_db(txn), now, all, &err))
		fail_msg("%s", err.technical);
	if (commits)
		ensure(txn_commit(&txn, &err));
	else
		txn_rollback(txn);
	tally_settle(tally, now, commits);
}

static void assert_stored(struct test_store *test_store, const char *account, const char *text)
{
	scoped(arena) struct arena *arena = arena_new();
	struct error err = {0};
	struct counts counts = {0};
	struct tally_row *rows;
	size_t count;

	ensure(tally_list(session_db(test_store->session), arena, account, TALLY_OF_ACCOUNT,
			  TALLY_MINUTE, noon, seconds(86400), 100, &rows, &count, &err));
	for (size_t i = 0; i < count; i++)
		counts_read(&counts, rows[i].counts);
	assert_string_equal(counts_write(&counts, arena), text);
	counts_done(&counts);
}

#define ONE "account00001"

static void each_attempt_is_written_once(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *test_store = test_store_open(engine, NULL);
		struct tally *tally = tally_new("node");
		assert_int_equal(tally_due(tally).us, INT64_MAX);
		note(tally, ONE, 200, false, seconds(0));
		note(tally, ONE, 503, false, seconds(1));
		assert_int_equal(tally_due(tally).us, seconds(TALLY_WRITE_EVERY_S).us);
		write(test_store, tally, seconds(1), false, true);
		assert_stored(test_store, ONE, "");
		write(test_store, tally, seconds(2), false, false); /* the store refuses */
		assert_stored(test_store, ONE, "");
		assert_int_equal(tally_due(tally).us, seconds(4).us);
		note(tally, ONE, 0, false, seconds(3));
		note(tally, ONE, 200, true, seconds(61)); /* no verdict: another node had it */
		write(test_store, tally, seconds(62), false, true);
		assert_int_equal(tally_due(tally).us, INT64_MAX);
		write(test_store, tally, seconds(70), false, true);
		assert_stored(test_store, ONE,
			      "A=4 D=1 S=2 l:27=2 l:54=2 s:200=2 s:503=1 t:PACKAGE_CREATE=4 "
			      "x:TIMEOUT=1");
		tally_free(tally);
		test_store_close(test_store);
	}
}

/* More endpoints at once than a cycle writes: those that wait for longest come first. */
static void a_cycle_writes_so_many(void **state)
{
	struct test_store *test_store = test_store_open(TEST_SQLITE, NULL);
	struct tally *tally = tally_new("node");
	char account[16];

	for (int round = 0; round < 2; round++) {
		for (int i = 0; i < TALLY_WRITE_MAX; i++) {
			snprintf(account, sizeof(account), "account%05d", i);
			note(tally, account, 200, false, seconds(0));
		}
	}
	write(test_store, tally, seconds(2), false, true);
	assert_stored(test_store, "account00001", "A=2 D=2 S=2 l:27=2 s:200=2 t:PACKAGE_CREATE=2");
	assert_stored(test_store, "account00063", "");
	assert_int_equal(tally_due(tally).us, seconds(4).us);
	note(tally, "account00063", 200, false, seconds(2)); /* found again */
	write(test_store, tally, seconds(3), true, true);
	assert_stored(test_store, "account00063", "A=3 D=3 S=3 l:27=3 s:200=3 t:PACKAGE_CREATE=3");
	assert_int_equal(tally_due(tally).us, INT64_MAX);
	tally_free(tally);
	test_store_close(test_store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_attempt_is_written_once),
		cmocka_unit_test(a_cycle_writes_so_many),
	};
	return cmocka_run_group_tests_name("outbound/tally", tests, NULL, NULL);
}
