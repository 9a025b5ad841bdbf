/* catcher_store.c – the tables catcher and caught. */
#include "store/catcher_store.h"

#include "store/rows.h"

#define CATCHER_COLUMNS \
	"account, id, token_hash, token_sealed, answer, caught, created_us, expires_us"

static const char INSERT_CATCHER[] = "INSERT INTO catcher (" CATCHER_COLUMNS ") "
				     "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

bool catcher_insert(struct db *db, const struct catcher *catcher, struct error *err)
{
	return db_run(db, INSERT_CATCHER,
		      ARGS(arg_text(catcher->account), arg_text(catcher->id),
			   arg_bytes(catcher->token_hash), arg_bytes(catcher->token_sealed),
			   arg_int(catcher->answer), arg_int(catcher->caught),
			   arg_time(catcher->created), arg_time(catcher->expires)),
		      NULL, err);
}

static struct catcher catcher_from_row(struct rows *rows, struct arena *arena)
{
	return (struct catcher){
		.account = rows_text(rows, "account", arena),
		.id = rows_text(rows, "id", arena),
		.token_hash = rows_bytes(rows, "token_hash", arena),
		.token_sealed = rows_bytes(rows, "token_sealed", arena),
		.answer = rows_int(rows, "answer"),
		.caught = rows_int(rows, "caught"),
		.created = rows_time(rows, "created_us"),
		.expires = rows_time(rows, "expires_us"),
	};
}

static bool one(struct rows *rows, struct arena *arena, struct catcher *ret_catcher,
		bool *ret_found, struct error *err)
{
	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		*ret_catcher = catcher_from_row(rows, arena);
	return true;
}

static const char FIND[] = "SELECT " CATCHER_COLUMNS " FROM catcher "
			   "WHERE account = $1 AND id = $2 AND expires_us > $3";

bool catcher_find(struct db *db, struct arena *arena, const char *account, const char *id,
		  struct wall_time now, struct catcher *ret_catcher, bool *ret_found,
		  struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, FIND, ARGS(arg_text(account), arg_text(id), arg_time(now)), err);

	return one(rows, arena, ret_catcher, ret_found, err);
}

static const char FIND_BY_TOKEN[] = "SELECT " CATCHER_COLUMNS " FROM catcher "
				    "WHERE token_hash = $1 AND expires_us > $2";

bool catcher_find_by_token(struct db *db, struct arena *arena, struct bytes hash,
			   struct wall_time now, struct catcher *ret_catcher, bool *ret_found,
			   struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, FIND_BY_TOKEN,
						  ARGS(arg_bytes(hash), arg_time(now)), err);

	return one(rows, arena, ret_catcher, ret_found, err);
}

static const char LIST[] = "SELECT " CATCHER_COLUMNS " FROM catcher "
			   "WHERE account = $1 AND expires_us > $2 "
			   "ORDER BY created_us, id LIMIT $3";

bool catcher_list(struct db *db, struct arena *arena, const char *account, struct wall_time now,
		  size_t limit, struct catcher **ret_catchers, size_t *ret_count, struct error *err)
{
	struct catcher *catchers = arena_alloc(arena, limit * sizeof(*catchers));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(
		db, LIST, ARGS(arg_text(account), arg_time(now), arg_int((int64_t)limit)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		catchers[count++] = catcher_from_row(rows, arena);
	if (err->code != ERROR_NONE)
		return false;
	*ret_catchers = catchers;
	*ret_count = count;
	return true;
}

static const char SET_ANSWER[] = "UPDATE catcher SET answer = $1 WHERE account = $2 AND id = $3";

bool catcher_set_answer(struct db *db, const struct catcher *catcher, int64_t answer,
			struct error *err)
{
	return db_run(db, SET_ANSWER,
		      ARGS(arg_int(answer), arg_text(catcher->account), arg_text(catcher->id)),
		      NULL, err);
}

static const char DELETE_CAUGHT[] = "DELETE FROM caught WHERE account = $1 AND catcher = $2";
static const char DELETE_CATCHER[] = "DELETE FROM catcher WHERE account = $1 AND id = $2";

bool catcher_delete(struct db *db, const char *account, const char *id, struct error *err)
{
	/* The catcher's row first: adding a request locks it first, too. */
	return db_run(db, DELETE_CATCHER, ARGS(arg_text(account), arg_text(id)), NULL, err) &&
	       db_run(db, DELETE_CAUGHT, ARGS(arg_text(account), arg_text(id)), NULL, err);
}

/* ---- requests ---- */

static const char TAKE_NUMBER[] = "UPDATE catcher SET caught = caught + 1 "
				  "WHERE account = $1 AND id = $2 RETURNING caught";

bool catcher_take_number(struct db *db, const struct catcher *catcher, int64_t *ret_number,
			 bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, TAKE_NUMBER, ARGS(arg_text(catcher->account), arg_text(catcher->id)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		*ret_number = rows_int(rows, "caught");
	return true;
}

static const char INSERT_CAUGHT[] =
	"INSERT INTO caught (account, catcher, number, received_us, sealed) "
	"VALUES ($1, $2, $3, $4, $5)";
static const char DELETE_OLD[] =
	"DELETE FROM caught WHERE account = $1 AND catcher = $2 AND number <= $3";

bool caught_insert(struct db *db, const struct catcher *catcher, const struct caught *caught,
		   int64_t keep, struct error *err)
{
	const struct arg account = arg_text(catcher->account), id = arg_text(catcher->id);

	return db_run(db, INSERT_CAUGHT,
		      ARGS(account, id, arg_int(caught->number), arg_time(caught->received),
			   arg_bytes(caught->sealed)),
		      NULL, err) &&
	       db_run(db, DELETE_OLD, ARGS(account, id, arg_int(caught->number - keep)), NULL, err);
}

static const char LIST_CAUGHT[] = "SELECT number, received_us, sealed FROM caught "
				  "WHERE account = $1 AND catcher = $2 AND number > $3 "
				  "ORDER BY number DESC LIMIT $4";

bool caught_list(struct db *db, struct arena *arena, const struct catcher *catcher, int64_t after,
		 size_t limit, struct caught **ret_caught, size_t *ret_count, struct error *err)
{
	struct caught *list = arena_alloc(arena, limit * sizeof(*list));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(db, LIST_CAUGHT,
						  ARGS(arg_text(catcher->account),
						       arg_text(catcher->id), arg_int(after),
						       arg_int((int64_t)limit)),
						  err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		list[count++] = (struct caught){.number = rows_int(rows, "number"),
						.received = rows_time(rows, "received_us"),
						.sealed = rows_bytes(rows, "sealed", arena)};
	if (err->code != ERROR_NONE)
		return false;
	*ret_caught = list;
	*ret_count = count;
	return true;
}

static const char PRUNE_CATCHERS[] = "DELETE FROM catcher WHERE expires_us <= $1";
static const char PRUNE_CAUGHT[] =
	"DELETE FROM caught WHERE NOT EXISTS (SELECT 1 FROM catcher "
	"WHERE catcher.account = caught.account AND catcher.id = caught.catcher)";

bool catcher_prune(struct db *db, struct wall_time now, struct error *err)
{
	int64_t gone;

	return db_run(db, PRUNE_CATCHERS, ARGS(arg_time(now)), &gone, err) &&
	       (gone == 0 || db_run(db, PRUNE_CAUGHT, NO_ARGS, NULL, err));
}
