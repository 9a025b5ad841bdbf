/* lease_test.c – until when a claim stands: by the clock, and by the connection that made it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <libpq-fe.h>

#include "base/ensure.h"
#include "outbound/lease.h"
#include "store/test_store.h"

#define PATIENCE_S 20

static struct mono_time at_s(int64_t s)
{
	return (struct mono_time){duration_s(s).us};
}

/* ---- the clock ---- */

static void the_clock_follows_the_store_by_the_monotonic_one(void **state)
{
	struct lease_clock clock = {0};

	lease_clock_set(&clock, wall_from_us(duration_s(1000).us), at_s(10), duration_s(180));
	assert_int_equal(lease_clock_now(&clock, at_s(15)).us, duration_s(1005).us);
	assert_int_equal(lease_clock_over(&clock, at_s(15)).us, duration_s(1005).us);
}

static void nothing_is_over_by_time_after_a_step(void **state)
{
	static const struct {
		const char *name;
		int64_t store_s; /* what the store's clock shows, 10 s after it showed 1,000 */
		bool is_step;
	} rows[] = {
		{"as expected", 1010, false},	   {"drift", 1012, false},
		{"an hour ahead", 4610, true},	   {"an hour back", -2590, true},
		{"five days ahead", 433010, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct lease_clock clock = {0};
		lease_clock_set(&clock, wall_from_us(duration_s(1000).us), at_s(10),
				duration_s(180));
		lease_clock_set(&clock, wall_from_us(duration_s(rows[i].store_s).us), at_s(20),
				duration_s(180));
		const int64_t now_us = duration_s(rows[i].store_s).us;
		const int64_t over_us = lease_clock_over(&clock, at_s(20)).us;
		if (lease_clock_now(&clock, at_s(20)).us != now_us)
			fail_msg("%s: the clock does not follow", rows[i].name);
		if (over_us != (rows[i].is_step ? 0 : now_us))
			fail_msg("%s: leases are over until %lld", rows[i].name,
				 (long long)over_us);
		/* All leases that were counted before the step are over by then. */
		assert_int_equal(lease_clock_over(&clock, at_s(200)).us,
				 now_us + duration_s(180).us);
	}
}

/* ---- a lease ---- */

static void nothing_begins_after_the_last_start(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *store = test_store_open(engine, NULL);
		struct error err = {0};
		ensure(session_stand_for(store->session, "node", &err));
		const struct mono_time now = mono_now();
		struct lease lease = {store->session,
				      session_standing(store->session),
				      {now.us + duration_s(60).us}};

		assert_true(lease_stands(&lease));
		lease.last_start.us = now.us - 1;
		assert_false(lease_stands(&lease));
		test_store_close(store);
	}
}

static void what_was_not_claimed_always_stands(void **state)
{
	const struct lease none = {0};

	assert_true(lease_stands(&none));
}

static void node_cut(const char *database)
{
	PGconn *connection = PQconnectdb(database);
	PGresult *result = PQexec(connection,
				  "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = "
				  "'advisory' AND classid = 1735550053 AND database = (SELECT oid "
				  "FROM pg_database WHERE datname = current_database())");

	ensure(PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1);
	PQclear(result);
	PQfinish(connection);
}

static void a_lease_ends_with_its_connection(void **state)
{
	struct error err = {0};

	if (!test_engine_is_available(TEST_POSTGRESQL))
		skip();
	struct test_store *store = test_store_open(TEST_POSTGRESQL, NULL);
	ensure(session_stand_for(store->session, "node", &err));
	const struct lease lease = {store->session,
				    session_standing(store->session),
				    {mono_now().us + duration_s(600).us}};
	assert_true(lease_stands(&lease));
	node_cut(store->database);
	/* Found out without anybody using the connection. */
	for (int64_t until = mono_now().us + duration_s(PATIENCE_S).us; lease_stands(&lease);)
		assert_true(mono_now().us < until);
	/* A new connection stands for the node again, and not for what the old one claimed. */
	struct wall_time now;
	(void)!session_clock(store->session, &now, &err);
	err = (struct error){0};
	assert_true(session_clock(store->session, &now, &err));
	assert_int_not_equal(session_standing(store->session), 0);
	assert_false(lease_stands(&lease));
	test_store_close(store);
}

static void a_lease_ends_with_its_nodes_name(void **state)
{
	struct error err = {0};

	if (!test_engine_is_available(TEST_POSTGRESQL))
		skip();
	struct test_store *store = test_store_open(TEST_POSTGRESQL, NULL);
	ensure(session_stand_for(store->session, "node", &err));
	const struct lease lease = {store->session,
				    session_standing(store->session),
				    {mono_now().us + duration_s(600).us}};
	ensure(session_stand_for(store->session, "heir", &err));
	assert_false(lease_stands(&lease));
	test_store_close(store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_clock_follows_the_store_by_the_monotonic_one),
		cmocka_unit_test(nothing_is_over_by_time_after_a_step),
		cmocka_unit_test(nothing_begins_after_the_last_start),
		cmocka_unit_test(what_was_not_claimed_always_stands),
		cmocka_unit_test(a_lease_ends_with_its_connection),
		cmocka_unit_test(a_lease_ends_with_its_nodes_name),
	};

	return cmocka_run_group_tests_name("outbound/lease", tests, NULL, NULL);
}
