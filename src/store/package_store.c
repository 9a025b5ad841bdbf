/* package_store.c – SQL of packages. */
#include "store/package_store.h"

#include <stdint.h>
#include <string.h>

#include "base/ensure.h"
#include "store/document_content_store.h"
#include "store/package_aside.h"
#include "store/rows.h"
#include "store/search_text.h"

#define PACKAGE_SEARCH_MAX 1000 /* bytes; no name or description is worth a longer question */

static const char INSERT_PACKAGE[] =
	"INSERT INTO package (account, id, owner, type, status, trashed, visibility, name, "
	"description, created_us, updated_us, due_us, completed_us, version, body, search_text, "
	"search_version, members, people_text, parts_size) "
	"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $14, $17, "
	"$18, $19) "
	"ON CONFLICT DO NOTHING";

bool package_insert(struct db *db, const struct package_record *package, struct error *err)
{
	return insert_new(db, INSERT_PACKAGE,
			  ARGS(arg_text(package->account), arg_text(package->id),
			       arg_text(package->owner), arg_text(package->type),
			       arg_text(package->status), arg_bool(package->trashed),
			       arg_text(package->visibility), arg_text(package->name),
			       arg_text(package->description), arg_time(package->created),
			       arg_time(package->updated), arg_time(package->due),
			       arg_time(package->completed), arg_int(package->version),
			       arg_text(package->whole), arg_text(package->search),
			       arg_text(package->members), arg_text(package->people),
			       arg_int(package->parts_size)),
			  "package", err);
}

#define PACKAGE_COLUMNS \
	"account, id, owner, type, status, trashed, visibility, name, description, created_us, " \
	"updated_us, due_us, completed_us, version, members, parts_size, body"

static bool package_from_row(struct rows *rows, struct arena *arena,
			     struct package_record *ret_package, struct error *err)
{
	*ret_package = (struct package_record){
		.account = rows_text(rows, "account", arena),
		.id = rows_text(rows, "id", arena),
		.owner = rows_text(rows, "owner", arena),
		.type = rows_text(rows, "type", arena),
		.status = rows_text(rows, "status", arena),
		.trashed = rows_bool(rows, "trashed"),
		.visibility = rows_text(rows, "visibility", arena),
		.name = rows_text(rows, "name", arena),
		.description = rows_text(rows, "description", arena),
		.created = rows_time(rows, "created_us"),
		.updated = rows_time(rows, "updated_us"),
		.due = rows_time(rows, "due_us"),
		.completed = rows_time(rows, "completed_us"),
		.version = rows_int(rows, "version"),
		.parts_size = rows_int(rows, "parts_size"),
	};
	return rows_large_text(rows, "members", arena, &ret_package->members, err) &&
	       rows_large_text(rows, "body", arena, &ret_package->whole, err);
}

#define SELECT_PACKAGE "SELECT " PACKAGE_COLUMNS " FROM package WHERE account = $1 AND id = $2"
static const char READ_PACKAGE[] = SELECT_PACKAGE;
static const struct sql_pair lock_package = SQL_FOR_UPDATE(SELECT_PACKAGE);

static const char SELECT_OWNER[] = "SELECT owner FROM package WHERE account = $1 AND id = $2";

bool package_find_owner(struct db *db, struct arena *arena, const char *account, const char *id,
			const char **ret_owner, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_OWNER,
						  ARGS(arg_text(account), arg_text(id)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		*ret_owner = rows_text(rows, "owner", arena);
	return true;
}

bool package_find(struct db *db, struct arena *arena, const char *account, const char *id,
		  bool for_update, struct package_record *ret_package, bool *ret_found,
		  struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, for_update ? db_choose(db, &lock_package) : READ_PACKAGE,
		ARGS(arg_text(account), arg_text(id)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	return !*ret_found || package_from_row(rows, arena, ret_package, err);
}

static const char SAVE_PACKAGE[] =
	"UPDATE package SET type = $1, status = $2, trashed = $3, visibility = $4, name = $5, "
	"description = $6, updated_us = $7, due_us = $8, completed_us = $9, version = $10, "
	"body = $11, search_text = $12, search_version = $10, members = $15, "
	"people_text = COALESCE(CAST($16 AS TEXT), people_text), parts_size = $17 "
	"WHERE account = $13 AND id = $14 AND version = $10 - 1";

bool package_save(struct db *db, const struct package_record *package, struct error *err)
{
	int64_t changed;

	if (!db_run(db, SAVE_PACKAGE,
		    ARGS(arg_text(package->type), arg_text(package->status),
			 arg_bool(package->trashed), arg_text(package->visibility),
			 arg_text(package->name), arg_text(package->description),
			 arg_time(package->updated), arg_time(package->due),
			 arg_time(package->completed), arg_int(package->version),
			 arg_text(package->whole), arg_text(package->search),
			 arg_text(package->account), arg_text(package->id),
			 arg_text(package->members), arg_text(package->people),
			 arg_int(package->parts_size)),
		    &changed, err))
		return false;
	return changed == 1 ||
	       error_set(err, ERROR_CONFLICT, "package: it was changed or deleted meanwhile");
}

static const char DELETE_PACKAGE[] = "DELETE FROM package WHERE account = $1 AND id = $2";

bool package_delete(struct txn *txn, const char *account, const char *id, bool *ret_found,
		    struct error *err)
{
	const struct content_place place = {.txn = txn, .account = account, .package = id};
	struct db *db = txn_db(txn);
	int64_t changed;

	/* The package first: its row is what other transactions lock. */
	if (!db_run(db, DELETE_PACKAGE, ARGS(arg_text(account), arg_text(id)), &changed, err) ||
	    !package_parts_delete(db, account, id, err) ||
	    !package_aside_delete(db, account, id, NULL, err) ||
	    !document_contents_delete(&place, NULL, 0, err))
		return false;
	*ret_found = changed == 1;
	return true;
}

/* A search is one of these constant statements: which columns are certain to be compared and which
 * one sorts decide whether an index serves it, so these are written out. Everything else is a
 * condition that a null switches off. */
#define OF_OWNER "owner = $2"
#define OF_ANYONE "CAST($2 AS TEXT) IS NULL"
#define MATCHING(owner) \
	" FROM package WHERE account = $1 AND " owner " AND trashed = $3 " \
	"AND updated_us >= $4 AND updated_us <= $5 " \
	"AND (CAST($6 AS TEXT) IS NULL OR type = $6) " \
	"AND (CAST($7 AS TEXT) IS NULL OR $7 LIKE '%|' || status || '|%') " \
	"AND (CAST($8 AS TEXT) IS NULL OR visibility = $8) " \
	"AND (CAST($9 AS BIGINT) = 0 OR (due_us > 0 AND due_us < $9))"
/* Folded, unless a node of version 0.3 wrote the row (search_text.h). */
#define SEARCHED \
	"CASE WHEN search_version = version THEN search_text " \
	"ELSE lower(name) || '\n' || lower(description) END"
#define NAMED \
	" AND (CAST($10 AS TEXT) IS NULL OR strpos(" SEARCHED ", CAST($10 AS TEXT)) > 0) " \
	"AND (CAST($11 AS TEXT) IS NULL OR " SEARCHED " LIKE $11 ESCAPE '!')"
#define LIST(owner, order) \
	"SELECT id" MATCHING(owner) NAMED " ORDER BY " order " LIMIT $12 OFFSET $13"
/* Apart, so that without a search the count needs the index alone. */
#define COUNT(owner) "SELECT COUNT(*) AS total" MATCHING(owner)
#define COUNT_NAMED(owner) COUNT(owner) NAMED

/* Ties are broken by the id, so that pages do not overlap. */
#define BOTH_WAYS(owner, column) \
	{ \
		LIST(owner, column ", id"), LIST(owner, column " DESC, id DESC") \
	}
#define BY_EVERY_COLUMN(owner) \
	{ \
		[PACKAGE_SORT_CREATED] = BOTH_WAYS(owner, "created_us"), \
		[PACKAGE_SORT_COMPLETED] = BOTH_WAYS(owner, "completed_us"), \
		[PACKAGE_SORT_UPDATED] = BOTH_WAYS(owner, "updated_us"), \
		[PACKAGE_SORT_DUE] = BOTH_WAYS(owner, "due_us"), \
		[PACKAGE_SORT_NAME] = BOTH_WAYS(owner, "name"), \
		[PACKAGE_SORT_STATUS] = BOTH_WAYS(owner, "status"), \
	}

static const char *const LIST_OF_OWNER[][2] = BY_EVERY_COLUMN(OF_OWNER);
static const char *const LIST_OF_ANYONE[][2] = BY_EVERY_COLUMN(OF_ANYONE);
static const char COUNT_OF_OWNER[] = COUNT(OF_OWNER);
static const char COUNT_OF_ANYONE[] = COUNT(OF_ANYONE);
static const char COUNT_NAMED_OF_OWNER[] = COUNT_NAMED(OF_OWNER);
static const char COUNT_NAMED_OF_ANYONE[] = COUNT_NAMED(OF_ANYONE);

enum {
	MATCHING_ARGS = 9,
	NAMED_ARGS = 11,
	LIST_ARGS = 13,
};

static void filter_bind(const struct package_filter *filter, struct arena *arena,
			struct arg ret_args[LIST_ARGS])
{
	bool exact = filter->search && filter->search_exact;
	bool contains = filter->search && !filter->search_exact;
	int64_t updated_to = filter->updated_to.us ? filter->updated_to.us : INT64_MAX;
	const struct arg args[LIST_ARGS] = {
		arg_text(filter->account),
		arg_text(filter->owner),
		arg_bool(filter->trashed),
		arg_time(filter->updated_from),
		arg_int(updated_to),
		arg_text(filter->type),
		arg_text(filter->statuses),
		arg_text(filter->visibility),
		arg_time(filter->due_before),
		arg_text(contains ? search_part(arena, filter->search) : NULL),
		arg_text(exact ? search_pattern_of_first(arena, filter->search) : NULL),
		arg_int(filter->limit),
		arg_int(filter->offset),
	};

	memcpy(ret_args, args, sizeof(args));
}

static bool filter_count(struct db *db, const struct package_filter *filter, const struct arg *args,
			 int64_t *ret_total, struct error *err)
{
	if (filter->search)
		return query_total(db, filter->owner ? COUNT_NAMED_OF_OWNER : COUNT_NAMED_OF_ANYONE,
				   args, NAMED_ARGS, ret_total, err);
	return query_total(db, filter->owner ? COUNT_OF_OWNER : COUNT_OF_ANYONE, args,
			   MATCHING_ARGS, ret_total, err);
}

static bool ids_read(struct db *db, struct arena *arena, const struct package_filter *filter,
		     const struct arg *args, struct package_found *found, size_t *ret_count,
		     struct error *err)
{
	const char *sql = (filter->owner ? LIST_OF_OWNER
					 : LIST_OF_ANYONE)[filter->sort][filter->descending];
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(db, sql, args, LIST_ARGS, err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		found[count++] = (struct package_found){.id = rows_text(rows, "id", arena)};
	*ret_count = count;
	return err->code == ERROR_NONE;
}

/* Few at a time, of 4 MiB at most: libpq holds all that one statement finds. */
static const char SELECT_TEXTS[] = "SELECT id, members, body FROM package WHERE account = $1 "
				   "AND id IN ($2, $3, $4, $5, $6, $7, $8, $9)";

static bool texts_take(struct rows *rows, struct arena *arena, struct package_found *found,
		       size_t count, size_t *left, struct error *err)
{
	while (rows_next(rows, err)) {
		const char *id = rows_text(rows, "id", arena);
		size_t i = 0;
		while (i < count && strcmp(found[i].id, id) != 0)
			i++;
		ensure(i < count);
		if (!rows_large_text(rows, "members", arena, &found[i].members, err) ||
		    !rows_large_text(rows, "body", arena, &found[i].whole, err))
			return false;
		size_t length = strlen(found[i].members) + strlen(found[i].whole);
		if (length > *left)
			return error_set(err, ERROR_BODY_TOO_LARGE,
					 "the page is too large: ask for fewer rows");
		*left -= length;
	}
	return err->code == ERROR_NONE;
}

/* One without parts may have been deleted since its members were read: then it has no texts. */
static bool vanished_check(struct db *db, struct arena *arena, const char *account,
			   struct package_found *found, struct error *err)
{
	const struct package_parts *parts = &found->parts;
	const char *owner;
	bool is_there = true;

	if (parts->count[PACKAGE_ROLE] + parts->count[PACKAGE_DOCUMENT] == 0 &&
	    !package_find_owner(db, arena, account, found->id, &owner, &is_there, err))
		return false;
	if (!is_there)
		found->members = NULL;
	return true;
}

/* Of those whose members were read. A change between the two statements shows in the parts alone,
 * as it would if the caller had asked twice. */
static bool parts_take(struct db *db, struct arena *arena, const char *account,
		       struct package_found *found, size_t count, size_t *left, struct error *err)
{
	const char *packages[PACKAGES_AT_ONCE] = {NULL};
	struct package_parts parts[PACKAGES_AT_ONCE];
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		if (found[i].members && *found[i].members) {
			packages[i] = found[i].id;
			any = true;
		}
	}
	if (any && !package_parts_read_many(db, arena, account, packages, parts, left, err))
		return false;
	for (size_t i = 0; any && i < count; i++) {
		found[i].parts = parts[i];
		if (packages[i] && !vanished_check(db, arena, account, &found[i], err))
			return false;
	}
	return true;
}

static bool bodies_read(struct db *db, struct arena *arena, const char *account,
			struct package_found *found, size_t count, size_t bodies_max,
			struct error *err)
{
	size_t left = bodies_max;

	for (size_t at = 0; at < count; at += PACKAGES_AT_ONCE) {
		size_t some = count - at < PACKAGES_AT_ONCE ? count - at : PACKAGES_AT_ONCE;
		struct arg args[1 + PACKAGES_AT_ONCE] = {arg_text(account)};
		for (size_t i = 0; i < PACKAGES_AT_ONCE; i++)
			args[1 + i] = arg_text(i < some ? found[at + i].id : NULL);
		scoped(rows) struct rows *rows = db_query(db, SELECT_TEXTS, args, ARRAY_SIZE(args),
							  err);
		if (!rows || !texts_take(rows, arena, &found[at], some, &left, err) ||
		    !parts_take(db, arena, account, &found[at], some, &left, err))
			return false;
	}
	return true;
}

/* One that was deleted since its id was read has no texts. */
static size_t bodiless_drop(struct package_found *found, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (found[i].members)
			found[kept++] = found[i];
	}
	return kept;
}

bool package_list(struct db *db, struct arena *arena, const struct package_filter *filter,
		  size_t bodies_max, struct package_found **ret_packages, size_t *ret_count,
		  int64_t *ret_total, struct error *err)
{
	ensure(filter->limit >= 0 && filter->offset >= 0);
	if (filter->search && strlen(filter->search) > PACKAGE_SEARCH_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "search: longer than %d bytes",
				 PACKAGE_SEARCH_MAX);

	struct package_found *found = arena_alloc(arena, (size_t)filter->limit * sizeof(*found));
	struct arg args[LIST_ARGS];
	size_t count;
	filter_bind(filter, arena, args);
	if (!filter_count(db, filter, args, ret_total, err) ||
	    !ids_read(db, arena, filter, args, found, &count, err))
		return false;
	if (bodies_max > 0) {
		if (!bodies_read(db, arena, filter->account, found, count, bodies_max, err))
			return false;
		count = bodiless_drop(found, count);
	}
	*ret_packages = found;
	*ret_count = count;
	return true;
}

/* ---- packages of an older version ---- */

#define UNDIVIDED "SELECT " PACKAGE_COLUMNS " FROM package WHERE body <> '' LIMIT $1"
static const struct sql_pair list_undivided = SQL_SKIP_LOCKED(UNDIVIDED);

bool package_list_undivided(struct db *db, struct arena *arena, size_t limit,
			    struct package_record *ret_packages, size_t *ret_count,
			    struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, db_choose(db, &list_undivided),
						  ARGS(arg_int((int64_t)limit)), err);

	if (!rows)
		return false;
	*ret_count = 0;
	while (rows_next(rows, err)) {
		if (!package_from_row(rows, arena, &ret_packages[*ret_count], err))
			return false;
		(*ret_count)++;
	}
	return err->code == ERROR_NONE;
}

static const char DIVIDE[] =
	"UPDATE package SET members = $1, body = '', search_text = $2, people_text = $3, "
	"search_version = version, parts_size = $6 WHERE account = $4 AND id = $5";

bool package_divide(struct db *db, const struct package_record *package,
		    const struct package_parts *parts, struct error *err)
{
	return db_run(db, DIVIDE,
		      ARGS(arg_text(package->members), arg_text(package->search),
			   arg_text(package->people), arg_text(package->account),
			   arg_text(package->id), arg_int(package->parts_size)),
		      NULL, err) &&
	       package_parts_insert(db, package->account, package->id, parts, err);
}
