/* package_aside.c – SQL of what belongs to packages and is not shown with them. */
#include "store/package_aside.h"

#include "store/rows.h"

static const char PUT_ASIDE[] =
	"INSERT INTO package_aside (account, package, name, body) VALUES ($1, $2, $3, $4) "
	"ON CONFLICT (account, package, name) DO UPDATE SET body = excluded.body";

bool package_aside_put(struct db *db, const char *account, const char *package, const char *name,
		       const char *body, struct error *err)
{
	return db_run(db, PUT_ASIDE,
		      ARGS(arg_text(account), arg_text(package), arg_text(name), arg_text(body)),
		      NULL, err);
}

static const char SELECT_ASIDE[] =
	"SELECT body FROM package_aside WHERE account = $1 AND package = $2 AND name = $3";

bool package_aside_find(struct db *db, struct arena *arena, const char *account,
			const char *package, const char *name, const char **ret_body,
			struct error *err)
{
	bool found;

	scoped(rows) struct rows *rows = db_query(
		db, SELECT_ASIDE, ARGS(arg_text(account), arg_text(package), arg_text(name)), err);
	if (!rows || !rows_first(rows, &found, err))
		return false;
	*ret_body = NULL;
	return !found || rows_large_text(rows, "body", arena, ret_body, err);
}

static const char DELETE_ASIDE[] = "DELETE FROM package_aside WHERE account = $1 AND package = $2 "
				   "AND (CAST($3 AS TEXT) IS NULL OR name = $3)";

bool package_aside_delete(struct db *db, const char *account, const char *package, const char *name,
			  struct error *err)
{
	return db_run(db, DELETE_ASIDE, ARGS(arg_text(account), arg_text(package), arg_text(name)),
		      NULL, err);
}
