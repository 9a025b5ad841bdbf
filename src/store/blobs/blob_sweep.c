/* blob_sweep.c – see blob_sweep.h. Each of the two passes takes a few rows, so that nobody waits
 * for long. */
#include "store/blobs/blob_sweep.h"

#include <string.h>

#include "base/ensure.h"
#include "store/blobs/blob_place.h"
#include "store/blobs/blob_table.h"
#include "store/rows.h"

#define STEP_MAX 16

/* ---- blobs without references ---- */

#define UNREFERENCED \
	"SELECT account, address FROM blob WHERE refs = 0 AND unreferenced_us <= $1 LIMIT $2"
static const struct sql_pair select_unreferenced = SQL_SKIP_LOCKED(UNREFERENCED);

struct name {
	const char *account;
	struct bytes address;
	const char *id;
};

static bool unreferenced_list(struct db *db, struct arena *arena, struct wall_time until,
			      struct name *ret_names, size_t *ret_count, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, db_choose(db, &select_unreferenced),
						  ARGS(arg_time(until), arg_int(STEP_MAX)), err);

	*ret_count = 0;
	if (!rows)
		return false;
	while (rows_next(rows, err))
		ret_names[(*ret_count)++] = (struct name){
			.account = rows_text(rows, "account", arena),
			.address = rows_bytes(rows, "address", arena),
		};
	return err->code == ERROR_NONE;
}

static const char DELETE_BLOB[] =
	"DELETE FROM blob WHERE account = $1 AND address = $2 AND refs = 0";

/* Its bytes stay a while for those who are reading them. Its base has one reference less. */
static bool blob_remove(struct txn *txn, struct arena *arena, const struct name *name,
			struct wall_time now, struct error *err)
{
	struct db *db = txn_db(txn);
	struct blob blob;
	bool found;
	int64_t changed;

	if (!blob_find(db, arena, name->account, name->address.data, &blob, &found, err) ||
	    !db_run(db, DELETE_BLOB, ARGS(arg_text(name->account), arg_bytes(name->address)),
		    &changed, err))
		return false;
	ensure(found && changed == 1);
	if (blob.lies_in_place &&
	    !blob_loose_insert(db, blob.account, blob.id, wall_add(now, duration_s(BLOB_READERS_S)),
			       err))
		return false;
	return !blob.has_base || blob_drop(txn, blob.account, blob.base, err);
}

static bool unreferenced_sweep(struct session *session, struct wall_time now, bool *ret_more,
			       struct error *err)
{
	struct name names[STEP_MAX];
	size_t count;

	scoped(arena) struct arena *arena = arena_new();
	scoped(txn) struct txn *txn = txn_begin(session, err);
	if (!txn ||
	    !unreferenced_list(txn_db(txn), arena, wall_add(now, duration_s(-BLOB_UNREFERENCED_S)),
			       names, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!blob_remove(txn, arena, &names[i], now, err))
			return false;
	}
	*ret_more |= count == STEP_MAX;
	return txn_commit(&txn, err);
}

/* ---- bytes that no blob names ---- */

/* 0 means that their removal has begun: no blob may name them any more. */
#define DUE "SELECT account, id FROM blob_loose WHERE due_us <= $1 LIMIT $2"
static const struct sql_pair select_due = SQL_SKIP_LOCKED(DUE);
static const char BEGIN_REMOVAL[] =
	"UPDATE blob_loose SET due_us = 0 WHERE account = $1 AND id = $2";
static const char END_REMOVAL[] = "DELETE FROM blob_loose WHERE account = $1 AND id = $2";

static bool due_list(struct db *db, struct arena *arena, struct wall_time now,
		     struct name *ret_names, size_t *ret_count, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, db_choose(db, &select_due),
						  ARGS(arg_time(now), arg_int(STEP_MAX)), err);

	*ret_count = 0;
	if (!rows)
		return false;
	while (rows_next(rows, err))
		ret_names[(*ret_count)++] = (struct name){
			.account = rows_text(rows, "account", arena),
			.id = rows_text(rows, "id", arena),
		};
	return err->code == ERROR_NONE;
}

static bool names_mark(struct db *db, const char *sql, const struct name *names, size_t count,
		       struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (!db_run(db, sql, ARGS(arg_text(names[i].account), arg_text(names[i].id)), NULL,
			    err))
			return false;
	}
	return true;
}

static bool due_begin(struct session *session, struct arena *arena, struct wall_time now,
		      struct name *ret_names, size_t *ret_count, struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(session, err);

	return txn && due_list(txn_db(txn), arena, now, ret_names, ret_count, err) &&
	       names_mark(txn_db(txn), BEGIN_REMOVAL, ret_names, *ret_count, err) &&
	       txn_commit(&txn, err);
}

static bool due_sweep(struct session *session, struct wall_time now, bool *ret_more,
		      struct error *err)
{
	struct name names[STEP_MAX];
	size_t count;

	scoped(arena) struct arena *arena = arena_new();
	if (!due_begin(session, arena, now, names, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!blob_place_of(session)->remove(session, names[i].account, names[i].id, err))
			return false;
	}
	scoped(txn) struct txn *txn = count > 0 ? txn_begin(session, err) : NULL;
	*ret_more |= count == STEP_MAX;
	return count == 0 || (txn && names_mark(txn_db(txn), END_REMOVAL, names, count, err) &&
			      txn_commit(&txn, err));
}

bool blobs_sweep_step(struct session *session, struct wall_time now, bool *ret_more,
		      struct error *err)
{
	*ret_more = false;
	return unreferenced_sweep(session, now, ret_more, err) &&
	       due_sweep(session, now, ret_more, err);
}
