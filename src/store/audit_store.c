/* audit_store.c – SQL of the audit log. */
#include "store/audit_store.h"

#include "base/ensure.h"
#include "store/rows.h"

static const char MAKE_HEAD[] = "INSERT INTO audit_head (account, sequence, mac) "
				"VALUES ($1, 0, $2) ON CONFLICT DO NOTHING";
/* An UPDATE locks the row on both engines. */
static const char LOCK_HEAD[] = "UPDATE audit_head SET sequence = sequence WHERE account = $1";
static const char SELECT_HEAD[] = "SELECT sequence, mac FROM audit_head WHERE account = $1";

bool audit_head_lock(struct db *db, struct arena *arena, const char *account, int64_t *ret_sequence,
		     struct bytes *ret_mac, struct error *err)
{
	const struct bytes nothing = {(const unsigned char *)"", 0};
	bool found;

	if (!db_run(db, MAKE_HEAD, ARGS(arg_text(account), arg_bytes(nothing)), NULL, err) ||
	    !db_run(db, LOCK_HEAD, ARGS(arg_text(account)), NULL, err))
		return false;
	scoped(rows) struct rows *rows = db_query(db, SELECT_HEAD, ARGS(arg_text(account)), err);
	if (!rows || !rows_first(rows, &found, err))
		return false;
	ensure(found);
	*ret_sequence = rows_int(rows, "sequence");
	*ret_mac = rows_bytes(rows, "mac", arena);
	return true;
}

static const char INSERT_ENTRY[] =
	"INSERT INTO audit_entry (account, sequence, at_us, actor_kind, actor, address, action, "
	"target, detail, mac) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
	"ON CONFLICT DO NOTHING";
static const char MOVE_HEAD[] = "UPDATE audit_head SET sequence = $1, mac = $2 WHERE account = $3";

bool audit_append(struct db *db, const struct audit_entry *entry, struct error *err)
{
	return insert_new(db, INSERT_ENTRY,
			  ARGS(arg_text(entry->account), arg_int(entry->sequence),
			       arg_time(entry->at), arg_text(entry->actor_kind),
			       arg_text(entry->actor), arg_text(entry->address),
			       arg_text(entry->action), arg_text(entry->target),
			       arg_text(entry->detail), arg_bytes(entry->mac)),
			  "audit entry", err) &&
	       db_run(db, MOVE_HEAD,
		      ARGS(arg_int(entry->sequence), arg_bytes(entry->mac),
			   arg_text(entry->account)),
		      NULL, err);
}

#define CONDITIONS \
	" FROM audit_entry WHERE account = $1 AND sequence > $2 " \
	"AND (CAST($3 AS TEXT) IS NULL OR action = $3 OR action LIKE $3 || '.%') " \
	"AND (CAST($4 AS TEXT) IS NULL OR actor = $4) " \
	"AND (CAST($5 AS TEXT) IS NULL OR target = $5) " \
	"AND at_us >= $6 AND (CAST($7 AS BIGINT) = 0 OR at_us < $7)"
#define COLUMNS \
	"SELECT account, sequence, at_us, actor_kind, actor, address, action, target, detail, mac"
static const char COUNT_ENTRIES[] = "SELECT COUNT(*) AS total" CONDITIONS;
static const char LIST_UP[] = COLUMNS CONDITIONS " ORDER BY sequence LIMIT $8 OFFSET $9";
static const char LIST_DOWN[] = COLUMNS CONDITIONS " ORDER BY sequence DESC LIMIT $8 OFFSET $9";

static void entry_from_row(struct rows *rows, struct arena *arena, struct audit_entry *ret_entry)
{
	*ret_entry = (struct audit_entry){
		.account = rows_text(rows, "account", arena),
		.sequence = rows_int(rows, "sequence"),
		.at = rows_time(rows, "at_us"),
		.actor_kind = rows_text(rows, "actor_kind", arena),
		.actor = rows_text(rows, "actor", arena),
		.address = rows_text(rows, "address", arena),
		.action = rows_text(rows, "action", arena),
		.target = rows_text(rows, "target", arena),
		.detail = rows_text(rows, "detail", arena),
		.mac = rows_bytes(rows, "mac", arena),
	};
}

bool audit_list(struct db *db, struct arena *arena, const struct audit_filter *filter,
		struct audit_entry **ret_entries, size_t *ret_count, int64_t *ret_total,
		struct error *err)
{
	const struct arg args[] = {
		arg_text(filter->account), arg_int(filter->after),   arg_text(filter->action),
		arg_text(filter->actor),   arg_text(filter->target), arg_time(filter->from),
		arg_time(filter->to),	   arg_int(filter->limit),   arg_int(filter->offset)};
	struct audit_entry *entries = arena_alloc(arena, (size_t)filter->limit * sizeof(*entries));
	size_t count = 0;

	if (ret_total && !query_total(db, COUNT_ENTRIES, args, 7, ret_total, err))
		return false;
	scoped(rows) struct rows *rows = db_query(db, filter->descending ? LIST_DOWN : LIST_UP,
						  args, ARRAY_SIZE(args), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		entry_from_row(rows, arena, &entries[count++]);
	*ret_entries = entries;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static const char LIST_HEADS[] =
	"SELECT account FROM audit_head WHERE (CAST($1 AS TEXT) IS NULL OR account > $1) "
	"ORDER BY account LIMIT $2";

bool audit_accounts(struct db *db, struct arena *arena, const char *after, int64_t limit,
		    const char ***ret_accounts, size_t *ret_count, struct error *err)
{
	const char **accounts = arena_alloc(arena, (size_t)limit * sizeof(*accounts));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(db, LIST_HEADS,
						  ARGS(arg_text(after), arg_int(limit)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		accounts[count++] = rows_text(rows, "account", arena);
	*ret_accounts = accounts;
	*ret_count = count;
	return err->code == ERROR_NONE;
}
