/* migrations_crash_test.c – a process that is killed at any call of the upgrade from version 0.3
 * leaves a database that the next start upgrades: to the schema of a new installation, with all its
 * rows.
 *
 * A child migrates and kills itself before its Nth call to the driver; another one goes on from
 * there. With TORTURE_COUNT set N begins at 1 for each piece, so that each call of each piece is
 * the last one once; without it each child gets through one piece at least. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/ensure.h"
#include "store/db_sqlite.h"
#include "store/migrations.h"
#include "store/test_store.h"

#define VERSION_OF_0_3 3
#define CALLS_OF_A_PIECE \
	8 /* begin, lock, tables, version, pieces, the piece, its number, commit \
	   */
#define CHILDREN_MAX 5000

/* What version 0.3 left behind: rows of tables that the migration changes. */
static const char rows_of_0_3[] =
	"INSERT INTO account_sequence (account, last_event, filtered) VALUES ('a', 2, 0);"
	"INSERT INTO event (account, sequence, id, type, package, session_user_id, created_us, "
	"message, document, extra) VALUES ('a', 1, 'e1', 'PACKAGE_CREATE', 'p', 'u', 1, '', '', ''), "
	"('a', 2, 'e2', 'PACKAGE_TRASH', 'p', 'u', 2, '', '', '');"
	"INSERT INTO lane (account, lane, endpoint, state, due_us, generation, owner) "
	"VALUES ('a', 'p', 'one', 1, 5, 1, '');"
	"INSERT INTO delivery (account, sequence, endpoint, lane, state, attempts, finished_us) "
	"VALUES ('a', 1, 'one', 'p', 0, 3, 0), ('a', 2, 'one', 'p', 0, 0, 0);";

/* ---- a driver that kills ---- */

static struct {
	struct db_driver driver;
	const struct db_driver *real;
	unsigned calls_left;
} killer;

static void count_down(void)
{
	if (--killer.calls_left == 0)
		raise(SIGKILL);
}

static bool killer_run(struct db *db, const char *sql, const struct arg *args, size_t count,
		       int64_t *ret_changed, struct error *err)
{
	count_down();
	return killer.real->run(db, sql, args, count, ret_changed, err);
}

static struct rows *killer_query(struct db *db, const char *sql, const struct arg *args,
				 size_t count, struct error *err)
{
	count_down();
	return killer.real->query(db, sql, args, count, err);
}

static bool killer_run_script(struct db *db, const char *script, struct error *err)
{
	count_down();
	return killer.real->run_script(db, script, err);
}

static void killer_plug(struct db *db, unsigned calls)
{
	killer.real = db->driver;
	killer.driver = *db->driver;
	killer.driver.run = killer_run;
	killer.driver.query = killer_query;
	killer.driver.run_script = killer_run_script;
	killer.calls_left = calls;
	db->driver = &killer.driver;
}

/* ---- the database of version 0.3 ---- */

struct old_database {
	enum test_engine engine;
	struct test_store *test_store; /* a new installation beside it, or of the same server */
	char path[200];		       /* SQLite */
};

static struct db *old_open(const struct old_database *old)
{
	struct error err = {0};
	struct store *store = old->test_store->store;
	struct db *db = old->engine == TEST_SQLITE ? sqlite_db_open(old->path, true, 1024, &err)
						   : store->driver->session_db_open(store, &err);

	ensure(db);
	return db;
}

static void old_close(const struct old_database *old, struct db *db)
{
	if (old->engine == TEST_SQLITE)
		sqlite_db_close(db);
	else
		old->test_store->store->driver->session_db_close(db);
}

static bool upgrade(const struct old_database *old, struct db *db, size_t version)
{
	struct error err = {0};

	return migrate_to(db,
			  old->engine == TEST_SQLITE ? &sqlite_migration_rules
						     : &postgresql_migration_rules,
			  &(struct migration_list){migrations, version}, &err);
}

static void old_make(struct old_database *old)
{
	struct error err = {0};

	snprintf(old->path, sizeof(old->path), "%s/old.db", old->test_store->directory);
	struct db *db = old_open(old);
	if (old->engine == TEST_POSTGRESQL)
		ensure(db->driver->run_script(
			db, "DROP SCHEMA public CASCADE; CREATE SCHEMA public", &err));
	ensure(upgrade(old, db, VERSION_OF_0_3));
	if (!db->driver->run_script(db, rows_of_0_3, &err))
		fail_msg("%s", err.technical);
	old_close(old, db);
}

/* ---- what a database has ---- */

static const struct sql_pair schema_of = {
	.sqlite = "SELECT name || ': ' || COALESCE(sql, '') AS line FROM sqlite_master "
		  "WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name",
	.postgresql = "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || "
		      "is_nullable || ' ' || COALESCE(column_default, '') AS line "
		      "FROM information_schema.columns WHERE table_schema = 'public' "
		      "UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' "
		      "ORDER BY 1",
};
static const struct sql_pair rows_kept = {
	.sqlite = "SELECT sequence || ' ' || state || ' ' || attempts AS line FROM delivery "
		  "UNION ALL SELECT id || ' ' || type FROM event "
		  "UNION ALL SELECT lane || ' ' || due_us FROM lane ORDER BY 1",
	.postgresql = "SELECT sequence || ' ' || state || ' ' || attempts AS line FROM delivery "
		      "UNION ALL SELECT id || ' ' || type FROM event "
		      "UNION ALL SELECT lane || ' ' || due_us FROM lane ORDER BY 1",
};

static const char *lines_read(struct db *db, struct arena *arena, const struct sql_pair *sql)
{
	struct error err = {0};
	const char *text = "";

	scoped(rows) struct rows *rows = db_query(db, db_choose(db, sql), NO_ARGS, &err);
	ensure(rows);
	while (rows_next(rows, &err))
		text = arena_printf(arena, "%s%s\n", text, rows_text(rows, "line", arena));
	ensure(err.code == ERROR_NONE);
	return text;
}

/* ---- the test ---- */

/* Whether the child came to the end. */
static bool child_upgrades(const struct old_database *old, unsigned calls)
{
	int status;
	pid_t child = fork();

	ensure(child >= 0);
	if (child == 0) {
		struct db *db = old_open(old);
		killer_plug(db, calls);
		_exit(upgrade(old, db, migration_count) ? 0 : 1);
	}
	ensure(waitpid(child, &status, 0) == child);
	if (WIFSIGNALED(status))
		assert_int_equal(WTERMSIG(status), SIGKILL);
	else
		assert_int_equal(WEXITSTATUS(status), 0);
	return WIFEXITED(status);
}

static unsigned next_calls(unsigned child, bool is_long)
{
	return is_long ? child % (CALLS_OF_A_PIECE + 1) + 1
		       : CALLS_OF_A_PIECE + 1 + child % CALLS_OF_A_PIECE;
}

static void each_call_may_be_the_last(enum test_engine engine)
{
	struct old_database old = {engine, test_store_open(engine, NULL), ""};
	const bool is_long = getenv("TORTURE_COUNT") != NULL;
	unsigned kills = 0;

	scoped(arena) struct arena *arena = arena_new();
	const char *schema = lines_read(session_db(old.test_store->session), arena, &schema_of);
	old_make(&old);
	/* SQLite upgrades in one transaction: there each child begins anew, and gets further. */
	while (!child_upgrades(&old,
			       engine == TEST_SQLITE ? kills + 1 : next_calls(kills, is_long)))
		ensure(++kills < CHILDREN_MAX);
	struct db *db = old_open(&old);
	assert_string_equal(lines_read(db, arena, &schema_of), schema);
	assert_string_equal(lines_read(db, arena, &rows_kept),
			    "1 0 3\n2 0 0\ne1 PACKAGE_CREATE\ne2 PACKAGE_TRASH\np 5\n");
	old_close(&old, db);
	assert_true(kills >= CALLS_OF_A_PIECE / 2);
	print_message("# %s: killed %u times\n", test_engine_name(engine), kills);
	test_store_close(old.test_store);
}

static void a_migration_may_be_killed_at_any_call(void **state)
{
	EACH_ENGINE(engine)
	each_call_may_be_the_last(engine);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_migration_may_be_killed_at_any_call),
	};

	return cmocka_run_group_tests_name("store/migrations_crash", tests, NULL, NULL);
}
