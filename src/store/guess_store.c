/* guess_store.c – the table guess_count. */
#include "store/guess_store.h"

#include "store/db.h"
#include "store/rows.h"

/* The update changes nothing: it takes the row's lock, on PostgreSQL, and gives its newest version.
 */
static const char LOCK_COUNT[] =
	"INSERT INTO guess_count (account, subject, source, failed, last_us, blocked_until_us) "
	"VALUES ($1, $2, $3, 0, 0, 0) ON CONFLICT (account, subject, source) "
	"DO UPDATE SET failed = guess_count.failed RETURNING failed, last_us, blocked_until_us";

bool guess_count_lock(struct db *db, const struct guess_key *key, struct guess_count *ret_count,
		      struct error *err)
{
	bool found;
	scoped(rows) struct rows *rows = db_query(
		db, LOCK_COUNT,
		ARGS(arg_text(key->account), arg_text(key->subject), arg_text(key->source)), err);

	if (!rows || !rows_first(rows, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_UNEXPECTED, "guess_count: no row came back");
	*ret_count = (struct guess_count){
		.failed = rows_int(rows, "failed"),
		.last = rows_time(rows, "last_us"),
		.blocked_until = rows_time(rows, "blocked_until_us"),
	};
	return true;
}

static const char SAVE_COUNT[] =
	"UPDATE guess_count SET failed = $1, last_us = $2, blocked_until_us = $3 "
	"WHERE account = $4 AND subject = $5 AND source = $6";

bool guess_count_save(struct db *db, const struct guess_key *key, const struct guess_count *count,
		      struct error *err)
{
	return db_run(db, SAVE_COUNT,
		      ARGS(arg_int(count->failed), arg_time(count->last),
			   arg_time(count->blocked_until), arg_text(key->account),
			   arg_text(key->subject), arg_text(key->source)),
		      NULL, err);
}

static const char DELETE_COUNT[] =
	"DELETE FROM guess_count WHERE account = $1 AND subject = $2 AND source = $3";

bool guess_count_delete(struct db *db, const struct guess_key *key, struct error *err)
{
	return db_run(db, DELETE_COUNT,
		      ARGS(arg_text(key->account), arg_text(key->subject), arg_text(key->source)),
		      NULL, err);
}

static const char DELETE_COUNTS[] = "DELETE FROM guess_count WHERE account = $1 AND subject = $2";

bool guess_count_delete_all(struct db *db, const char *account, const char *subject,
			    struct error *err)
{
	/* The total first: the same order of locks as a guess. */
	const struct guess_key all = {account, subject, ""};

	return guess_count_delete(db, &all, err) &&
	       db_run(db, DELETE_COUNTS, ARGS(arg_text(account), arg_text(subject)), NULL, err);
}

static const char PRUNE_COUNTS[] =
	"DELETE FROM guess_count WHERE last_us < $1 AND (source <> '' OR last_us < $2 "
	"OR (account = '' AND failed < 20))";

bool guess_count_prune(struct db *db, struct wall_time before, struct wall_time in_all_before,
		       struct error *err)
{
	return db_run(db, PRUNE_COUNTS, ARGS(arg_time(before), arg_time(in_all_before)), NULL, err);
}
