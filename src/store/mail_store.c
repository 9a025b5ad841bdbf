/* mail_store.c – SQL of the outgoing mail. */
#include "store/mail_store.h"

#include "store/rows.h"

static const char INSERT_MAIL[] =
	"INSERT INTO mail (account, id, recipient, subject, body_sealed, created_us, due_us, "
	"attempts, state, last_error) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, '') "
	"ON CONFLICT DO NOTHING";

bool mail_insert(struct db *db, const struct mail *mail, struct error *err)
{
	return insert_new(db, INSERT_MAIL,
			  ARGS(arg_text(mail->account), arg_text(mail->id),
			       arg_text(mail->recipient), arg_text(mail->subject),
			       arg_bytes(mail->body_sealed), arg_time(mail->created),
			       arg_time(mail->due)),
			  "mail", err);
}

/* The subquery's FOR UPDATE is what keeps two nodes from taking the same mail. */
#define CLAIM(locking) \
	"UPDATE mail SET due_us = $1, attempts = attempts + 1 WHERE (account, id) IN " \
	"(SELECT account, id FROM mail WHERE state = 0 AND due_us <= $2 ORDER BY due_us LIMIT $3" locking \
	") RETURNING account, id, recipient, subject, body_sealed, created_us, due_us, " \
	"attempts"
static const struct sql_pair claim = {CLAIM(""), CLAIM(SKIP_LOCKED)};

bool mail_claim(struct db *db, struct arena *arena, struct wall_time now, struct wall_time lease,
		int64_t limit, struct mail **ret_mails, size_t *ret_count, struct error *err)
{
	struct mail *mails = arena_alloc(arena, (size_t)limit * sizeof(*mails));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(
		db, db_choose(db, &claim), ARGS(arg_time(lease), arg_time(now), arg_int(limit)),
		err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		mails[count++] = (struct mail){
			.account = rows_text(rows, "account", arena),
			.id = rows_text(rows, "id", arena),
			.recipient = rows_text(rows, "recipient", arena),
			.subject = rows_text(rows, "subject", arena),
			.body_sealed = rows_bytes(rows, "body_sealed", arena),
			.created = rows_time(rows, "created_us"),
			.due = rows_time(rows, "due_us"),
			.attempts = rows_int(rows, "attempts"),
		};
	*ret_mails = mails;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static const char FINISH[] =
	"UPDATE mail SET state = CAST($1 AS BIGINT), last_error = $2, due_us = $3, "
	"body_sealed = CASE WHEN CAST($1 AS BIGINT) = 1 THEN $4 ELSE body_sealed END "
	"WHERE account = $5 AND id = $6 AND state = 0";

bool mail_finish(struct db *db, const struct mail *mail, enum mail_state state, const char *error,
		 struct error *err)
{
	const struct bytes nothing = {(const unsigned char *)"", 0};

	return db_run(db, FINISH,
		      ARGS(arg_int(state), arg_text(error), arg_time(mail->due), arg_bytes(nothing),
			   arg_text(mail->account), arg_text(mail->id)),
		      NULL, err);
}

static const char BRING_BACK[] =
	"UPDATE mail SET due_us = $1 WHERE (account, id) IN (SELECT account, id FROM mail "
	"WHERE state = 0 AND due_us > $2 ORDER BY due_us LIMIT $3)";

bool mail_bring_back(struct db *db, struct wall_time farthest, struct wall_time now, int64_t limit,
		     struct error *err)
{
	return db_run(db, BRING_BACK, ARGS(arg_time(now), arg_time(farthest), arg_int(limit)), NULL,
		      err);
}

#define SHOWN \
	"SELECT account, id, recipient, subject, created_us, due_us" TO_STORE_TIME \
	" AS due_us, attempts, state, last_error, CASE WHEN LENGTH(body_sealed) > 0 THEN 1 ELSE 0 END AS has_body FROM mail "
static const char PAGE[] = SHOWN "WHERE state = $1 AND (created_us, id) < ($2, $3) "
				 "ORDER BY created_us DESC, id DESC LIMIT $4";
static const char FIND[] = SHOWN "WHERE account = $1 AND id = $2";

static struct mail mail_shown(struct rows *rows, struct arena *arena)
{
	return (struct mail){
		.account = rows_text(rows, "account", arena),
		.id = rows_text(rows, "id", arena),
		.recipient = rows_text(rows, "recipient", arena),
		.subject = rows_text(rows, "subject", arena),
		.created = rows_time(rows, "created_us"),
		.due = rows_time(rows, "due_us"),
		.attempts = rows_int(rows, "attempts"),
		.state = (int)rows_int(rows, "state"),
		.last_error = rows_text(rows, "last_error", arena),
		.has_body = rows_bool(rows, "has_body"),
	};
}

bool mail_page(struct db *db, struct arena *arena, enum mail_state state, const struct mail *before,
	       int64_t limit, struct mail **ret_mails, size_t *ret_count, struct error *err)
{
	struct mail *mails = arena_alloc(arena, (size_t)limit * sizeof(*mails));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(
		db, PAGE,
		ARGS(arg_int(state), arg_int(before ? before->created.us : INT64_MAX),
		     arg_text(before ? before->id : ""), arg_int(limit)),
		err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		mails[count++] = mail_shown(rows, arena);
	*ret_mails = mails;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

bool mail_find(struct db *db, struct arena *arena, const char *account, const char *id,
	       struct mail *ret_mail, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, FIND, ARGS(arg_text(account), arg_text(id)),
						  err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		*ret_mail = mail_shown(rows, arena);
	return true;
}

static const char RETRY[] =
	"UPDATE mail SET state = 0, due_us = $1, attempts = 0 "
	"WHERE account = $2 AND id = $3 AND state IN (0, 2) AND LENGTH(body_sealed) > 0";
static const char CANCEL[] = "UPDATE mail SET state = 3, body_sealed = $1 "
			     "WHERE account = $2 AND id = $3 AND state IN (0, 2)";

bool mail_retry(struct db *db, const char *account, const char *id, struct wall_time now,
		bool *ret_changed, struct error *err)
{
	int64_t changed;

	if (!db_run(db, RETRY, ARGS(arg_time(now), arg_text(account), arg_text(id)), &changed, err))
		return false;
	*ret_changed = changed == 1;
	return true;
}

bool mail_cancel(struct db *db, const char *account, const char *id, bool *ret_changed,
		 struct error *err)
{
	const struct bytes nothing = {(const unsigned char *)"", 0};
	int64_t changed;

	if (!db_run(db, CANCEL, ARGS(arg_bytes(nothing), arg_text(account), arg_text(id)), &changed,
		    err))
		return false;
	*ret_changed = changed == 1;
	return true;
}

static const char NEXT_DUE[] = "SELECT COALESCE(MIN(due_us), 0) AS total FROM mail WHERE state = 0";

bool mail_next_due(struct db *db, struct wall_time *ret_due, struct error *err)
{
	return query_total(db, NEXT_DUE, NO_ARGS, &ret_due->us, err);
}
