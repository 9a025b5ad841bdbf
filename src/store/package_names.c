/* package_names.c – names of packages and the search by name: a part of package_store.h. */
#include <string.h>

#include "store/package_store.h"
#include "store/rows.h"
#include "store/search_text.h"

#define TEXT_MAX 1000 /* bytes; no name or description is worth a longer question */
/* Folded, unless a node of version 0.3 wrote the row (search_text.h). */
#define SEARCHED \
	"CASE WHEN search_version = version THEN search_text " \
	"ELSE lower(name) || '\n' || lower(description) END"

static const char SELECT_NAME[] =
	"SELECT id, name, status, updated_us FROM package WHERE account = $1 AND id = $2";
#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)
/* From the newest back along the index package_of_account, to where enough were looked at. */
static const char LIST_NAMED[] =
	"SELECT id, name, status, updated_us FROM package WHERE account = $1 AND trashed = $2 "
	"AND updated_us >= COALESCE((SELECT last.updated_us FROM package AS last "
	"WHERE last.account = $1 AND last.trashed = $2 ORDER BY last.updated_us DESC LIMIT 1 "
	"OFFSET " TEXT(
		PACKAGE_NAMES_MAX) "), 0) AND strpos(" SEARCHED
				   ", CAST($3 AS TEXT)) > 0 ORDER BY updated_us DESC, id DESC LIMIT $4";

static struct package_name name_from_row(struct rows *rows, struct arena *arena)
{
	return (struct package_name){rows_text(rows, "id", arena), rows_text(rows, "name", arena),
				     rows_text(rows, "status", arena),
				     rows_time(rows, "updated_us")};
}

bool package_find_name(struct db *db, struct arena *arena, const char *account, const char *id,
		       struct package_name *ret_name, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_NAME,
						  ARGS(arg_text(account), arg_text(id)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		*ret_name = name_from_row(rows, arena);
	return true;
}

static bool named_read(struct db *db, struct arena *arena, const struct arg *args,
		       struct package_name *names, size_t *count, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, LIST_NAMED, args, 4, err);

	if (!rows)
		return false;
	while (rows_next(rows, err))
		names[(*count)++] = name_from_row(rows, arena);
	return err->code == ERROR_NONE;
}

bool package_list_named(struct db *db, struct arena *arena, const char *account, const char *text,
			size_t limit, struct package_name *ret_names, size_t *ret_count,
			struct error *err)
{
	if (strlen(text) > TEXT_MAX)
		return error_set(err, ERROR_INVALID_FIELD, "search: longer than %d bytes",
				 TEXT_MAX);
	*ret_count = 0;
	for (int trashed = 0; trashed < 2 && *ret_count < limit; trashed++) {
		const struct arg args[] = {arg_text(account), arg_bool(trashed == 1),
					   arg_text(search_part(arena, text)),
					   arg_int((int64_t)(limit - *ret_count))};
		if (!named_read(db, arena, args, ret_names, ret_count, err))
			return false;
	}
	return true;
}
