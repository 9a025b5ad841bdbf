/* tally_store_test.c – statistics add up, over nodes and lengths, are kept for so long, and go with
 * their endpoint; on each engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/ensure.h"
#include "store/db.h"
#include "store/tally_store.h"
#include "store/test_store.h"

#define ACCOUNT "account00001"
#define MINUTE_US INT64_C(60000000)
#define DAY_S 86400

static const struct wall_time noon = {1700000000000000 / 7200000000 * 7200000000};

static struct txn *begin(struct test_store *test_store)
{
	struct error err = {0};
	struct txn *txn = txn_begin(test_store->session, &err);

	ensure(txn);
	return txn;
}

static void commit(struct txn *txn)
{
	struct error err = {0};

	if (!txn_commit(&txn, &err))
		fail_msg("%s", err.technical);
}

static void run_text(struct test_store *test_store, const char *sql)
{
	struct error err = {0};
	struct txn *txn = begin(test_store);

	if (!db_run(txn_db(txn), sql, NO_ARGS, NULL, &err))
		fail_msg("%s", err.technical);
	commit(txn);
}

static void add(struct test_store *test_store, const char *endpoint, const char *node,
		struct wall_time at, const char *text)
{
	struct error err = {0};
	struct counts counts = {0};
	const struct tally_part part = {ACCOUNT, endpoint, node, at, &counts};
	struct txn *txn = begin(test_store);

	counts_read(&counts, text);
	if (!tally_add(txn_db(txn), &part, &err))
		fail_msg("%s", err.technical);
	commit(txn);
	counts_done(&counts);
}

/* All counters of the range, and how many stretches have some. */
static const char *sum_of(struct test_store *test_store, struct arena *arena, const char *endpoint,
			  enum tally_length length, size_t *ret_starts)
{
	struct error err = {0};
	struct counts counts = {0};
	struct tally_row *rows;
	size_t count;
	struct wall_time last = {0};

	if (!tally_list(session_db(test_store->session), arena, ACCOUNT, endpoint, length,
			wall_from_us(0), wall_from_us(INT64_MAX), 1000, &rows, &count, &err))
		fail_msg("%s", err.technical);
	*ret_starts = 0;
	for (size_t i = 0; i < count; i++) {
		counts_read(&counts, rows[i].counts);
		*ret_starts += rows[i].start.us != last.us;
		last = rows[i].start;
	}
	const char *text = counts_write(&counts, arena);
	counts_done(&counts);
	return text;
}

static void assert_sums(struct test_store *test_store, const char *endpoint, const char *text,
			size_t minutes, size_t tens, size_t hours)
{
	const size_t wanted[] = {minutes, tens, hours};

	scoped(arena) struct arena *arena = arena_new();
	for (int length = 0; length < TALLY_LENGTH_COUNT; length++) {
		size_t starts;
		assert_string_equal(
			sum_of(test_store, arena, endpoint, (enum tally_length)length, &starts),
			text);
		assert_int_equal(starts, wanted[length]);
	}
}

static void add_endpoint(struct test_store *test_store)
{
	static const char INSERT[] =
		"INSERT INTO endpoint (account, id, origin, url, auth, signing_secret_sealed, "
		"custom_headers, events, created_us, updated_us) VALUES ('" ACCOUNT
		"', 'ep_1', 'endpoint', '', 0, $1, '[]', '[]', 0, 0)";
	struct error err = {0};
	struct txn *txn = begin(test_store);

	if (!db_run(txn_db(txn), INSERT, ARGS(arg_bytes((struct bytes){(const void *)"x", 1})),
		    NULL, &err))
		fail_msg("%s", err.technical);
	commit(txn);
}

static struct wall_time minutes_after_noon(int64_t minutes)
{
	return wall_from_us(noon.us + minutes * MINUTE_US);
}

static void nodes_and_times_add_up(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *test_store = test_store_open(engine, NULL);
		test_store_add_account(test_store, ACCOUNT);
		add_endpoint(test_store);
		add(test_store, "ep_1", "one", minutes_after_noon(0), "A=2 s:200=1 s:503=1");
		add(test_store, "ep_1", "one", minutes_after_noon(0), "A=1 s:200=1");
		add(test_store, "ep_1", "two", minutes_after_noon(0), "A=4 x:TIMEOUT=4");
		add(test_store, "ep_1", "two", minutes_after_noon(9), "A=8 s:200=8");
		add(test_store, "ep_1", "one", minutes_after_noon(10), "A=16 s:200=16");
		add(test_store, "ep_1", "one", minutes_after_noon(119), "A=32 s:200=32");
		add(test_store, "ep_1", "one", minutes_after_noon(120), "A=64 s:200=64");
		assert_sums(test_store, "ep_1", "A=127 s:200=122 s:503=1 x:TIMEOUT=4", 5, 4, 2);
		assert_sums(test_store, TALLY_OF_ACCOUNT, "", 0, 0, 0);
		test_store_reopen(test_store, NULL);
		assert_sums(test_store, "ep_1", "A=127 s:200=122 s:503=1 x:TIMEOUT=4", 5, 4, 2);
		test_store_close(test_store);
	}
}

static void they_go_with_their_endpoint(void **state)
{
	EACH_ENGINE(engine)
	{
		struct error err = {0};
		struct test_store *test_store = test_store_open(engine, NULL);
		test_store_add_account(test_store, ACCOUNT);
		add_endpoint(test_store);
		add(test_store, "ep_1", "one", noon, "A=1");
		add(test_store, TALLY_OF_ACCOUNT, "one", noon, "A=1");
		run_text(test_store, "UPDATE endpoint SET state = 3");
		struct txn *txn = begin(test_store);
		assert_true(tally_forget(txn_db(txn), ACCOUNT, "ep_1", &err));
		commit(txn);
		/* Its last attempt may come back later. */
		add(test_store, "ep_1", "one", noon, "A=1");
		assert_sums(test_store, "ep_1", "", 0, 0, 0);
		assert_sums(test_store, TALLY_OF_ACCOUNT, "A=1", 1, 1, 1);
		test_store_close(test_store);
	}
}

static int64_t prune(struct test_store *test_store, struct wall_time now)
{
	int64_t total = 0;

	for (int length = 0; length < TALLY_LENGTH_COUNT; length++) {
		int64_t removed = 2;
		while (removed == 2) {
			struct error err = {0};
			struct txn *txn = begin(test_store);
			if (!tally_prune(txn_db(txn), (enum tally_length)length, now, 2, &removed,
					 &err))
				fail_msg("%s", err.technical);
			commit(txn);
			total += removed;
		}
	}
	return total;
}

static void each_length_is_kept_for_its_time(void **state)
{
	EACH_ENGINE(engine)
	{
		scoped(arena) struct arena *arena = arena_new();
		size_t starts;
		struct test_store *test_store = test_store_open(engine, NULL);
		test_store_add_account(test_store, ACCOUNT);
		for (int64_t minute = 0; minute < 5; minute++)
			add(test_store, TALLY_OF_ACCOUNT, "one", minutes_after_noon(minute), "A=1");
		assert_int_equal(prune(test_store, minutes_after_noon(181)), 0);
		assert_int_equal(prune(test_store, minutes_after_noon(183)), 2);
		assert_string_equal(
			sum_of(test_store, arena, TALLY_OF_ACCOUNT, TALLY_MINUTE, &starts), "A=3");
		assert_string_equal(
			sum_of(test_store, arena, TALLY_OF_ACCOUNT, TALLY_TEN_MINUTES, &starts),
			"A=5");
		assert_int_equal(prune(test_store, wall_add(noon, duration_s(3 * DAY_S))), 4);
		assert_int_equal(prune(test_store, wall_add(noon, duration_s(31 * DAY_S))), 0);
		assert_int_equal(prune(test_store, wall_add(noon, duration_s(32 * DAY_S))), 1);
		test_store_close(test_store);
	}
}

/* ---- events ---- */

static void events_add(struct test_store *test_store, int64_t first, int64_t last)
{
	static const char INSERT[] =
		"INSERT INTO event (account, sequence, id, type, package, session_user_id, "
		"created_us) VALUES ('" ACCOUNT
		"', $1, $2, CASE WHEN CAST($1 AS BIGINT) % 3 = 0 THEN 'PACKAGE_TRASH' ELSE "
		"'PACKAGE_CREATE' END, 'p', 'u', $3)";
	static const char RAISE[] =
		"UPDATE account_sequence SET last_event = $1, uncounted = 1 WHERE account = "
		"'" ACCOUNT "'";
	struct error err = {0};
	struct txn *txn = begin(test_store);

	for (int64_t i = first; i <= last; i++) {
		char id[24];
		snprintf(id, sizeof(id), "evt_%lld", (long long)i);
		ensure(db_run(txn_db(txn), INSERT,
			      ARGS(arg_int(i), arg_text(id), arg_time(minutes_after_noon(i % 2))),
			      NULL, &err));
	}
	ensure(db_run(txn_db(txn), RAISE, ARGS(arg_int(last)), NULL, &err));
	commit(txn);
}

static bool uncounted(struct test_store *test_store)
{
	scoped(arena) struct arena *arena = arena_new();
	struct error err = {0};
	const char *account;

	ensure(tally_find_uncounted(session_db(test_store->session), arena, "", &account, &err));
	return account != NULL;
}

static bool count_events(struct test_store *test_store)
{
	scoped(arena) struct arena *arena = arena_new();
	struct error err = {0};
	struct tally_events events;
	bool ours;

	if (!tally_read_events(session_db(test_store->session), arena, ACCOUNT, &events, &err))
		fail_msg("%s", err.technical);
	/* What another node has counted since is not counted again. */
	for (int node = 0; node < 2; node++) {
		struct txn *txn = begin(test_store);
		if (!tally_write_events(txn_db(txn), &events, &ours, &err))
			fail_msg("%s", err.technical);
		if (node == 0 || events.count == 0)
			commit(txn);
		else
			txn_rollback(txn);
		assert_true(ours == (node == 0 || events.count == 0));
	}
	return events.more;
}

static void each_event_is_counted_once(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *test_store = test_store_open(engine, NULL);
		test_store_add_account(test_store, ACCOUNT);
		assert_false(uncounted(test_store));
		events_add(test_store, 1, 9);
		assert_true(uncounted(test_store));
		assert_false(count_events(test_store));
		assert_false(uncounted(test_store));
		assert_sums(test_store, TALLY_OF_ACCOUNT, "e:PACKAGE_CREATE=6 e:PACKAGE_TRASH=3", 2,
			    1, 1);
		events_add(test_store, 10, 12);
		assert_false(count_events(test_store));
		assert_false(count_events(test_store)); /* there is nothing new */
		assert_sums(test_store, TALLY_OF_ACCOUNT, "e:PACKAGE_CREATE=8 e:PACKAGE_TRASH=4", 2,
			    1, 1);
		events_add(test_store, 13, 12 + TALLY_EVENTS_MAX + 6);
		assert_true(count_events(test_store));
		assert_true(uncounted(test_store));
		assert_false(count_events(test_store));
		assert_false(uncounted(test_store));
		scoped(arena) struct arena *arena = arena_new();
		size_t starts;
		struct counts counts = {0};
		counts_read(&counts,
			    sum_of(test_store, arena, TALLY_OF_ACCOUNT, TALLY_MINUTE, &starts));
		assert_int_equal(counts_get(&counts, "e:PACKAGE_CREATE") +
					 counts_get(&counts, "e:PACKAGE_TRASH"),
				 18 + TALLY_EVENTS_MAX);
		counts_done(&counts);
		test_store_close(test_store);
	}
}

/* ---- the queue ---- */

static void the_longest_queue_of_a_stretch_stays(void **state)
{
	static const struct tally_sample samples[] = {
		{ACCOUNT, "ep_1", 3, 50}, {ACCOUNT, "ep_1", 7, 10}, {ACCOUNT, "ep_1", 2, 20}};

	EACH_ENGINE(engine)
	{
		scoped(arena) struct arena *arena = arena_new();
		struct error err = {0};
		struct tally_row *rows;
		size_t count;
		struct test_store *test_store = test_store_open(engine, NULL);
		for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
			struct txn *txn = begin(test_store);
			assert_true(tally_note_queue(txn_db(txn), &samples[i], noon, &err));
			commit(txn);
		}
		assert_true(tally_list(session_db(test_store->session), arena, ACCOUNT, "ep_1",
				       TALLY_TWO_HOURS, noon, minutes_after_noon(1), 10, &rows,
				       &count, &err));
		assert_int_equal(count, 1);
		assert_int_equal(rows[0].pending, 7);
		assert_int_equal(rows[0].oldest_s, 50);
		test_store_close(test_store);
	}
}

static void queues_are_seen_as_they_are(void **state)
{
	EACH_ENGINE(engine)
	{
		scoped(arena) struct arena *arena = arena_new();
		struct error err = {0};
		struct tally_sample samples[10];
		size_t count;
		struct test_store *test_store = test_store_open(engine, NULL);
		test_store_add_account(test_store, ACCOUNT);
		add_endpoint(test_store);
		events_add(test_store, 1, 3); /* a minute, none, a minute after noon */
		run_text(test_store,
			 "INSERT INTO delivery (account, sequence, endpoint, lane, state, "
			 "attempts, finished_us) SELECT account, sequence, 'ep_1', 'p', "
			 "CASE sequence WHEN 1 THEN 1 ELSE 0 END, 0, 0 FROM event");
		assert_true(tally_list_queues(session_db(test_store->session), arena, "", "",
					      minutes_after_noon(5), 10, samples, &count, &err));
		assert_int_equal(count, 1);
		assert_string_equal(samples[0].endpoint, "ep_1");
		assert_int_equal(samples[0].pending, 2);
		assert_int_equal(samples[0].oldest_s, 300);
		run_text(test_store, "UPDATE delivery SET queued_us = 1");
		assert_true(tally_list_queues(session_db(test_store->session), arena, "", "",
					      wall_from_us(90000001), 10, samples, &count, &err));
		assert_int_equal(samples[0].oldest_s, 90);
		assert_true(tally_list_queues(session_db(test_store->session), arena, ACCOUNT,
					      "ep_1", noon, 10, samples, &count, &err));
		assert_int_equal(count, 0);
		run_text(test_store, "UPDATE delivery SET state = 1");
		assert_true(tally_list_queues(session_db(test_store->session), arena, "", "", noon,
					      10, samples, &count, &err));
		assert_int_equal(count, 0);
		test_store_close(test_store);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nodes_and_times_add_up),
		cmocka_unit_test(they_go_with_their_endpoint),
		cmocka_unit_test(each_length_is_kept_for_its_time),
		cmocka_unit_test(each_event_is_counted_once),
		cmocka_unit_test(the_longest_queue_of_a_stretch_stays),
		cmocka_unit_test(queues_are_seen_as_they_are),
	};
	return cmocka_run_group_tests_name("store/tally_store", tests, NULL, NULL);
}
