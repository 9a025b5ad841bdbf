/* email_change_store.c – the table email_change. */
#include "store/email_change_store.h"

#include "base/text.h"
#include "store/rows.h"

static const char INSERT_CHANGE[] =
	"INSERT INTO email_change (account, token_hash, uid, old_email, old_email_folded, "
	"created_us, expires_us) VALUES ($1, $2, $3, $4, $5, $6, $7)";

bool email_change_insert(struct db *db, const struct email_change *change, struct error *err)
{
	scoped(arena) struct arena *scratch = arena_new();

	return db_run(db, INSERT_CHANGE,
		      ARGS(arg_text(change->account), arg_bytes(change->hash),
			   arg_text(change->uid), arg_text(change->old_email),
			   arg_text(text_fold(scratch, change->old_email)),
			   arg_time(change->created), arg_time(change->expires)),
		      NULL, err);
}

static const char SELECT_CHANGE[] =
	"SELECT account, token_hash, uid, old_email, created_us, expires_us FROM email_change "
	"WHERE token_hash = $1";

bool email_change_find(struct db *db, struct arena *arena, struct bytes hash,
		       struct email_change *ret_change, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_CHANGE, ARGS(arg_bytes(hash)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		*ret_change = (struct email_change){
			.account = rows_text(rows, "account", arena),
			.hash = rows_bytes(rows, "token_hash", arena),
			.uid = rows_text(rows, "uid", arena),
			.old_email = rows_text(rows, "old_email", arena),
			.created = rows_time(rows, "created_us"),
			.expires = rows_time(rows, "expires_us"),
		};
	return true;
}

static const char DELETE_CHANGE[] =
	"DELETE FROM email_change WHERE account = $1 AND token_hash = $2";
bool email_change_delete(struct db *db, const struct email_change *change, bool *ret_found,
			 struct error *err)
{
	int64_t changed;

	if (!db_run(db, DELETE_CHANGE, ARGS(arg_text(change->account), arg_bytes(change->hash)),
		    &changed, err))
		return false;
	*ret_found = changed == 1;
	return true;
}

static const char DELETE_LATER[] =
	"DELETE FROM email_change WHERE account = $1 AND uid = $2 AND created_us >= $3";

bool email_change_undo(struct db *db, const struct email_change *change, bool *ret_found,
		       struct error *err)
{
	return email_change_delete(db, change, ret_found, err) &&
	       db_run(db, DELETE_LATER,
		      ARGS(arg_text(change->account), arg_text(change->uid),
			   arg_time(change->created)),
		      NULL, err);
}

static const char COUNT_RESERVED[] =
	"SELECT COUNT(*) AS total FROM email_change "
	"WHERE old_email_folded = $1 AND uid <> $2 AND expires_us > $3";

bool email_change_reserves(struct db *db, const char *email, const char *uid, struct wall_time now,
			   bool *ret_reserved, struct error *err)
{
	scoped(arena) struct arena *scratch = arena_new();
	int64_t total;

	if (!query_total(db, COUNT_RESERVED,
			 ARGS(arg_text(text_fold(scratch, email)), arg_text(uid), arg_time(now)),
			 &total, err))
		return false;
	*ret_reserved = total > 0;
	return true;
}

static const char PRUNE_CHANGES[] = "DELETE FROM email_change WHERE expires_us < $1";

bool email_change_prune(struct db *db, struct wall_time now, struct error *err)
{
	return db_run(db, PRUNE_CHANGES, ARGS(arg_time(now)), NULL, err);
}
