/* plans_test.c – no statement reads a large table from end to end, on either engine, nor all that
 * one account has in it.
 *
 * The statements are found in this program itself, into which the whole library of src/store is
 * linked: each text that begins with a verb of SQL. So a new statement is tested without being
 * named here, and a statement composed by macros is tested as it is sent.
 *
 * The tables are empty, so PostgreSQL would read all of them from end to end, which costs nothing.
 * Rows enough to make it choose otherwise, for each table and index, would take minutes. So reading
 * from end to end, and joins that need it, are forbidden: the plan then shows whether an index can
 * serve the statement. Whether PostgreSQL chooses that index is a matter of its statistics. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libpq-fe.h>
#include <sqlite3.h>

#include "base/ensure.h"
#include "store/db_sqlite.h"
#include "store/test_store.h"

#define STATEMENTS_MAX 2000
#define STATEMENTS_MIN 300 /* fewer: they were not found */
#define NAME_LENGTH 64

/* Tables that grow with use. */
static const char *const large_tables[] = {
	"event",
	"delivery",
	"lane",
	"attempt",
	"package",
	"package_part",
	"document_content",
	"document_blob",
	"package_aside",
	"blob",
	"blob_piece",
	"blob_loose",
	"audit_entry",
	"mail",
	"login_session",
	"client_app_call",
	"client_app_use",
	"idempotent_request",
	"configuration_change",
	"tally",
	"authentication_token",
	"revoked_token",
	"used_assertion",
};

/* Statements that may, and why. `holds`: what such a statement has in it. */
static const struct {
	const char *holds, *table, *why;
} exceptions[] = {
	{"FROM login_session WHERE (CAST($1 AS TEXT) IS NULL", "login_session",
	 "an operator lists the newest sessions of the installation"},
	{"COALESCE((SELECT MIN(sequence)", "event", "one look at each end of the index"},
	{"COUNT(*) AS total, MIN(", "event", "what retention says of an account"},
	{"COUNT(*) AS total, MIN(", "delivery", "what retention says of an account"},
	{"COUNT(*) AS total, MIN(", "mail", "what retention says of an account"},
	{"COUNT(*) AS total, MIN(", "idempotent_request", "what retention says of an account"},
	{"FROM document_content ORDER BY", "document_content",
	 "the first row of the key; each one found leaves the table"},
};

struct statements {
	const char *texts[STATEMENTS_MAX];
	size_t count;
	unsigned failed, planned[TEST_ENGINE_COUNT];
};

/* ---- finding the statements ---- */

static bool is_statement(const char *text)
{
	static const char *const verbs[] = {"SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM ",
					    "WITH "};

	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (strncmp(text, verbs[i], strlen(verbs[i])) == 0)
			return true;
	}
	return false;
}

static void statement_add(struct statements *statements, const char *text)
{
	for (size_t i = 0; i < statements->count; i++) {
		if (strcmp(statements->texts[i], text) == 0)
			return;
	}
	ensure(statements->count < STATEMENTS_MAX);
	statements->texts[statements->count++] = text;
}

static void statements_find(struct statements *statements)
{
	FILE *file = fopen("/proc/self/exe", "rb");
	ensure(file && fseek(file, 0, SEEK_END) == 0);
	size_t length = (size_t)ftell(file);
	char *image = malloc(length + 1); /* never freed: the texts lie in it */
	rewind(file);
	ensure(image && fread(image, 1, length, file) == length);
	fclose(file);
	image[length] = '\0';
	for (size_t at = 0; at < length; at += strlen(&image[at]) + 1) {
		if (is_statement(&image[at]) && strlen(&image[at]) > sizeof("INSERT INTO "))
			statement_add(statements, &image[at]);
	}
}

/* ---- what a plan may not do ---- */

static bool is_large(const char *table)
{
	for (size_t i = 0; i < ARRAY_SIZE(large_tables); i++) {
		if (strcmp(large_tables[i], table) == 0)
			return true;
	}
	return false;
}

static bool is_excepted(const char *sql, const char *table)
{
	for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++) {
		if (strcmp(exceptions[i].table, table) == 0 && strstr(sql, exceptions[i].holds))
			return true;
	}
	return false;
}

static void full_scan(struct statements *statements, const char *engine, const char *sql,
		      const char *table, const char *plan)
{
	if (!is_large(table) || is_excepted(sql, table))
		return;
	statements->failed++;
	print_error("%s reads all of %s: %s\n  %s\n", engine, table, plan, sql);
}

/* ---- SQLite ---- */

/* An index that holds only the rows of its condition may be read from end to end. */
static bool index_is_partial(sqlite3 *handle, const char *index)
{
	sqlite3_stmt *query = NULL;
	ensure(sqlite3_prepare_v2(handle,
				  "SELECT 1 FROM sqlite_master WHERE type = 'index' AND name = ?1 "
				  "AND sql LIKE '% WHERE %'",
				  -1, &query, NULL) == SQLITE_OK);
	sqlite3_bind_text(query, 1, index, -1, SQLITE_STATIC);
	bool partial = sqlite3_step(query) == SQLITE_ROW;
	sqlite3_finalize(query);
	return partial;
}

/* The plan names a table by its alias: the table is the word before " AS alias". */
static void alias_resolve(const char *sql, char name[NAME_LENGTH])
{
	char as[NAME_LENGTH + 8];
	int length = snprintf(as, sizeof(as), " AS %s", name);

	for (const char *at = strstr(sql, as); at; at = strstr(at + 1, as)) {
		const char *end = at, *begin = at;
		while (begin > sql && strchr(" (,", begin[-1]) == NULL)
			begin--;
		char table[NAME_LENGTH] = "";
		if ((size_t)(end - begin) < sizeof(table))
			memcpy(table, begin, (size_t)(end - begin));
		char after = at[length];
		if (is_large(table) && (after == ' ' || after == ')' || after == '\0')) {
			strcpy(name, table);
			return;
		}
	}
}

/* "SCAN event", "SCAN event USING COVERING INDEX event_id"; and for one account
 * "SEARCH event USING INDEX sqlite_autoindex_event_1 (account=?)", unless the statement takes no
 * more than so many rows. */
static void sqlite_line_check(struct statements *statements, sqlite3 *handle, const char *sql,
			      const char *line)
{
	char table[NAME_LENGTH] = "", index[NAME_LENGTH] = "";
	const char *using = strstr(line, "INDEX ");
	bool of_account = sscanf(line, "SEARCH %63s", table) == 1 && strstr(line, "(account=?)") &&
			  !strstr(sql, "LIMIT");

	if (!of_account && sscanf(line, "SCAN %63s", table) != 1)
		return;
	if (using && sscanf(using, "INDEX %63s", index) == 1 && index_is_partial(handle, index))
		return;
	alias_resolve(sql, table);
	full_scan(statements, "SQLite", sql, table, line);
}

/* False: SQLite does not know the statement. */
static bool sqlite_plan(struct statements *statements, sqlite3 *handle, const char *sql)
{
	char *explain = sqlite3_mprintf("EXPLAIN QUERY PLAN %s", sql);
	sqlite3_stmt *plan = NULL;
	bool known = sqlite3_prepare_v2(handle, explain, -1, &plan, NULL) == SQLITE_OK;

	while (known && sqlite3_step(plan) == SQLITE_ROW)
		sqlite_line_check(statements, handle, sql,
				  (const char *)sqlite3_column_text(plan, 3));
	sqlite3_finalize(plan);
	sqlite3_free(explain);
	return known;
}

static void sqlite_plans(struct statements *statements, const struct test_store *test_store,
			 bool ret_known[STATEMENTS_MAX])
{
	char path[200];
	struct error err = {0};

	snprintf(path, sizeof(path), "%s/greffier.db", test_store->directory);
	struct db *db = sqlite_db_open(path, false, 1024, &err);
	ensure(db);
	for (size_t i = 0; i < statements->count; i++) {
		if (sqlite_plan(statements, sqlite_db_handle(db), statements->texts[i])) {
			ret_known[i] = true;
			statements->planned[TEST_SQLITE]++;
		}
	}
	sqlite_db_close(db);
}

/* ---- PostgreSQL ---- */

static bool pg_run(PGconn *connection, const char *sql)
{
	PGresult *result = PQexec(connection, sql);
	bool ok = PQresultStatus(result) == PGRES_COMMAND_OK ||
		  PQresultStatus(result) == PGRES_TUPLES_OK;
	PQclear(result);
	return ok;
}

static bool pg_index_is_partial(PGconn *connection, const char *index)
{
	const char *const values[] = {index};
	PGresult *result = PQexecParams(
		connection,
		"SELECT 1 FROM pg_index WHERE indexrelid = $1::regclass AND indpred IS NOT NULL", 1,
		NULL, values, NULL, NULL, 0);
	bool partial = PQntuples(result) == 1;
	PQclear(result);
	return partial;
}

/* The table of an index. */
static void pg_table_of(PGconn *connection, const char *index, char ret_table[NAME_LENGTH])
{
	const char *const values[] = {index};
	PGresult *result = PQexecParams(
		connection,
		"SELECT indrelid::regclass FROM pg_index WHERE indexrelid = $1::regclass", 1, NULL,
		values, NULL, NULL, 0);
	ensure(PQntuples(result) == 1);
	snprintf(ret_table, NAME_LENGTH, "%s", PQgetvalue(result, 0, 0));
	PQclear(result);
}

/* "Seq Scan on event", "Index Scan using event_id on event", "Bitmap Index Scan on event_id": the
 * next line says what is looked up in an index; without it all of the index is read. */
static void pg_line_check(struct statements *statements, PGconn *connection, const char *sql,
			  const char *line, const char *next)
{
	char table[NAME_LENGTH], index[NAME_LENGTH];
	const char *sequential = strstr(line, "Seq Scan on "), *using = strstr(line, " using ");
	const char *bitmap = strstr(line, "Bitmap Index Scan on ");

	if (sequential && sscanf(sequential, "Seq Scan on %63s", table) == 1)
		full_scan(statements, "PostgreSQL", sql, table, line);
	if (!(using && strstr(line, "Index") && sscanf(using, " using %63s", index) == 1) &&
	    !(bitmap && sscanf(bitmap, "Bitmap Index Scan on %63s", index) == 1))
		return;
	if (strstr(next, "Index Cond:") || pg_index_is_partial(connection, index))
		return;
	pg_table_of(connection, index, table);
	full_scan(statements, "PostgreSQL", sql, table, line);
}

static unsigned parameter_count(const char *sql)
{
	unsigned long most = 0;

	for (const char *at = strchr(sql, '$'); at; at = strchr(at + 1, '$')) {
		unsigned long number = strtoul(at + 1, NULL, 10);
		most = number > most ? number : most;
	}
	return (unsigned)most;
}

/* False: PostgreSQL does not know the statement. */
static bool pg_plan(struct statements *statements, PGconn *connection, const char *sql)
{
	char execute[400] = "EXPLAIN (COSTS OFF) EXECUTE planned";
	unsigned parameters = parameter_count(sql);
	size_t size = strlen(sql) + 32;
	char *prepare = malloc(size);

	ensure(prepare && parameters < 40);
	snprintf(prepare, size, "PREPARE planned AS %s", sql);
	bool known = pg_run(connection, prepare);
	free(prepare);
	if (!known)
		return false;
	for (unsigned i = 0; i < parameters; i++)
		strcat(execute, i == 0 ? "(NULL" : ", NULL");
	strcat(execute, parameters ? ")" : "");
	PGresult *plan = PQexec(connection, execute);
	ensure(PQresultStatus(plan) == PGRES_TUPLES_OK);
	for (int i = 0; i < PQntuples(plan); i++)
		pg_line_check(statements, connection, sql, PQgetvalue(plan, i, 0),
			      i + 1 < PQntuples(plan) ? PQgetvalue(plan, i + 1, 0) : "");
	PQclear(plan);
	ensure(pg_run(connection, "DEALLOCATE planned"));
	return true;
}

static void pg_plans(struct statements *statements, const struct test_store *test_store,
		     bool ret_known[STATEMENTS_MAX])
{
	PGconn *connection = PQconnectdb(test_store->database);

	ensure(PQstatus(connection) == CONNECTION_OK);
	ensure(pg_run(connection, "SET plan_cache_mode = force_generic_plan") &&
	       pg_run(connection, "SET enable_seqscan = off") &&
	       pg_run(connection, "SET enable_hashjoin = off") &&
	       pg_run(connection, "SET enable_mergejoin = off"));
	for (size_t i = 0; i < statements->count; i++) {
		if (pg_plan(statements, connection, statements->texts[i])) {
			ret_known[i] = true;
			statements->planned[TEST_POSTGRESQL]++;
		}
	}
	PQfinish(connection);
}

/* ---- the test ---- */

static void no_statement_reads_all_of_a_large_table(void **state)
{
	static struct statements statements;
	static bool known[STATEMENTS_MAX];

	statements_find(&statements);
	EACH_ENGINE(engine)
	{
		struct test_store *test_store = test_store_open(engine, NULL);
		if (engine == TEST_SQLITE)
			sqlite_plans(&statements, test_store, known);
		else
			pg_plans(&statements, test_store, known);
		test_store_close(test_store);
		print_message("# %s: %u plans\n", test_engine_name(engine),
			      statements.planned[engine]);
		assert_true(statements.planned[engine] >= STATEMENTS_MIN);
	}
	for (size_t i = 0; i < statements.count && test_engine_is_available(TEST_POSTGRESQL); i++) {
		if (!known[i])
			fail_msg("no engine knows: %s", statements.texts[i]);
	}
	assert_int_equal(statements.failed, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_statement_reads_all_of_a_large_table),
	};

	return cmocka_run_group_tests_name("store/plans", tests, NULL, NULL);
}
