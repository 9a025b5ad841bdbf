/* db_sqlite.c – statements on SQLite. */
#include "store/db_sqlite.h"

#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ensure.h"
#include "store/store_sqlite.h"

#define STATEMENTS_MAX 1024 /* slots; we have about two hundred statements */
#define ARGS_MAX 32
#define BUSY_TIMEOUT_MS 10000 /* another process writes: the command line beside a server */

struct statement {
	struct rows rows; /* first: a result is its statement */
	const char *sql;  /* the key: its address */
	sqlite3_stmt *handle;
	struct sqlite_db *db;
	int positions[ARGS_MAX]; /* of $1, $2 … */
	int next_column;	 /* most rows are read in the order of their columns */
	bool is_open;
};

struct sqlite_db {
	struct db db;
	sqlite3 *handle;
	struct statement statements[STATEMENTS_MAX];
	enum error_code last_failure; /* why SQLite may have ended the transaction */
};

static struct sqlite_db *of(const struct db *db)
{
	return (struct sqlite_db *)(uintptr_t)db;
}

/* Of the last failed system call on the write-ahead log, where all writes of a transaction go. */
static int log_errno(sqlite3 *handle)
{
	sqlite3_file *log = NULL;
	int number = 0;

	if (sqlite3_file_control(handle, NULL, SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK &&
	    log && log->pMethods)
		(void)log->pMethods->xFileControl(log, SQLITE_FCNTL_LAST_ERRNO, &number);
	return number;
}

/* A quota and a limit on the size of files come as I/O errors. */
static bool disk_is_full(const struct sqlite_db *db, int code)
{
	if (code != SQLITE_IOERR_WRITE)
		return code == SQLITE_FULL;
	int number = log_errno(db->handle);
	return number == ENOSPC || number == EDQUOT || number == EFBIG;
}

static bool failure_set(const struct sqlite_db *db, struct error *err)
{
	int code = sqlite3_extended_errcode(db->handle);

	switch (code) {
	case SQLITE_CONSTRAINT_PRIMARYKEY:
	case SQLITE_CONSTRAINT_UNIQUE:
		return error_set(err, ERROR_CONFLICT, "SQLite: %s", sqlite3_errmsg(db->handle));
	default:
		break;
	}
	if (disk_is_full(db, code))
		return error_set(err, ERROR_STORE_FULL, "SQLite: %s (%d)",
				 sqlite3_errmsg(db->handle), code);
	switch (code & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_IOERR:
	case SQLITE_CANTOPEN:
	case SQLITE_READONLY:
	case SQLITE_PROTOCOL:
	case SQLITE_NOMEM:
	/* A read error in the middle of a page looks like damage: the disk must be looked after
	 * either way. */
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return error_set(err, ERROR_STORE_UNAVAILABLE, "SQLite: %s (%d)",
				 sqlite3_errmsg(db->handle), code);
	default:
		return error_set(err, ERROR_UNEXPECTED, "SQLite: %s (%d)",
				 sqlite3_errmsg(db->handle), code);
	}
}

static bool fail(struct sqlite_db *db, struct error *err)
{
	(void)failure_set(db, err);
	db->last_failure = err->code;
	return false;
}

static struct statement *slot_of(struct sqlite_db *db, const char *sql)
{
	size_t at = ((uintptr_t)sql >> 3) % STATEMENTS_MAX;

	for (size_t tried = 0; db->statements[at].sql && db->statements[at].sql != sql; tried++) {
		ensure(tried < STATEMENTS_MAX);
		at = (at + 1) % STATEMENTS_MAX;
	}
	return &db->statements[at];
}

static struct statement *statement_get(struct sqlite_db *db, const char *sql, struct error *err)
{
	struct statement *statement = slot_of(db, sql);

	if (statement->handle)
		return statement;
	if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement->handle,
			       NULL) != SQLITE_OK) {
		(void)fail(db, err);
		return NULL;
	}
	statement->rows.driver = db->db.driver;
	statement->sql = sql;
	statement->db = db;
	for (int i = 0; i < sqlite3_bind_parameter_count(statement->handle); i++) {
		char name[8];
		ensure(i < ARGS_MAX);
		snprintf(name, sizeof(name), "$%d", i + 1);
		statement->positions[i] = sqlite3_bind_parameter_index(statement->handle, name);
		ensure(statement->positions[i] > 0);
	}
	return statement;
}

static int arg_bind(struct statement *statement, int position, const struct arg *arg,
		    sqlite3_destructor_type storage)
{
	switch (arg->kind) {
	case ARG_INT:
		return sqlite3_bind_int64(statement->handle, position, arg->integer);
	case ARG_TEXT:
		return sqlite3_bind_text(statement->handle, position, arg->text, -1, storage);
	case ARG_BYTES:
		return sqlite3_bind_blob64(statement->handle, position, arg->bytes.data,
					   arg->bytes.length, storage);
	case ARG_NULL:
		break;
	}
	return sqlite3_bind_null(statement->handle, position);
}

/* `storage`: SQLITE_TRANSIENT has texts and bytes copied, because a query is stepped after the
 * caller's arguments have gone. */
static struct statement *statement_bind(struct db *db, const char *sql, const struct arg *args,
					size_t count, sqlite3_destructor_type storage,
					struct error *err)
{
	struct statement *statement = statement_get(of(db), sql, err);

	if (!statement)
		return NULL;
	ensure(!statement->is_open);
	ensure((size_t)sqlite3_bind_parameter_count(statement->handle) == count);
	for (size_t i = 0; i < count; i++) {
		if (arg_bind(statement, statement->positions[i], &args[i], storage) != SQLITE_OK) {
			(void)fail(of(db), err);
			return NULL;
		}
	}
	return statement;
}

static void statement_reset(struct statement *statement)
{
	statement->is_open = false;
	sqlite3_reset(statement->handle);
	sqlite3_clear_bindings(statement->handle); /* they may hold secrets */
}

static bool sqlite_run(struct db *db, const char *sql, const struct arg *args, size_t count,
		       int64_t *ret_changed, struct error *err)
{
	struct statement *statement = statement_bind(db, sql, args, count, SQLITE_STATIC, err);
	int result;

	if (!statement)
		return false;
	do
		result = sqlite3_step(statement->handle);
	while (result == SQLITE_ROW);
	bool ok = result == SQLITE_DONE || fail(of(db), err);
	*ret_changed = sqlite3_changes64(of(db)->handle);
	statement_reset(statement);
	return ok;
}

static struct rows *sqlite_query(struct db *db, const char *sql, const struct arg *args,
				 size_t count, struct error *err)
{
	struct statement *statement = statement_bind(db, sql, args, count, SQLITE_TRANSIENT, err);

	if (!statement)
		return NULL;
	statement->is_open = true;
	return &statement->rows;
}

static bool sqlite_run_script(struct db *db, const char *script, struct error *err)
{
	return sqlite3_exec(of(db)->handle, script, NULL, NULL, NULL) == SQLITE_OK ||
	       fail(of(db), err);
}

static struct statement *statement_of(struct rows *rows)
{
	return (struct statement *)rows;
}

static bool sqlite_rows_next(struct rows *rows, struct error *err)
{
	struct statement *statement = statement_of(rows);

	switch (sqlite3_step(statement->handle)) {
	case SQLITE_ROW:
		return true;
	case SQLITE_DONE:
		return false;
	default:
		return fail(statement->db, err);
	}
}

static void sqlite_rows_close(struct rows *rows)
{
	statement_reset(statement_of(rows));
}

static int sqlite_column(struct rows *rows, const char *name)
{
	struct statement *statement = statement_of(rows);
	int count = sqlite3_column_count(statement->handle);

	for (int i = 0; i < count; i++) {
		int column = (statement->next_column + i) % count;
		if (strcmp(sqlite3_column_name(statement->handle, column), name) == 0) {
			statement->next_column = column + 1;
			return column;
		}
	}
	return -1;
}

static bool sqlite_column_is_null(struct rows *rows, int column)
{
	return sqlite3_column_type(statement_of(rows)->handle, column) == SQLITE_NULL;
}

static int64_t sqlite_column_int(struct rows *rows, int column)
{
	return sqlite3_column_int64(statement_of(rows)->handle, column);
}

static const char *sqlite_column_text(struct rows *rows, int column, struct arena *arena,
				      arena_copy *copy)
{
	sqlite3_stmt *handle = statement_of(rows)->handle;
	const unsigned char *text = sqlite3_column_text(handle, column);

	ensure(text);
	return copy(arena, text, (size_t)sqlite3_column_bytes(handle, column));
}

static struct bytes sqlite_column_bytes(struct rows *rows, int column, struct arena *arena,
					arena_copy *copy)
{
	sqlite3_stmt *handle = statement_of(rows)->handle;
	const void *data = sqlite3_column_blob(handle, column);
	size_t length = (size_t)sqlite3_column_bytes(handle, column);

	return (struct bytes){copy(arena, data, length), length};
}

static bool pragmas_set(struct sqlite_db *db, int cache_kib, struct error *err)
{
	char script[512];

	/* FULL: a commit is on the disk before it is confirmed. The log is folded back at 4,000
	 * pages by the command line's own commits; in a server by checkpointer.c. secure_delete:
	 * what is replaced by something sealed does not stay in the free room of its page. */
	snprintf(
		script, sizeof(script),
		"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -%d;"
		"PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;"
		"PRAGMA secure_delete = FAST; PRAGMA temp_store = MEMORY; PRAGMA trusted_schema = OFF;",
		cache_kib);
	return sqlite_run_script(&db->db, script, err);
}

/* Counting what is allocated takes a lock of the whole process at each allocation. */
static void sqlite_configure(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* strpos(text, part) of PostgreSQL, as far as whether it is above 0. In time of the text's length,
 * which LIKE is not: there a text and a part of one letter alone take both lengths multiplied. */
static void sqlite_strpos(sqlite3_context *context, int count, sqlite3_value **values)
{
	const void *text = sqlite3_value_blob(values[0]), *part = sqlite3_value_blob(values[1]);
	size_t length = (size_t)sqlite3_value_bytes(values[0]);
	size_t part_length = (size_t)sqlite3_value_bytes(values[1]);

	if (sqlite3_value_type(values[0]) == SQLITE_NULL ||
	    sqlite3_value_type(values[1]) == SQLITE_NULL)
		return; /* NULL */
	if (part_length == 0) {
		sqlite3_result_int64(context, 1);
		return;
	}
	const char *found = length ? memmem(text, length, part, part_length) : NULL;
	sqlite3_result_int64(context, found ? found - (const char *)text + 1 : 0);
}

static bool functions_add(struct sqlite_db *db, struct error *err)
{
	int result = sqlite3_create_function(db->handle, "strpos", 2,
					     SQLITE_UTF8 | SQLITE_DETERMINISTIC, NULL,
					     sqlite_strpos, NULL, NULL);

	return result == SQLITE_OK ||
	       error_set(err, ERROR_STORE_UNAVAILABLE, "strpos: %s", sqlite3_errstr(result));
}

struct db *sqlite_db_open(const char *path, bool may_create, int cache_kib, struct error *err)
{
	struct sqlite_db *db = calloc(1, sizeof(*db));
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
		    (may_create ? SQLITE_OPEN_CREATE : 0);

	static pthread_once_t configured = PTHREAD_ONCE_INIT;

	ensure(db);
	pthread_once(&configured, sqlite_configure);
	db->db.driver = &sqlite_driver;
	mode_t mask = umask(0077);
	int result = sqlite3_open_v2(path, &db->handle, flags, NULL);
	umask(mask);
	if (result != SQLITE_OK) {
		(void)error_set(err, ERROR_STORE_UNAVAILABLE, "cannot open %s: %s", path,
				sqlite3_errstr(result));
		sqlite_db_close(&db->db);
		return NULL;
	}
	sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
	if (!functions_add(db, err) || !pragmas_set(db, cache_kib, err)) {
		(void)error_wrap(err, "%s", path);
		sqlite_db_close(&db->db);
		return NULL;
	}
	return &db->db;
}

void sqlite_db_close(struct db *db)
{
	if (!db)
		return;
	for (size_t i = 0; i < STATEMENTS_MAX; i++)
		sqlite3_finalize(of(db)->statements[i].handle);
	sqlite3_close(of(db)->handle);
	free(db);
}

sqlite3 *sqlite_db_handle(struct db *db)
{
	return of(db)->handle;
}

bool sqlite_db_control(struct db *db, const char *sql, struct error *err)
{
	int64_t ignored;
	return sqlite_run(db, sql, NO_ARGS, &ignored, err);
}

bool sqlite_db_lost_transaction(const struct db *db, struct error *err)
{
	if (sqlite3_get_autocommit(of(db)->handle) == 0)
		return false;
	(void)error_set(err,
			of(db)->last_failure == ERROR_STORE_FULL ? ERROR_STORE_FULL
								 : ERROR_STORE_UNAVAILABLE,
			"SQLite gave the transaction up");
	return true;
}

const struct db_driver sqlite_driver = {
	.name = "SQLite",
	.run = sqlite_run,
	.query = sqlite_query,
	.run_script = sqlite_run_script,
	.rows_next = sqlite_rows_next,
	.rows_close = sqlite_rows_close,
	.column = sqlite_column,
	.column_is_null = sqlite_column_is_null,
	.column_int = sqlite_column_int,
	.column_text = sqlite_column_text,
	.column_bytes = sqlite_column_bytes,
	.session_db_open = sqlite_session_db_open,
	.session_db_close = sqlite_db_close,
	.session_db_check = sqlite_session_db_check,
	.txn_begin = sqlite_txn_begin,
	.txn_commit = sqlite_txn_commit,
	.txn_rollback = sqlite_txn_rollback,
	.wait = sqlite_wait,
	.settle = sqlite_settle,
	.is_there = sqlite_store_is_there,
	.open = sqlite_store_open,
	.close = sqlite_store_close,
};
