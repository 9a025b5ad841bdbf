/* store_test.c – sessions, transactions, group commit, schema and word between processes, on each
 * engine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/ensure.h"
#include "store/account_store.h"
#include "store/db_driver.h"
#include "store/test_store.h"

static const char INSERT[] = "INSERT INTO installation_value (name, value) VALUES ($1, $2)";
static const char COUNT[] = "SELECT COUNT(*) AS total FROM installation_value";

static bool value_insert(struct txn *txn, const char *name, struct error *err)
{
	const struct bytes value = {(const unsigned char *)"\0x", 2};
	return db_run(txn_db(txn), INSERT, ARGS(arg_text(name), arg_bytes(value)), NULL, err);
}

static int64_t count_values(struct session *session)
{
	struct error err = {0};
	scoped(rows) struct rows *rows = db_query(session_db(session), COUNT, NO_ARGS, &err);

	ensure(rows && rows_next(rows, &err));
	return rows_int(rows, "total");
}

static void a_commit_is_seen_and_a_rollback_is_not(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *test_store = test_store_open(engine, NULL);
		struct error err = {0};
		struct txn *txn = txn_begin(test_store->session, &err);
		assert_true(value_insert(txn, "kept", &err));
		assert_true(txn_commit(&txn, &err));
		assert_null(txn);
		txn = txn_begin(test_store->session, &err);
		assert_true(value_insert(txn, "dropped", &err));
		txn_rollback(txn);
		assert_int_equal(count_values(test_store->session), 1);
		test_store_reopen(test_store, NULL);
		assert_int_equal(count_values(test_store->session), 1);
		test_store_close(test_store);
	}
}

static void an_open_transaction_is_seen_by_nobody_else(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *test_store = test_store_open(engine, NULL);
		struct error err = {0};
		struct session *other = session_open(test_store->store, &err);
		struct txn *txn = txn_begin(test_store->session, &err);
		assert_true(value_insert(txn, "x", &err));
		assert_int_equal(count_values(other), 0);
		assert_true(txn_commit(&txn, &err));
		assert_int_equal(count_values(other), 1);
		session_close(other);
		test_store_close(test_store);
	}
}

static void a_duplicate_is_a_conflict(void **state)
{
	EACH_ENGINE(engine)
	{
		struct test_store *test_store = test_store_open(engine, NULL);
		struct error err = {0};
		struct txn *txn = txn_begin(test_store->session, &err);
		assert_true(value_insert(txn, "x", &err));
		assert_false(value_insert(txn, "x", &err));
		assert_int_equal(err.code, ERROR_CONFLICT);
		txn_rollback(txn);
		assert_int_equal(count_values(test_store->session), 0);
		test_store_close(test_store);
	}
}

static void nulls_bytes_and_texts_come_back(void **state)
{
	static const char SELECT[] = "SELECT CAST($1 AS TEXT) AS a, CAST($2 AS BIGINT) AS b";
	EACH_ENGINE(engine)
	{
		struct test_store *test_store = test_store_open(engine, NULL);
		struct error err = {0};
		scoped(arena) struct arena *arena = arena_new();
		for (int round = 0; round < 3; round++) {
			scoped(rows) struct rows *rows = db_query(
				session_db(test_store->session), SELECT,
				ARGS(round ? arg_text("é \"x\"") : arg_null(),
				     arg_int(-9007199254740993)),
				&err);
			assert_true(rows_next(rows, &err));
			assert_int_equal(rows_is_null(rows, "a"), round == 0);
			if (round)
				assert_string_equal(rows_text(rows, "a", arena), "é \"x\"");
			assert_true(rows_int(rows, "b") == -9007199254740993);
			assert_false(rows_next(rows, &err));
			assert_int_equal(err.code, ERROR_NONE);
		}
		test_store_close(test_store);
	}
}

/* ---- many threads ---- */

#define THREADS 16
#define ROUNDS 50

struct crowd {
	struct store *store;
	atomic_int number, failures, settled;
	bool defers;
};

static void on_settled(const struct error *err, void *arg)
{
	struct crowd *crowd = arg;
	atomic_fetch_add(err ? &crowd->failures : &crowd->settled, 1);
}

/* Every third transaction is rolled back. */
static void *commit_many(void *arg)
{
	struct crowd *crowd = arg;
	struct error err = {0};
	static struct settle settles[THREADS * ROUNDS * 3];
	struct session *session = session_open(crowd->store, &err);

	ensure(session);
	if (crowd->defers)
		session_defer(session);
	for (int i = 0; i < ROUNDS; i++) {
		char name[32];
		int number = atomic_fetch_add(&crowd->number, 1);
		snprintf(name, sizeof(name), "v%d", number);
		struct txn *txn = txn_begin(session, &err);
		if (!txn || !value_insert(txn, name, &err))
			atomic_fetch_add(&crowd->failures, 1);
		if (number % 3 == 2) {
			txn_rollback(txn);
			continue;
		}
		if (!txn_commit(&txn, &err))
			atomic_fetch_add(&crowd->failures, 1);
		settles[number] = (struct settle){.on_settled = on_settled, .arg = crowd};
		if (session_settle(session, &settles[number], &err) != SETTLE_LATER)
			on_settled(NULL, crowd);
	}
	session_close(session);
	return NULL;
}

static void crowd_run(enum test_engine engine, bool defers)
{
	struct test_store *test_store = test_store_open(engine, NULL);
	struct crowd crowd = {.store = test_store->store, .defers = defers};
	pthread_t threads[THREADS];
	int kept = (THREADS * ROUNDS * 2 + 2) / 3;

	for (int i = 0; i < THREADS; i++)
		ensure(pthread_create(&threads[i], NULL, commit_many, &crowd) == 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(atomic_load(&crowd.failures), 0);
	assert_int_equal(atomic_load(&crowd.settled), kept);
	assert_int_equal(count_values(test_store->session), kept);
	test_store_close(test_store);
}

static void many_threads_commit_and_roll_back(void **state)
{
	EACH_ENGINE(engine)
	{
		crowd_run(engine, false);
		crowd_run(engine, true);
	}
}

/* ---- the schema, other processes ---- */

static void a_newer_schema_is_refused(void **state)
{
	static const char NEWER[] =
		"INSERT INTO schema_migration (version, name, applied_us) VALUES (1000, 'future', 0)";
	EACH_ENGINE(engine)
	{
		struct test_store *test_store = test_store_open(engine, NULL);
		struct error err = {0};
		struct txn *txn = txn_begin(test_store->session, &err);
		assert_true(db_run(txn_db(txn), NEWER, NO_ARGS, NULL, &err));
		assert_true(txn_commit(&txn, &err));
		const struct store_config config = {.directory = test_store->directory,
						    .database = test_store->database,
						    .allow_unsafe = true};
		assert_null(store_open(&config, &err));
		assert_int_equal(err.code, ERROR_CONFIGURATION);
		assert_non_null(strstr(err.technical, "1000"));
		test_store_close(test_store);
	}
}

struct heard {
	atomic_int due, access;
};

static void on_topic(enum store_topic topic, void *arg)
{
	struct heard *heard = arg;
	atomic_fetch_add(topic == STORE_TOPIC_DUE ? &heard->due : &heard->access, 1);
}

static bool becomes_positive(atomic_int *count)
{
	const struct timespec moment = {0, 5000000};

	for (int i = 0; i < 2000 && atomic_load(count) == 0; i++)
		nanosleep(&moment, NULL);
	return atomic_load(count) > 0;
}

static void announce_access(struct session *session, bool commit)
{
	struct error err = {0};
	struct txn *txn = txn_begin(session, &err);

	ensure(txn);
	txn_announce(txn, STORE_TOPIC_ACCESS);
	if (commit)
		ensure(txn_commit(&txn, &err));
	else
		txn_rollback(txn);
}

/* A server hears its own commits and those of others, and nothing of what was rolled back. */
static void announcements_arrive_after_commits(void **state)
{
	EACH_ENGINE(engine)
	{
		struct heard heard = {0};
		struct error err = {0};
		const struct store_config server = {
			.exclusive = true, .on_topic = on_topic, .arg = &heard};
		struct test_store *test_store = test_store_open(engine, &server);
		announce_access(test_store->session, false);
		assert_int_equal(atomic_load(&heard.access), 0);
		announce_access(test_store->session, true);
		assert_int_equal(atomic_load(&heard.access), 1);
		assert_int_equal(atomic_load(&heard.due), 0);

		const struct store_config command = {.directory = test_store->directory,
						     .database = test_store->database,
						     .allow_unsafe = true};
		struct store *beside = store_open(&command, &err);
		struct session *session = session_open(beside, &err);
		atomic_store(&heard.access, 0);
		announce_access(session, true);
		assert_true(becomes_positive(&heard.access));
		session_close(session);
		store_close(beside);
		test_store_close(test_store);
	}
}

static void a_second_server_is_refused_on_sqlite(void **state)
{
	const struct store_config server = {.exclusive = true};
	struct test_store *test_store = test_store_open(TEST_SQLITE, &server);
	const struct store_config second = {.directory = test_store->directory, .exclusive = true};
	struct error err = {0};

	assert_null(store_open(&second, &err));
	assert_int_equal(err.code, ERROR_CONFIGURATION);
	test_store_close(test_store);
}

static void on_gone(void *arg)
{
	atomic_fetch_add((atomic_int *)arg, 1);
}

/* Nothing is confirmed that nobody will find again, and the server hears of it once. */
static void a_folder_that_is_gone_takes_no_commit(void **state)
{
	atomic_int told = 0;
	const struct store_config server = {.exclusive = true, .on_gone = on_gone, .arg = &told};
	struct test_store *test_store = test_store_open(TEST_SQLITE, &server);
	char elsewhere[80];
	struct error err = {0};
	struct txn *txn = txn_begin(test_store->session, &err);

	snprintf(elsewhere, sizeof(elsewhere), "%s-gone", test_store->directory);
	assert_true(value_insert(txn, "before", &err));
	assert_int_equal(rename(test_store->directory, elsewhere), 0);
	assert_false(txn_commit(&txn, &err));
	assert_int_equal(err.code, ERROR_STORE_GONE);
	assert_null(txn_begin(test_store->session, &err));
	assert_int_equal(err.code, ERROR_STORE_GONE);
	assert_true(store_is_gone(test_store->store));
	assert_int_equal(store_health(test_store->store).trouble, STORE_TROUBLE_GONE);
	assert_int_equal(rename(elsewhere, test_store->directory), 0);
	assert_null(txn_begin(test_store->session, &err)); /* once gone, gone */
	test_store_close(test_store);
	assert_int_equal(told, 1);
}

static void setting_read(struct session *session, const char *sql, char ret_value[32])
{
	struct error err = {0};
	scoped(arena) struct arena *arena = arena_new();
	scoped(rows) struct rows *rows = db_query(session_db(session), sql, NO_ARGS, &err);

	ensure(rows && rows_next(rows, &err));
	snprintf(ret_value, 32, "%s", rows_text(rows, "value", arena));
}

static void sessions_ask_for_durable_commits(void **state)
{
	static const struct {
		const char *set, *expected;
	} rows[] = {
		{"SET synchronous_commit = 'off'", "on"},
		{"SET synchronous_commit = 'local'", "on"},
		{"SET synchronous_commit = 'remote_write'", "on"},
		{"SET synchronous_commit = 'on'", "on"},
		{"SET synchronous_commit = 'remote_apply'", "remote_apply"},
	};
	static const char SHOW[] = "SELECT current_setting('synchronous_commit') AS value";

	if (!test_engine_is_available(TEST_POSTGRESQL))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct test_store *test_store = test_store_open(TEST_POSTGRESQL, NULL);
		struct error err = {0};
		char sql[200], value[32];
		snprintf(sql, sizeof(sql), "ALTER DATABASE %s %s",
			 strrchr(test_store->database, '/') + 1, rows[i].set);
		struct db *db = session_db(test_store->session);
		assert_true(db->driver->run_script(db, sql, &err));
		struct session *session = session_open(test_store->store, &err);
		setting_read(session, SHOW, value);
		assert_string_equal(value, rows[i].expected);
		session_close(session);
		test_store_close(test_store);
	}
}

static void a_database_that_waits_for_no_disk_is_refused(void **state)
{
	static const char SHOW[] = "SELECT current_setting('fsync') AS value";

	if (!test_engine_is_available(TEST_POSTGRESQL))
		return;
	struct test_store *test_store = test_store_open(TEST_POSTGRESQL, NULL);
	const struct store_config strict = {.database = test_store->database};
	struct error err = {0};
	char fsync[32];

	setting_read(test_store->session, SHOW, fsync);
	struct store *store = store_open(&strict, &err);
	assert_int_equal(store == NULL, strcmp(fsync, "off") == 0);
	assert_int_equal(err.code, store ? ERROR_NONE : ERROR_CONFIGURATION);
	store_close(store);
	test_store_close(test_store);
}

static void a_lost_connection_is_made_again(void **state)
{
	static const char PID[] = "SELECT pg_backend_pid() AS pid";
	static const char KILL[] = "SELECT pg_terminate_backend(CAST($1 AS INTEGER)) AS done";

	if (!test_engine_is_available(TEST_POSTGRESQL))
		return;
	struct test_store *test_store = test_store_open(TEST_POSTGRESQL, NULL);
	struct error err = {0};
	struct session *victim = session_open(test_store->store, &err);
	struct rows *rows = db_query(session_db(victim), PID, NO_ARGS, &err);
	ensure(rows && rows_next(rows, &err));
	int64_t pid = rows_int(rows, "pid");
	rows_close(rows);
	assert_true(db_run(session_db(test_store->session), KILL, ARGS(arg_int(pid)), NULL, &err));
	struct txn *txn = txn_begin(victim, &err);
	assert_non_null(txn);
	assert_true(value_insert(txn, "after", &err));
	assert_true(txn_commit(&txn, &err));
	session_close(victim);
	test_store_close(test_store);
}

/* ---- a full disk ---- */

static bool big_value_commit(struct session *session, int number, struct error *err)
{
	static unsigned char big[200000];
	const struct bytes value = {big, sizeof(big)};
	char name[32];

	snprintf(name, sizeof(name), "big%d", number);
	scoped(txn) struct txn *txn = txn_begin(session, err);
	return txn &&
	       db_run(txn_db(txn), INSERT, ARGS(arg_text(name), arg_bytes(value)), NULL, err) &&
	       txn_commit(&txn, err);
}

/* Files may grow by a few megabytes only: commits fail from some point on, all that were answered
 * with success are there, and when there is room again the same store goes on. */
static void a_full_disk_loses_nothing_that_was_answered(void **state)
{
	struct test_store *test_store = test_store_open(TEST_SQLITE, NULL);
	struct error err = {0};
	struct rlimit before, tight;
	int64_t committed = 0;

	signal(SIGXFSZ, SIG_IGN);
	ensure(getrlimit(RLIMIT_FSIZE, &before) == 0);
	tight = before;
	tight.rlim_cur = 3000000;
	ensure(setrlimit(RLIMIT_FSIZE, &tight) == 0);
	while (committed < 100 && big_value_commit(test_store->session, (int)committed, &err))
		committed++;
	ensure(setrlimit(RLIMIT_FSIZE, &before) == 0);
	assert_in_range(committed, 1, 99);
	assert_int_equal(err.code, ERROR_STORE_FULL);
	assert_int_equal(count_values(test_store->session), committed);
	assert_true(big_value_commit(test_store->session, 1000, &err));
	test_store_reopen(test_store, NULL);
	assert_int_equal(count_values(test_store->session), committed + 1);
	test_store_close(test_store);
}

/* A read error may look like damage: both are the disk's, and no "unexpected" of ours. */
static void a_damaged_page_is_the_disks_fault(void **state)
{
	static const unsigned char garbage[4096] = {0xff, 0xff, 0xff};
	struct test_store *test_store = test_store_open(TEST_SQLITE, NULL);
	struct error err = {0};
	char path[100];

	test_store_reopen(test_store, NULL); /* the log is folded back */
	snprintf(path, sizeof(path), "%s/greffier.db", test_store->directory);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	off_t end = lseek(fd, 0, SEEK_END);
	for (off_t at = 4096; at < end; at += 4096)
		assert_int_equal(pwrite(fd, garbage, sizeof(garbage), at), sizeof(garbage));
	struct session *session = session_open(test_store->store, &err);
	if (session) {
		scoped(rows) struct rows *rows = db_query(session_db(session), COUNT, NO_ARGS,
							  &err);
		assert_false(rows && rows_next(rows, &err));
	}
	assert_int_equal(err.code, ERROR_STORE_UNAVAILABLE);
	session_close(session);
	close(fd);
	test_store_close(test_store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_commit_is_seen_and_a_rollback_is_not),
		cmocka_unit_test(an_open_transaction_is_seen_by_nobody_else),
		cmocka_unit_test(a_duplicate_is_a_conflict),
		cmocka_unit_test(nulls_bytes_and_texts_come_back),
		cmocka_unit_test(many_threads_commit_and_roll_back),
		cmocka_unit_test(a_newer_schema_is_refused),
		cmocka_unit_test(announcements_arrive_after_commits),
		cmocka_unit_test(a_second_server_is_refused_on_sqlite),
		cmocka_unit_test(a_folder_that_is_gone_takes_no_commit),
		cmocka_unit_test(sessions_ask_for_durable_commits),
		cmocka_unit_test(a_database_that_waits_for_no_disk_is_refused),
		cmocka_unit_test(a_lost_connection_is_made_again),
		cmocka_unit_test(a_damaged_page_is_the_disks_fault),
		cmocka_unit_test(a_full_disk_loses_nothing_that_was_answered),
	};
	return cmocka_run_group_tests_name("store/store", tests, NULL, NULL);
}
