/* leak_store.c – SQL of leak reports and operator credentials. */
#include "store/leak_store.h"

#include "store/rows.h"

static const char INSERT_REPORT[] =
	"INSERT INTO leak_report (account, fingerprint, url, kind, subject, source, reporter, "
	"action, reported_us) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";

bool leak_report_insert(struct db *db, const struct leak_report *report, bool *ret_first,
			struct error *err)
{
	int64_t changed;

	if (!db_run(db, INSERT_REPORT,
		    ARGS(arg_text(report->account), arg_bytes(report->fingerprint),
			 arg_text(report->url), arg_text(report->kind), arg_text(report->subject),
			 arg_text(report->source), arg_text(report->reporter),
			 arg_text(report->action), arg_time(report->reported)),
		    &changed, err))
		return false;
	*ret_first = changed == 1;
	return true;
}

static const char COUNT_REPORTS[] = "SELECT COUNT(*) AS total FROM leak_report WHERE account = $1";
static const char LIST_REPORTS[] =
	"SELECT account, fingerprint, url, kind, subject, source, reporter, action, reported_us "
	"FROM leak_report WHERE account = $1 ORDER BY reported_us DESC, url LIMIT $2 OFFSET $3";

bool leak_report_list(struct db *db, struct arena *arena, const char *account, int64_t offset,
		      int64_t limit, struct leak_report **ret_reports, size_t *ret_count,
		      int64_t *ret_total, struct error *err)
{
	struct leak_report *reports = arena_alloc(arena, (size_t)limit * sizeof(*reports));
	size_t count = 0;

	if (!query_total(db, COUNT_REPORTS, ARGS(arg_text(account)), ret_total, err))
		return false;
	scoped(rows) struct rows *rows = db_query(
		db, LIST_REPORTS, ARGS(arg_text(account), arg_int(limit), arg_int(offset)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		reports[count++] = (struct leak_report){
			.account = rows_text(rows, "account", arena),
			.fingerprint = rows_bytes(rows, "fingerprint", arena),
			.url = rows_text(rows, "url", arena),
			.kind = rows_text(rows, "kind", arena),
			.subject = rows_text(rows, "subject", arena),
			.source = rows_text(rows, "source", arena),
			.reporter = rows_text(rows, "reporter", arena),
			.action = rows_text(rows, "action", arena),
			.reported = rows_time(rows, "reported_us"),
		};
	*ret_reports = reports;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static const char INSERT_CREDENTIAL[] =
	"INSERT INTO operator_credential (id, name, secret_hash, created_us, manages) "
	"VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";

bool operator_credential_insert(struct db *db, const struct operator_credential *credential,
				struct error *err)
{
	return insert_new(db, INSERT_CREDENTIAL,
			  ARGS(arg_text(credential->id), arg_text(credential->name),
			       arg_bytes(credential->secret_hash), arg_time(credential->created),
			       arg_bool(credential->manages)),
			  "operator credential", err);
}

static void credential_from_row(struct rows *rows, struct arena *arena,
				struct operator_credential *ret_credential)
{
	*ret_credential = (struct operator_credential){
		.id = rows_text(rows, "id", arena),
		.name = rows_text(rows, "name", arena),
		.secret_hash = rows_bytes(rows, "secret_hash", arena),
		.created = rows_time(rows, "created_us"),
		.manages = rows_bool(rows, "manages"),
	};
}

static const char SELECT_CREDENTIAL[] = "SELECT id, name, secret_hash, created_us, manages "
					"FROM operator_credential WHERE secret_hash = $1";

bool operator_credential_find(struct db *db, struct arena *arena, struct bytes hash,
			      struct operator_credential *ret_credential, bool *ret_found,
			      struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, SELECT_CREDENTIAL, ARGS(arg_bytes(hash)),
						  err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		credential_from_row(rows, arena, ret_credential);
	return true;
}

static const char LIST_CREDENTIALS[] = "SELECT id, name, secret_hash, created_us, manages "
				       "FROM operator_credential ORDER BY created_us, id LIMIT $1";

bool operator_credential_list(struct db *db, struct arena *arena,
			      struct operator_credential **ret_credentials, size_t *ret_count,
			      struct error *err)
{
	struct operator_credential *list = arena_alloc(arena,
						       OPERATOR_CREDENTIALS_MAX * sizeof(*list));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(db, LIST_CREDENTIALS,
						  ARGS(arg_int(OPERATOR_CREDENTIALS_MAX)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		credential_from_row(rows, arena, &list[count++]);
	*ret_credentials = list;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static const char DELETE_CREDENTIAL[] = "DELETE FROM operator_credential WHERE id = $1";
static const char DELETE_SESSIONS[] = "DELETE FROM operator_session WHERE credential = $1";

bool operator_credential_delete(struct db *db, const char *id, bool *ret_found, struct error *err)
{
	int64_t changed;

	if (!db_run(db, DELETE_SESSIONS, ARGS(arg_text(id)), NULL, err) ||
	    !db_run(db, DELETE_CREDENTIAL, ARGS(arg_text(id)), &changed, err))
		return false;
	*ret_found = changed == 1;
	return true;
}
