/* blob_rows.c – large blobs on PostgreSQL: a row of the table blob_piece for each piece. All nodes
 * read them. */
#include <stdint.h>
#include <string.h>

#include "store/blobs/blob_place.h"
#include "store/db_driver.h"
#include "store/rows.h"

static const char INSERT_PIECE[] =
	"INSERT INTO blob_piece (account, id, number, sealed) VALUES ($1, $2, $3, $4)";

static bool rows_append(struct blob_hold *hold, uint64_t number, struct bytes sealed,
			struct error *err)
{
	if (!hold->txn)
		hold->txn = txn_begin(hold->session, err);
	return hold->txn && db_run(txn_db(hold->txn), INSERT_PIECE,
				   ARGS(arg_text(hold->account), arg_text(hold->id),
					arg_int((int64_t)number), arg_bytes(sealed)),
				   NULL, err);
}

static bool rows_flush(struct blob_hold *hold, struct error *err)
{
	return !hold->txn || txn_commit(&hold->txn, err);
}

static const char SELECT_PIECE[] =
	"SELECT sealed FROM blob_piece WHERE account = $1 AND id = $2 AND number = $3";

static bool rows_read(struct blob_hold *hold, uint64_t number, unsigned char *ret_sealed,
		      size_t length, struct error *err)
{
	struct bytes sealed = {0};
	bool found;

	scoped(arena) struct arena *arena = arena_new();
	scoped(rows) struct rows *rows = db_query(
		session_db(hold->session), SELECT_PIECE,
		ARGS(arg_text(hold->account), arg_text(hold->id), arg_int((int64_t)number)), err);
	if (!rows || !rows_first(rows, &found, err) ||
	    (found && !rows_large_bytes(rows, "sealed", arena, &sealed, err)))
		return false;
	if (!found || !sealed.data || sealed.length != length)
		return error_set(err, ERROR_UNEXPECTED, "piece %llu of blob %s is not there",
				 (unsigned long long)number, hold->id);
	memcpy(ret_sealed, sealed.data, length);
	return true;
}

static void rows_hold_close(struct blob_hold *hold)
{
	if (hold->txn)
		txn_rollback(hold->txn);
	hold->txn = NULL;
}

static const char DELETE_PIECES[] = "DELETE FROM blob_piece WHERE account = $1 AND id = $2";

static bool rows_remove(struct session *session, const char *account, const char *id,
			struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(session, err);

	return txn &&
	       db_run(txn_db(txn), DELETE_PIECES, ARGS(arg_text(account), arg_text(id)), NULL,
		      err) &&
	       txn_commit(&txn, err);
}

const struct blob_place blob_rows = {
	.append = rows_append,
	.flush = rows_flush,
	.finish = rows_flush,
	.read = rows_read,
	.close = rows_hold_close,
	.remove = rows_remove,
};
