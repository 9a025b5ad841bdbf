/* blob.c – SQL of blobs and their references. */
#include "store/blobs/blob.h"

#include <string.h>

#include "base/ensure.h"
#include "store/blobs/blob_table.h"
#include "store/rows.h"
#include "store/store_clock.h"

static struct arg arg_address(const unsigned char *address)
{
	return arg_bytes((struct bytes){address, address ? CONTENT_ADDRESS_BYTES : 0});
}

/* ---- ids that no blob names ---- */

static const char INSERT_LOOSE[] =
	"INSERT INTO blob_loose (account, id, due_us) VALUES ($1, $2, $3)";

bool blob_loose_insert(struct db *db, const char *account, const char *id, struct wall_time due,
		       struct error *err)
{
	return db_run(db, INSERT_LOOSE, ARGS(arg_text(account), arg_text(id), arg_time(due)), NULL,
		      err);
}

/* Not one that the sweep has begun to remove. */
static const char TAKE_LOOSE[] =
	"DELETE FROM blob_loose WHERE account = $1 AND id = $2 AND due_us > 0";

static bool loose_take(struct db *db, const struct blob *blob, struct error *err)
{
	int64_t changed;

	if (!db_run(db, TAKE_LOOSE, ARGS(arg_text(blob->account), arg_text(blob->id)), &changed,
		    err))
		return false;
	return changed == 1 ||
	       error_set(err, ERROR_CONFLICT, "the upload took too long: send it again");
}

static const char HASTEN_LOOSE[] = "UPDATE blob_loose SET due_us = $1 "
				   "WHERE account = $2 AND id = $3 AND due_us > $1";

static bool loose_hasten(struct txn *txn, const struct blob *blob, struct error *err)
{
	return db_run(
		txn_db(txn), HASTEN_LOOSE,
		ARGS(arg_time(txn_queue_now(txn)), arg_text(blob->account), arg_text(blob->id)),
		NULL, err);
}

/* ---- references ---- */

static const char ADD_REFERENCE[] =
	"UPDATE blob SET refs = refs + 1, unreferenced_us = 0 WHERE account = $1 AND address = $2";

bool blob_hold(struct txn *txn, const char *account,
	       const unsigned char address[CONTENT_ADDRESS_BYTES], struct error *err)
{
	int64_t changed;

	if (!db_run(txn_db(txn), ADD_REFERENCE, ARGS(arg_text(account), arg_address(address)),
		    &changed, err))
		return false;
	return changed == 1 || error_set(err, ERROR_CONFLICT, "the content has been removed");
}

static const char PUT_BLOB[] =
	"INSERT INTO blob (account, address, size, base, own_size, id, key_sealed, content, refs, "
	"unreferenced_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, 0) "
	"ON CONFLICT (account, address) DO UPDATE SET refs = blob.refs + 1, unreferenced_us = 0";
static const char SELECT_ID[] = "SELECT id FROM blob WHERE account = $1 AND address = $2";

/* Whether the blob is the one just written, and not one that the account had. */
static bool is_new(struct db *db, const struct blob *blob, bool *ret_is_new, struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	scoped(rows) struct rows *rows = db_query(
		db, SELECT_ID, ARGS(arg_text(blob->account), arg_address(blob->address)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	ensure(found);
	*ret_is_new = strcmp(rows_text(rows, "id", arena), blob->id) == 0;
	return true;
}

bool blob_add(struct txn *txn, const struct blob *blob, struct error *err)
{
	struct db *db = txn_db(txn);
	bool added;

	if (!db_run(db, PUT_BLOB,
		    ARGS(arg_text(blob->account), arg_address(blob->address), arg_int(blob->size),
			 arg_address(blob->has_base ? blob->base : NULL), arg_int(blob->own_size),
			 arg_text(blob->id), arg_bytes(blob->key_sealed), arg_bytes(blob->content)),
		    NULL, err))
		return false;
	if (!blob->lies_in_place && !blob->has_base)
		return true;
	if (!is_new(db, blob, &added, err))
		return false;
	if (added)
		return (!blob->has_base || blob_hold(txn, blob->account, blob->base, err)) &&
		       (!blob->lies_in_place || loose_take(db, blob, err));
	/* The account has this content: the copy goes with the next sweep. */
	return !blob->lies_in_place || loose_hasten(txn, blob, err);
}

void blob_give_up(struct session *session, const struct blob *blob)
{
	struct error ignored = {0};

	if (!blob->lies_in_place)
		return;
	scoped(txn) struct txn *txn = txn_begin(session, &ignored);
	if (txn && loose_hasten(txn, blob, &ignored))
		(void)!txn_commit(&txn, &ignored);
}

static const char DROP_REFERENCE[] =
	"UPDATE blob SET refs = refs - 1, unreferenced_us = CASE WHEN refs = 1 THEN CAST($1 AS BIGINT) ELSE 0 END "
	"WHERE account = $2 AND address = $3 AND refs > 0";

bool blob_drop(struct txn *txn, const char *account,
	       const unsigned char address[CONTENT_ADDRESS_BYTES], struct error *err)
{
	int64_t changed;

	if (!db_run(txn_db(txn), DROP_REFERENCE,
		    ARGS(arg_time(txn_queue_now(txn)), arg_text(account), arg_address(address)),
		    &changed, err))
		return false;
	return changed == 1 ||
	       error_set(err, ERROR_UNEXPECTED, "a document's blob has lost its references");
}

/* ---- reading ---- */

static const char SELECT_BLOB[] =
	"SELECT size, base, own_size, id, key_sealed, CASE WHEN content IS NULL THEN 1 ELSE 0 END AS in_place FROM blob "
	"WHERE account = $1 AND address = $2";

bool blob_find(struct db *db, struct arena *arena, const char *account,
	       const unsigned char *address, struct blob *ret_blob, bool *ret_found,
	       struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, SELECT_BLOB, ARGS(arg_text(account), arg_address(address)), err);
	struct blob blob = {.account = account};

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (!*ret_found)
		return true;
	memcpy(blob.address, address, sizeof(blob.address));
	struct bytes base = rows_bytes(rows, "base", arena);
	blob.has_base = base.length > 0;
	if (blob.has_base) {
		ensure(base.length == sizeof(blob.base));
		memcpy(blob.base, base.data, sizeof(blob.base));
	}
	blob.size = rows_int(rows, "size");
	blob.own_size = rows_int(rows, "own_size");
	const char *id = rows_text(rows, "id", arena);
	ensure(strlen(id) == BLOB_ID_LENGTH);
	memcpy(blob.id, id, sizeof(blob.id));
	blob.key_sealed = rows_bytes(rows, "key_sealed", arena);
	blob.lies_in_place = rows_bool(rows, "in_place");
	*ret_blob = blob;
	return true;
}

static const char SELECT_CONTENT[] = "SELECT content FROM blob WHERE account = $1 AND address = $2";

bool blob_content_read(struct db *db, struct arena *arena, const struct blob *blob,
		       struct bytes *ret_sealed, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(
		db, SELECT_CONTENT, ARGS(arg_text(blob->account), arg_address(blob->address)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	return found ? rows_large_bytes(rows, "content", arena, ret_sealed, err)
		     : error_set(err, ERROR_UNEXPECTED, "blob %s is gone", blob->id);
}

const char *blob_key_context(struct arena *arena, const struct blob *blob)
{
	return arena_printf(arena, "blob:%s:%s", blob->account, blob->id);
}
