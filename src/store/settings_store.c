/* settings_store.c – SQL of the settings that are documents. */
#include "store/settings_store.h"

#include "store/rows.h"

static const char PUT_DOCUMENT[] =
	"INSERT INTO settings_document (account, kind, key, body) VALUES ($1, $2, $3, $4) "
	"ON CONFLICT (account, kind, key) DO UPDATE SET body = excluded.body";

bool settings_document_put(struct db *db, const struct settings_document *document,
			   struct error *err)
{
	return db_run(db, PUT_DOCUMENT,
		      ARGS(arg_text(document->account), arg_text(document->kind),
			   arg_text(document->key), arg_text(document->body)),
		      NULL, err);
}

static const char SELECT_DOCUMENT[] =
	"SELECT body FROM settings_document WHERE account = $1 AND kind = $2 AND key = $3";

bool settings_document_find(struct db *db, struct arena *arena, const char *account,
			    const char *kind, const char *key, const char **ret_body,
			    struct error *err)
{
	bool found;

	scoped(rows) struct rows *rows = db_query(
		db, SELECT_DOCUMENT, ARGS(arg_text(account), arg_text(kind), arg_text(key)), err);
	if (!rows || !rows_first(rows, &found, err))
		return false;
	*ret_body = NULL;
	return !found || rows_large_text(rows, "body", arena, ret_body, err);
}

static const char DELETE_DOCUMENT[] =
	"DELETE FROM settings_document WHERE account = $1 AND kind = $2 AND key = $3";

bool settings_document_delete(struct db *db, const char *account, const char *kind, const char *key,
			      struct error *err)
{
	return db_run(db, DELETE_DOCUMENT, ARGS(arg_text(account), arg_text(kind), arg_text(key)),
		      NULL, err);
}

static const char COUNT_DOCUMENTS[] =
	"SELECT COUNT(*) AS total FROM settings_document WHERE account = $1 AND kind = $2";

bool settings_document_count(struct db *db, const char *account, const char *kind,
			     int64_t *ret_count, struct error *err)
{
	bool found;

	scoped(rows) struct rows *rows = db_query(db, COUNT_DOCUMENTS,
						  ARGS(arg_text(account), arg_text(kind)), err);
	if (!rows || !rows_first(rows, &found, err))
		return false;
	*ret_count = rows_int(rows, "total");
	return true;
}

static const char LIST_DOCUMENTS[] =
	"SELECT body FROM settings_document WHERE account = $1 AND kind = $2 ORDER BY key "
	"LIMIT $3 OFFSET $4";

bool settings_document_list(struct db *db, struct arena *arena, const char *account,
			    const char *kind, int64_t offset, size_t limit, const char **ret_bodies,
			    size_t *ret_count, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, LIST_DOCUMENTS,
		ARGS(arg_text(account), arg_text(kind), arg_int((int64_t)limit), arg_int(offset)),
		err);

	if (!rows)
		return false;
	*ret_count = 0;
	while (rows_next(rows, err)) {
		if (!rows_large_text(rows, "body", arena, &ret_bodies[*ret_count], err))
			return false;
		(*ret_count)++;
	}
	return err->code == ERROR_NONE;
}
