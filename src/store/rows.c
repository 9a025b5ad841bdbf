/* rows.c – see rows.h. */
#include "store/rows.h"

#include "base/ensure.h"

bool rows_first(struct rows *rows, bool *ret_found, struct error *err)
{
	bool found = rows_next(rows, err);

	if (!found && err->code != ERROR_NONE)
		return false;
	*ret_found = found;
	return true;
}

bool query_total(struct db *db, const char *sql, const struct arg *args, size_t count,
		 int64_t *ret_total, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, sql, args, count, err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	ensure(found);
	*ret_total = rows_int(rows, "total");
	return true;
}

bool insert_new(struct db *db, const char *sql, const struct arg *args, size_t count,
		const char *what, struct error *err)
{
	int64_t changed;

	if (!db_run(db, sql, args, count, &changed, err))
		return false;
	return changed == 1 || error_set(err, ERROR_CONFLICT, "%s", what);
}

void event_from_row(struct rows *rows, struct arena *arena, struct event *ret_event)
{
	*ret_event = (struct event){
		.account = rows_text(rows, "account", arena),
		.sequence = rows_int(rows, "sequence"),
		.id = rows_text(rows, "event_id", arena),
		.type = rows_text(rows, "event_type", arena),
		.package = rows_text(rows, "package", arena),
		.session_user = rows_text(rows, "session_user_id", arena),
		.message = rows_text(rows, "message", arena),
		.document = rows_text(rows, "document", arena),
		.extra = rows_text(rows, "extra", arena),
		.created = rows_time(rows, "event_created_us"),
		.hops = rows_int(rows, "hops"),
		.expunged = rows_time(rows, "expunged_us"),
		.payload_digest = rows_bytes(rows, "payload_digest", arena),
	};
}

void endpoint_from_row(struct rows *rows, struct arena *arena, struct endpoint *ret_endpoint)
{
	*ret_endpoint = (struct endpoint){
		.account = rows_text(rows, "account", arena),
		.id = rows_text(rows, "endpoint_id", arena),
		.origin = rows_text(rows, "origin", arena),
		.name = rows_text(rows, "endpoint_name", arena),
		.package = rows_text(rows, "endpoint_package", arena),
		.url = rows_text(rows, "url", arena),
		.auth = (enum endpoint_auth)rows_int(rows, "auth"),
		.key_sealed = rows_bytes(rows, "key_sealed", arena),
		.signing_secret_sealed = rows_bytes(rows, "signing_secret_sealed", arena),
		.secrets_sealed = rows_bytes(rows, "secrets_sealed", arena),
		.custom_headers = rows_text(rows, "custom_headers", arena),
		.events = rows_text(rows, "endpoint_events", arena),
		.options = rows_text(rows, "options", arena),
		.state = (enum endpoint_state)rows_int(rows, "endpoint_state"),
		.state_reason = rows_text(rows, "state_reason", arena),
		.failing_since = rows_time(rows, "failing_since_us"),
		.warned = rows_time(rows, "warned_us"),
		.created = rows_time(rows, "endpoint_created_us"),
		.updated = rows_time(rows, "endpoint_updated_us"),
	};
}
