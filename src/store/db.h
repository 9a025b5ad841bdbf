/* db.h – runs one SQL statement: the interface between this folder's SQL and an engine.
 *
 * Only src/store includes this header. A statement is a constant text in the SQL subset that
 * both engines share. Its parameters are $1, $2 … in the order of first appearance. A connection
 * prepares each statement once and finds it again by the address of its text. Engines:
 * db_sqlite.c, db_postgresql.c. */
#ifndef GREFFIER_STORE_DB_H
#define GREFFIER_STORE_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/macros.h"
#include "base/time.h"
#include "store/store.h"

/* A value to bind. Text and bytes are borrowed for the duration of the call. */
struct arg {
	enum { ARG_NULL, ARG_INT, ARG_TEXT, ARG_BYTES } kind;
	int64_t integer;
	const char *text;
	struct bytes bytes;
};

static inline struct arg arg_null(void) { return (struct arg){.kind = ARG_NULL}; }
static inline struct arg arg_int(int64_t value)
{
	return (struct arg){.kind = ARG_INT, .integer = value};
}
static inline struct arg arg_bool(bool value) { return arg_int(value ? 1 : 0); }
static inline struct arg arg_time(struct wall_time time) { return arg_int(time.us); }
static inline struct arg arg_text(const char *text) /* NULL binds null */
{
	return text ? (struct arg){.kind = ARG_TEXT, .text = text} : arg_null();
}
static inline struct arg arg_bytes(struct bytes bytes) /* no data binds null */
{
	return bytes.data ? (struct arg){.kind = ARG_BYTES, .bytes = bytes} : arg_null();
}
#define ARGS(...) (const struct arg[]){__VA_ARGS__}, ARRAY_SIZE(((const struct arg[]){__VA_ARGS__}))
#define NO_ARGS NULL, 0

/* Runs a statement and ignores its rows. `ret_changed`, the number of changed rows, may be NULL. */
MUST_CHECK bool db_run(struct db *db, const char *sql, const struct arg *args, size_t count,
		       int64_t *ret_changed, struct error *err);

/* Runs a query. A connection may have one open result per statement; close it before running the
 * statement again. */
struct rows;
struct rows *db_query(struct db *db, const char *sql, const struct arg *args, size_t count,
		      struct error *err);
void rows_close(struct rows *rows);
DEFINE_SCOPED(rows, rows_close)

/* Moves to the next row. Returns false at the end, with err->code == ERROR_NONE (set here), and
 * on failure, with an error code. */
bool rows_next(struct rows *rows, struct error *err);
/* Read a column by its name; an unknown name stops the process. Null reads as 0, NULL or no
 * bytes. */
int64_t rows_int(struct rows *rows, const char *column);
bool rows_bool(struct rows *rows, const char *column);
struct wall_time rows_time(struct rows *rows, const char *column);
bool rows_is_null(struct rows *rows, const char *column);
const char *rows_text(struct rows *rows, const char *column, struct arena *arena); /* copied */
struct bytes rows_bytes(struct rows *rows, const char *column, struct arena *arena); /* copied */
/* Do the same for columns whose size comes from outside and which are never null. Fail with
 * ERROR_NO_MEMORY. */
MUST_CHECK bool rows_large_text(struct rows *rows, const char *column, struct arena *arena,
				const char **ret_text, struct error *err);
MUST_CHECK bool rows_large_bytes(struct rows *rows, const char *column, struct arena *arena,
				 struct bytes *ret_bytes, struct error *err);

/* A statement that differs by engine. Both texts take the same arguments and give the same columns. NULL: that engine needs no
 * such statement. */
struct sql_pair {
	const char *sqlite, *postgresql;
};
#define SQL_FOR_UPDATE(sql) {sql, sql " FOR UPDATE"}
#define SKIP_LOCKED " FOR UPDATE SKIP LOCKED" /* what another node has in hand is passed over */
#define SQL_SKIP_LOCKED(sql) {sql, sql SKIP_LOCKED}

/* The text for the engine behind `db`. */
const char *db_choose(const struct db *db, const struct sql_pair *pair);
/* Runs a statement that locks rows against other writers: on PostgreSQL, because SQLite's writer is alone. */
MUST_CHECK bool db_lock(struct db *db, const char *sql, const struct arg *args, size_t count,
			struct error *err);

#endif
