/* package_parts.c – SQL of the roles and documents of packages. */
#include "store/package_parts.h"

#include <stdint.h>
#include <string.h>

#include "base/ensure.h"
#include "store/rows.h"

size_t package_parts_size(const struct package_parts *parts)
{
	size_t size = 0;

	for (int kind = 0; kind < PACKAGE_PART_KIND_COUNT; kind++) {
		for (size_t i = 0; i < parts->count[kind]; i++)
			size += strlen(parts->list[kind][i].body);
	}
	return size;
}

/* ---- writing ---- */

/* Few statements, because each is a round trip on PostgreSQL: a row without an id is left out. */
#define ROWS_AT_ONCE 7
#define ROW(kind, position, id, body) \
	"SELECT CAST(" kind " AS BIGINT) AS kind, CAST(" position " AS BIGINT) AS position, " \
	"CAST(" id " AS TEXT) AS id, CAST(" body " AS TEXT) AS body"
#define AND_ROW(kind, position, id, body) " UNION ALL " ROW(kind, position, id, body)
/* clang-format off */
static const char INSERT_PARTS[] =
	"INSERT INTO package_part (account, package, kind, position, id, body) "
	"SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), kind, position, id, body FROM ("
	ROW("$3", "$4", "$5", "$6")
	AND_ROW("$7", "$8", "$9", "$10")
	AND_ROW("$11", "$12", "$13", "$14")
	AND_ROW("$15", "$16", "$17", "$18")
	AND_ROW("$19", "$20", "$21", "$22")
	AND_ROW("$23", "$24", "$25", "$26")
	AND_ROW("$27", "$28", "$29", "$30")
	") AS parts WHERE id IS NOT NULL";
/* clang-format on */

enum {
	ARGS_BEFORE = 2,
	ARGS_OF_ROW = 4,
	INSERT_ARGS = ARGS_BEFORE + ROWS_AT_ONCE * ARGS_OF_ROW,
};

struct insertion {
	struct db *db;
	struct arg args[INSERT_ARGS];
	size_t rows;
};

static bool rows_insert(struct insertion *insertion, struct error *err)
{
	struct arg *row = &insertion->args[ARGS_BEFORE + insertion->rows * ARGS_OF_ROW];

	for (; row < &insertion->args[INSERT_ARGS]; row += ARGS_OF_ROW) {
		row[0] = row[1] = arg_int(0);
		row[2] = row[3] = arg_text(NULL);
	}
	insertion->rows = 0;
	return db_run(insertion->db, INSERT_PARTS, insertion->args, INSERT_ARGS, NULL, err);
}

static bool row_add(struct insertion *insertion, enum package_part_kind kind, size_t position,
		    const struct package_part *part, struct error *err)
{
	struct arg *row = &insertion->args[ARGS_BEFORE + insertion->rows++ * ARGS_OF_ROW];

	row[0] = arg_int(kind);
	row[1] = arg_int((int64_t)position);
	row[2] = arg_text(part->id);
	row[3] = arg_text(part->body);
	return insertion->rows < ROWS_AT_ONCE || rows_insert(insertion, err);
}

bool package_parts_insert(struct db *db, const char *account, const char *package,
			  const struct package_parts *parts, struct error *err)
{
	struct insertion insertion = {.db = db, .args = {arg_text(account), arg_text(package)}};

	for (int kind = 0; kind < PACKAGE_PART_KIND_COUNT; kind++) {
		for (size_t i = 0; i < parts->count[kind]; i++) {
			if (!row_add(&insertion, (enum package_part_kind)kind, i,
				     &parts->list[kind][i], err))
				return false;
		}
	}
	return insertion.rows == 0 || rows_insert(&insertion, err);
}

static const char SAVE_PART[] = "UPDATE package_part SET body = $1 WHERE account = $2 "
				"AND package = $3 AND kind = $4 AND id = $5";

bool package_part_save(struct db *db, const char *account, const char *package,
		       enum package_part_kind kind, const struct package_part *part,
		       struct error *err)
{
	int64_t changed;

	if (!db_run(db, SAVE_PART,
		    ARGS(arg_text(part->body), arg_text(account), arg_text(package), arg_int(kind),
			 arg_text(part->id)),
		    &changed, err))
		return false;
	ensure(changed == 1);
	return true;
}

static const char APPEND_PART[] =
	"INSERT INTO package_part (account, package, kind, position, id, body) "
	"SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT), COALESCE(MAX(position) + 1, 0), "
	"CAST($4 AS TEXT), CAST($5 AS TEXT) "
	"FROM package_part WHERE account = $1 AND package = $2 AND kind = $3";

bool package_part_append(struct db *db, const char *account, const char *package,
			 enum package_part_kind kind, const struct package_part *part,
			 struct error *err)
{
	return db_run(db, APPEND_PART,
		      ARGS(arg_text(account), arg_text(package), arg_int(kind), arg_text(part->id),
			   arg_text(part->body)),
		      NULL, err);
}

static const char DELETE_PART[] =
	"DELETE FROM package_part WHERE account = $1 AND package = $2 AND kind = $3 AND id = $4";

bool package_part_delete(struct db *db, const char *account, const char *package,
			 enum package_part_kind kind, const char *id, struct error *err)
{
	int64_t changed;

	if (!db_run(db, DELETE_PART,
		    ARGS(arg_text(account), arg_text(package), arg_int(kind), arg_text(id)),
		    &changed, err))
		return false;
	ensure(changed == 1);
	return true;
}

/* The key holds the position, so two parts cannot have the same one for a moment: each gets its new
 * place below zero first. */
static const char PLACE_PART[] = "UPDATE package_part SET position = $1 WHERE account = $2 "
				 "AND package = $3 AND kind = $4 AND id = $5";
static const char PLACE_ALL[] = "UPDATE package_part SET position = -1 - position "
				"WHERE account = $1 AND package = $2 AND kind = $3";

bool package_parts_order(struct db *db, const char *account, const char *package,
			 enum package_part_kind kind, const char *const *ids, size_t count,
			 struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		int64_t changed;
		if (!db_run(db, PLACE_PART,
			    ARGS(arg_int(-1 - (int64_t)i), arg_text(account), arg_text(package),
				 arg_int(kind), arg_text(ids[i])),
			    &changed, err))
			return false;
		ensure(changed == 1);
	}
	return db_run(db, PLACE_ALL, ARGS(arg_text(account), arg_text(package), arg_int(kind)),
		      NULL, err);
}

static const char DELETE_PARTS[] = "DELETE FROM package_part WHERE account = $1 AND package = $2";

bool package_parts_delete(struct db *db, const char *account, const char *package,
			  struct error *err)
{
	return db_run(db, DELETE_PARTS, ARGS(arg_text(account), arg_text(package)), NULL, err);
}

/* ---- reading ---- */

/* A list that grows by doubling in the arena: its length is known at the end only. */
static void part_append(struct arena *arena, struct package_parts *parts,
			enum package_part_kind kind, struct package_part part)
{
	size_t count = parts->count[kind];

	if ((count & (count - 1)) == 0) { /* 0 or a power of two: full */
		struct package_part *list = arena_alloc(arena,
							(count ? count * 2 : 1) * sizeof(*list));
		if (count)
			memcpy(list, parts->list[kind], count * sizeof(*list));
		parts->list[kind] = list;
	}
	parts->list[kind][parts->count[kind]++] = part;
}

static bool part_read(struct rows *rows, struct arena *arena, struct package_parts *parts,
		      size_t *left, struct error *err)
{
	int64_t kind = rows_int(rows, "kind");
	struct package_part part = {.id = rows_text(rows, "id", arena)};

	ensure(kind >= 0 && kind < PACKAGE_PART_KIND_COUNT);
	if (!rows_large_text(rows, "body", arena, &part.body, err))
		return false;
	size_t length = strlen(part.body);
	if (length > *left)
		return error_set(err, ERROR_BODY_TOO_LARGE,
				 "the page is too large: ask for fewer rows");
	*left -= length;
	part_append(arena, parts, (enum package_part_kind)kind, part);
	return true;
}

static const char SELECT_PARTS[] = "SELECT kind, id, body FROM package_part WHERE account = $1 "
				   "AND package = $2 ORDER BY kind, position";

bool package_parts_read(struct db *db, struct arena *arena, const char *account,
			const char *package, struct package_parts *ret_parts, struct error *err)
{
	size_t left = SIZE_MAX;

	*ret_parts = (struct package_parts){0};
	scoped(rows) struct rows *rows = db_query(db, SELECT_PARTS,
						  ARGS(arg_text(account), arg_text(package)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err)) {
		if (!part_read(rows, arena, ret_parts, &left, err))
			return false;
	}
	return err->code == ERROR_NONE;
}

static const char SELECT_PARTS_OF_KIND[] =
	"SELECT kind, id, body FROM package_part WHERE account = $1 AND package = $2 AND kind = $3 "
	"ORDER BY position";

bool package_parts_read_kind(struct db *db, struct arena *arena, const char *account,
			     const char *package, enum package_part_kind kind,
			     struct package_parts *ret_parts, struct error *err)
{
	size_t left = SIZE_MAX;

	*ret_parts = (struct package_parts){0};
	scoped(rows) struct rows *rows = db_query(
		db, SELECT_PARTS_OF_KIND, ARGS(arg_text(account), arg_text(package), arg_int(kind)),
		err);
	if (!rows)
		return false;
	while (rows_next(rows, err)) {
		if (!part_read(rows, arena, ret_parts, &left, err))
			return false;
	}
	return err->code == ERROR_NONE;
}

static const char SELECT_PART[] = "SELECT id, body FROM package_part WHERE account = $1 "
				  "AND package = $2 AND kind = $3 AND id = $4";

bool package_part_find(struct db *db, struct arena *arena, const char *account, const char *package,
		       enum package_part_kind kind, const char *id, struct package_part *ret_part,
		       bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, SELECT_PART,
		ARGS(arg_text(account), arg_text(package), arg_int(kind), arg_text(id)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (!*ret_found)
		return true;
	ret_part->id = rows_text(rows, "id", arena);
	return rows_large_text(rows, "body", arena, &ret_part->body, err);
}

static const char SELECT_IDS[] = "SELECT id FROM package_part WHERE account = $1 AND package = $2 "
				 "AND kind = $3 ORDER BY position";

bool package_part_ids(struct db *db, struct arena *arena, const char *account, const char *package,
		      enum package_part_kind kind, const char *const **ret_ids, size_t *ret_count,
		      struct error *err)
{
	struct package_parts parts = {0};

	scoped(rows) struct rows *rows = db_query(
		db, SELECT_IDS, ARGS(arg_text(account), arg_text(package), arg_int(kind)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		part_append(arena, &parts, kind,
			    (struct package_part){.id = rows_text(rows, "id", arena)});
	if (err->code != ERROR_NONE)
		return false;
	const char **ids = arena_alloc(arena, parts.count[kind] * sizeof(*ids) + 1);
	for (size_t i = 0; i < parts.count[kind]; i++)
		ids[i] = parts.list[kind][i].id;
	*ret_ids = ids;
	*ret_count = parts.count[kind];
	return true;
}

static const char SELECT_PARTS_OF_MANY[] =
	"SELECT package, kind, id, body FROM package_part WHERE account = $1 "
	"AND package IN ($2, $3, $4, $5, $6, $7, $8, $9) ORDER BY package, kind, position";

static size_t place_of(const char *const packages[PACKAGES_AT_ONCE], const char *package)
{
	size_t i = 0;

	while (!packages[i] || strcmp(packages[i], package) != 0)
		ensure(++i < PACKAGES_AT_ONCE);
	return i;
}

bool package_parts_read_many(struct db *db, struct arena *arena, const char *account,
			     const char *const packages[PACKAGES_AT_ONCE],
			     struct package_parts ret_parts[PACKAGES_AT_ONCE], size_t *left,
			     struct error *err)
{
	struct arg args[1 + PACKAGES_AT_ONCE] = {arg_text(account)};

	for (size_t i = 0; i < PACKAGES_AT_ONCE; i++) {
		args[1 + i] = arg_text(packages[i]);
		ret_parts[i] = (struct package_parts){0};
	}
	scoped(rows) struct rows *rows = db_query(db, SELECT_PARTS_OF_MANY, args, ARRAY_SIZE(args),
						  err);
	if (!rows)
		return false;
	while (rows_next(rows, err)) {
		size_t place = place_of(packages, rows_text(rows, "package", arena));
		if (!part_read(rows, arena, &ret_parts[place], left, err))
			return false;
	}
	return err->code == ERROR_NONE;
}
