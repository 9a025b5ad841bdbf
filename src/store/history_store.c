/* history_store.c – SQL of the configuration's history. */
#include "store/history_store.h"

#include "store/rows.h"

static const char LAST[] =
	"SELECT COALESCE(MAX(sequence), 0) AS total FROM audit_head WHERE account = $1";

bool audit_last(struct db *db, const char *account, int64_t *ret_sequence, struct error *err)
{
	return query_total(db, LAST, ARGS(arg_text(account)), ret_sequence, err);
}

static const char INSERT[] =
	"INSERT INTO configuration_change (account, sequence, kind, subject, change_sealed) "
	"VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";

bool configuration_change_insert(struct db *db, const struct configuration_change *change,
				 struct error *err)
{
	return insert_new(db, INSERT,
			  ARGS(arg_text(change->account), arg_int(change->sequence),
			       arg_int(change->kind), arg_text(change->subject),
			       arg_bytes(change->change_sealed)),
			  "configuration change", err);
}

static const char FIND[] =
	"SELECT change.kind AS kind, change.subject AS subject, "
	"change.change_sealed AS change_sealed, entry.at_us AS at_us, "
	"entry.actor_kind AS actor_kind, entry.actor AS actor, entry.address AS address, "
	"entry.action AS action, entry.target AS target, entry.detail AS detail "
	"FROM configuration_change AS change JOIN audit_entry AS entry "
	"ON entry.account = change.account AND entry.sequence = change.sequence "
	"WHERE change.account = $1 AND change.sequence = $2";

bool configuration_change_find(struct db *db, struct arena *arena, const char *account,
			       int64_t sequence, struct configuration_change *ret_change,
			       struct audit_entry *ret_entry, bool *ret_found, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, FIND,
						  ARGS(arg_text(account), arg_int(sequence)), err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (!*ret_found)
		return true;
	*ret_change = (struct configuration_change){
		.account = account,
		.sequence = sequence,
		.kind = (int)rows_int(rows, "kind"),
		.subject = rows_text(rows, "subject", arena),
		.change_sealed = rows_bytes(rows, "change_sealed", arena),
	};
	*ret_entry = (struct audit_entry){
		.account = account,
		.sequence = sequence,
		.at = rows_time(rows, "at_us"),
		.actor_kind = rows_text(rows, "actor_kind", arena),
		.actor = rows_text(rows, "actor", arena),
		.address = rows_text(rows, "address", arena),
		.action = rows_text(rows, "action", arena),
		.target = rows_text(rows, "target", arena),
		.detail = rows_text(rows, "detail", arena),
	};
	return true;
}

/* One statement for each way to look, so that both engines use the index that fits. */
static const char LIST_KIND[] = "SELECT sequence FROM configuration_change WHERE account = $1 "
				"AND kind = $2 AND sequence < $3 ORDER BY sequence DESC LIMIT $4";
static const char LIST_SUBJECT[] =
	"SELECT sequence FROM configuration_change WHERE account = $1 AND kind = $2 "
	"AND sequence < $3 AND subject = $4 ORDER BY sequence DESC LIMIT $5";

bool configuration_change_list(struct db *db, const char *account, int kind, const char *subject,
			       int64_t before, int64_t limit, int64_t *ret_sequences,
			       size_t *ret_count, struct error *err)
{
	const int64_t below = before ? before : INT64_MAX;
	scoped(rows) struct rows *rows = subject ? db_query(db, LIST_SUBJECT,
							    ARGS(arg_text(account), arg_int(kind),
								 arg_int(below), arg_text(subject),
								 arg_int(limit)),
							    err)
						 : db_query(db, LIST_KIND,
							    ARGS(arg_text(account), arg_int(kind),
								 arg_int(below), arg_int(limit)),
							    err);

	if (!rows)
		return false;
	*ret_count = 0;
	while (rows_next(rows, err))
		ret_sequences[(*ret_count)++] = rows_int(rows, "sequence");
	return err->code == ERROR_NONE;
}
