/* lease_test.c – until when a claim stands: by time, and by the connection that made it. */
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
		cmocka_unit_test(nothing_begins_after_the_last_start),
		cmocka_unit_test(what_was_not_claimed_always_stands),
		cmocka_unit_test(a_lease_ends_with_its_connection),
		cmocka_unit_test(a_lease_ends_with_its_nodes_name),
	};

	return cmocka_run_group_tests_name("outbound/lease", tests, NULL, NULL);
}
