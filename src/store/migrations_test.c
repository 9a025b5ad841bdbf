/* migrations_test.c – migrations beside nodes of the version before, which go on. What a version
 * 0.3 left behind is upgraded in tests/upgrade.test.mjs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "store/migrations.h"
#include "store/test_store.h"

static void a_script_falls_into_its_statements(void **state)
{
	static const char script[] =
		"-- one; two\nALTER TABLE a\n\tADD x TEXT; -- x; y\n"
		"INSERT INTO t VALUES ('a;b''c;', 1);\nDROP INDEX i;\n-- end\n";
	static const char *const pieces[] = {
		"-- one; two\nALTER TABLE a\n\tADD x TEXT;",
		" -- x; y\nINSERT INTO t VALUES ('a;b''c;', 1);",
		"\nDROP INDEX i;",
	};

	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		char *piece = migration_piece(script, (int64_t)i);
		assert_string_equal(piece, pieces[i]);
		free(piece);
	}
	assert_null(migration_piece(script, ARRAY_SIZE(pieces)));
	assert_null(migration_piece("", 0));
}

/* ---- old nodes, that go on ---- */

#define OLD_NODES 4
#define STARTS 5

struct old_node {
	const char *database;
	int number;
	pthread_t thread;
	atomic_bool *stopping;
	atomic_int done, failed;
};

static bool query(PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);
	ExecStatusType status = PQresultStatus(result);

	if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
		fprintf(stderr, "%s: %s", sql, PQresultErrorMessage(result));
	PQclear(result);
	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* The tables that migrations change, in orders that contradict each other: what a verdict, an
 * append and a registration do. */
static const char *const transactions[][5] = {
	{"BEGIN", "UPDATE lane SET due_us = due_us + 1 WHERE lane = 'l'",
	 "UPDATE delivery SET attempts = attempts + 1 WHERE sequence = 1",
	 "UPDATE endpoint SET updated_us = 1 WHERE id = 'e'", "COMMIT"},
	{"BEGIN", "UPDATE endpoint SET updated_us = 2 WHERE id = 'f'",
	 "UPDATE delivery SET attempts = attempts + 1 WHERE sequence = 2",
	 "UPDATE lane SET due_us = due_us + 1 WHERE lane = 'm'", "COMMIT"},
	{"BEGIN", "UPDATE event SET message = 'x' WHERE sequence = 3",
	 "UPDATE lane SET due_us = due_us + 1 WHERE lane = 'n'",
	 "UPDATE account_sequence SET last_event = last_event + 1 WHERE account = 'a'", "COMMIT"},
	{"BEGIN", "UPDATE attempt SET took_us = 1 WHERE sequence = 4",
	 "UPDATE endpoint SET updated_us = 3 WHERE id = 'g'",
	 "UPDATE event SET message = 'y' WHERE sequence = 4", "COMMIT"},
};

static void *old_node_main(void *arg)
{
	struct old_node *node = arg;
	PGconn *connection = PQconnectdb(node->database);

	while (!atomic_load(node->stopping)) {
		const char *const *statements = transactions[node->number];
		bool ok = true;
		for (size_t i = 0; i < 5; i++)
			ok &= query(connection, statements[i]);
		atomic_fetch_add(ok ? &node->done : &node->failed, 1);
	}
	PQfinish(connection);
	return NULL;
}

static void until_each_has_done_something(struct old_node *nodes)
{
	for (int i = 0; i < OLD_NODES; i++) {
		int before = atomic_load(&nodes[i].done);
		while (atomic_load(&nodes[i].done) < before + 3)
			usleep(1000);
	}
}

/* The next version, whose migration changes all that the nodes use. */
static const char next_version[] =
	"ALTER TABLE account_sequence ADD COLUMN next_a BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE delivery ADD COLUMN next_b BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE lane ADD COLUMN next_c TEXT NOT NULL DEFAULT '';"
	"ALTER TABLE endpoint ADD COLUMN next_d BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE attempt ADD COLUMN next_e BIGINT NOT NULL DEFAULT 0;"
	"ALTER TABLE event ADD COLUMN next_f BIGINT NOT NULL DEFAULT 0;"
	"CREATE INDEX next_g ON endpoint (account) WHERE next_d > 0;"
	"ALTER TABLE delivery ADD COLUMN next_h BIGINT NOT NULL DEFAULT 0;";

static bool next_version_start(struct test_store *test_store, struct error *err)
{
	struct migration next[16];

	memcpy(next, migrations, migration_count * sizeof(next[0]));
	next[migration_count] = (struct migration){"next", next_version, true};
	return migrate_to(session_db(test_store->session), &postgresql_migration_rules,
			  &(struct migration_list){next, migration_count + 1}, err);
}

static void start_beside_old_nodes(void)
{
	struct old_node nodes[OLD_NODES] = {0};
	atomic_bool stopping = false;
	struct error err = {0};
	struct test_store *test_store = test_store_open(TEST_POSTGRESQL, NULL);

	for (int i = 0; i < OLD_NODES; i++) {
		nodes[i].database = test_store->database;
		nodes[i].number = i;
		nodes[i].stopping = &stopping;
		ensure(pthread_create(&nodes[i].thread, NULL, old_node_main, &nodes[i]) == 0);
	}
	until_each_has_done_something(nodes);
	assert_true(next_version_start(test_store, &err));
	until_each_has_done_something(nodes);
	atomic_store(&stopping, true);
	for (int i = 0; i < OLD_NODES; i++) {
		pthread_join(nodes[i].thread, NULL);
		assert_int_equal(atomic_load(&nodes[i].failed), 0);
	}
	test_store_close(test_store);
}

/* Killed after any piece, the next start goes on. */
static void a_migration_that_was_cut_goes_on(void **state)
{
	static const char broken[] = "CREATE TABLE cut_a (x BIGINT); CREATE TABLE cut_b (x BIGINT);"
				     "INSERT INTO cut_b VALUES ('no number');";
	static const char mended[] = "CREATE TABLE cut_a (x BIGINT); CREATE TABLE cut_b (x BIGINT);"
				     "INSERT INTO cut_b VALUES (1);";
	struct migration next[16];
	const struct migration_list list = {next, migration_count + 1};
	struct error err = {0};

	if (!test_engine_is_available(TEST_POSTGRESQL))
		return;
	struct test_store *test_store = test_store_open(TEST_POSTGRESQL, NULL);
	struct db *db = session_db(test_store->session);
	memcpy(next, migrations, migration_count * sizeof(next[0]));
	next[migration_count] = (struct migration){"next", broken, true};
	assert_false(migrate_to(db, &postgresql_migration_rules, &list, &err));
	next[migration_count].script = mended;
	assert_true(migrate_to(db, &postgresql_migration_rules, &list, &err));
	assert_true(migrate_to(db, &postgresql_migration_rules, &list, &err));
	scoped(rows) struct rows *rows = db_query(db, "SELECT COUNT(*) AS total FROM cut_b",
						  NO_ARGS, &err);
	assert_true(rows_next(rows, &err));
	assert_int_equal(rows_int(rows, "total"), 1);
	rows_close(rows);
	rows = NULL;
	test_store_close(test_store);
}

static void old_nodes_and_the_migration_both_get_through(void **state)
{
	if (!test_engine_is_available(TEST_POSTGRESQL))
		return;
	for (int i = 0; i < STARTS; i++)
		start_beside_old_nodes();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_script_falls_into_its_statements),
		cmocka_unit_test(a_migration_that_was_cut_goes_on),
		cmocka_unit_test(old_nodes_and_the_migration_both_get_through),
	};
	return cmocka_run_group_tests_name("store/migrations", tests, NULL, NULL);
}
