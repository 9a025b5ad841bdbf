/* db.c – the engine-independent half of db.h. */
#include "store/db_driver.h"

#include "base/ensure.h"

bool db_run(struct db *db, const char *sql, const struct arg *args, size_t count,
	    int64_t *ret_changed, struct error *err)
{
	int64_t changed = 0;

	if (!db->driver->run(db, sql, args, count, &changed, err))
		return false;
	if (ret_changed)
		*ret_changed = changed;
	return true;
}

struct rows *db_query(struct db *db, const char *sql, const struct arg *args, size_t count,
		      struct error *err)
{
	return db->driver->query(db, sql, args, count, err);
}

void rows_close(struct rows *rows)
{
	rows->driver->rows_close(rows);
}

bool rows_next(struct rows *rows, struct error *err)
{
	err->code = ERROR_NONE;
	return rows->driver->rows_next(rows, err);
}

static int column(struct rows *rows, const char *name)
{
	int found = rows->driver->column(rows, name);

	ensure(found >= 0);
	return found;
}

int64_t rows_int(struct rows *rows, const char *name)
{
	return rows->driver->column_int(rows, column(rows, name));
}

bool rows_bool(struct rows *rows, const char *name)
{
	return rows_int(rows, name) != 0;
}

struct wall_time rows_time(struct rows *rows, const char *name)
{
	return wall_from_us(rows_int(rows, name));
}

bool rows_is_null(struct rows *rows, const char *name)
{
	return rows->driver->column_is_null(rows, column(rows, name));
}

const char *rows_text(struct rows *rows, const char *name, struct arena *arena)
{
	int at = column(rows, name);

	return rows->driver->column_is_null(rows, at)
		       ? NULL
		       : rows->driver->column_text(rows, at, arena, arena_memdup);
}

struct bytes rows_bytes(struct rows *rows, const char *name, struct arena *arena)
{
	int at = column(rows, name);

	return rows->driver->column_is_null(rows, at)
		       ? (struct bytes){NULL, 0}
		       : rows->driver->column_bytes(rows, at, arena, arena_memdup);
}

bool rows_large_text(struct rows *rows, const char *name, struct arena *arena,
		     const char **ret_text, struct error *err)
{
	*ret_text = rows->driver->column_text(rows, column(rows, name), arena, arena_try_memdup);
	return *ret_text || error_set(err, ERROR_NO_MEMORY, NULL);
}

bool rows_large_bytes(struct rows *rows, const char *name, struct arena *arena,
		      struct bytes *ret_bytes, struct error *err)
{
	*ret_bytes = rows->driver->column_bytes(rows, column(rows, name), arena, arena_try_memdup);
	return ret_bytes->data || error_set(err, ERROR_NO_MEMORY, NULL);
}

const char *db_choose(const struct db *db, const struct sql_pair *pair)
{
	return db->driver->is_postgresql ? pair->postgresql : pair->sqlite;
}

bool db_lock(struct db *db, const char *sql, const struct arg *args, size_t count,
	     struct error *err)
{
	return !db->driver->is_postgresql || db_run(db, sql, args, count, NULL, err);
}
