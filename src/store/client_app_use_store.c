/* client_app_use_store.c – SQL of the use of client apps. */
#include "store/client_app_use_store.h"

#include <string.h>

#include "store/rows.h"

/* ---- writing ---- */

static const char NOTE_USE[] =
	"UPDATE client_app SET "
	"last_used_address = CASE WHEN last_used_us < $1 THEN $2 ELSE last_used_address END, "
	"last_used_us = CASE WHEN last_used_us < $1 THEN $1 ELSE last_used_us END, "
	"old_secret_address = CASE WHEN old_secret_used_us < $3 THEN $4 ELSE old_secret_address "
	"END, "
	"old_secret_used_us = CASE WHEN old_secret_used_us < $3 THEN $3 ELSE old_secret_used_us "
	"END, tokens_issued = tokens_issued + $5, calls = calls + $6, "
	"calls_logged = calls_logged + $7 WHERE client_id = $8";
static const char SELECT_LOGGED[] =
	"SELECT account, calls_logged FROM client_app WHERE client_id = $1";

static bool app_update(struct db *db, struct arena *arena, const struct client_app_use *use,
		       const char **ret_account, int64_t *ret_logged, bool *ret_found,
		       struct error *err)
{
	if (!db_run(db, NOTE_USE,
		    ARGS(arg_time(use->last_used), arg_text(use->last_used_address),
			 arg_time(use->old_secret_used), arg_text(use->old_secret_address),
			 arg_int(use->counts.tokens), arg_int(use->let_in),
			 arg_int((int64_t)use->call_count), arg_text(use->client_id)),
		    NULL, err))
		return false;
	scoped(rows) struct rows *rows = db_query(db, SELECT_LOGGED, ARGS(arg_text(use->client_id)),
						  err);
	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found) {
		*ret_account = rows_text(rows, "account", arena);
		*ret_logged = rows_int(rows, "calls_logged");
	}
	return true;
}

static const char ADD_COUNTS[] =
	"INSERT INTO client_app_use (account, span, client_id, start_us, successful, redirection, "
	"client_error, server_error, tokens, not_logged) "
	"VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) "
	"ON CONFLICT (account, span, client_id, start_us) DO UPDATE SET "
	"successful = client_app_use.successful + excluded.successful, "
	"redirection = client_app_use.redirection + excluded.redirection, "
	"client_error = client_app_use.client_error + excluded.client_error, "
	"server_error = client_app_use.server_error + excluded.server_error, "
	"tokens = client_app_use.tokens + excluded.tokens, "
	"not_logged = client_app_use.not_logged + excluded.not_logged";

static bool counts_add(struct db *db, const char *account, const struct client_app_use *use,
		       enum use_span span, struct error *err)
{
	const struct app_counts *counts = &use->counts;
	int64_t start_us = use->counted.us - use->counted.us % USE_SPAN_US(span);

	return db_run(db, ADD_COUNTS,
		      ARGS(arg_text(account), arg_int(span), arg_text(use->client_id),
			   arg_int(start_us), arg_int(counts->calls[STATUS_2XX]),
			   arg_int(counts->calls[STATUS_3XX]), arg_int(counts->calls[STATUS_4XX]),
			   arg_int(counts->calls[STATUS_5XX]), arg_int(counts->tokens),
			   arg_int(counts->not_logged)),
		      NULL, err);
}

#define INSERT_CALLS_INTO \
	"INSERT INTO client_app_call (account, client_id, number, at_us, method, route, status, " \
	"duration_us, address, request) VALUES "
static const char INSERT_CALL[] = INSERT_CALLS_INTO "($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
/* PostgreSQL may be far away: what floods comes in threes, as many as a statement has room for. */
#define CALLS_AT_ONCE 3
static const char INSERT_CALLS[] = INSERT_CALLS_INTO
	"($1, $2, $3, $4, $5, $6, $7, $8, $9, $10), "
	"($1, $2, $11, $12, $13, $14, $15, $16, $17, $18), "
	"($1, $2, $19, $20, $21, $22, $23, $24, $25, $26)";
static const char DELETE_OLDER[] = "DELETE FROM client_app_call WHERE account = $1 "
				   "AND client_id = $2 AND number <= $3";

#define CALL_ARGS 8
static void call_bind(struct arg args[CALL_ARGS], int64_t number, const struct app_call *call)
{
	const struct arg values[CALL_ARGS] = {arg_int(number),	       arg_time(call->at),
					      arg_text(call->method),  arg_text(call->route),
					      arg_int(call->status),   arg_int(call->duration.us),
					      arg_text(call->address), arg_int(call->request)};

	memcpy(args, values, sizeof(values));
}

/* `number`: of the first. */
static bool calls_insert(struct db *db, const char *account, const char *client_id, int64_t number,
			 const struct app_call *calls, size_t count, struct error *err)
{
	struct arg args[2 + CALLS_AT_ONCE * CALL_ARGS] = {arg_text(account), arg_text(client_id)};

	for (size_t at = 0, step; at < count; at += step) {
		step = count - at >= CALLS_AT_ONCE ? CALLS_AT_ONCE : 1;
		for (size_t i = 0; i < step; i++)
			call_bind(&args[2 + i * CALL_ARGS], number + (int64_t)(at + i),
				  &calls[at + i]);
		if (!db_run(db, step == 1 ? INSERT_CALL : INSERT_CALLS, args, 2 + step * CALL_ARGS,
			    NULL, err))
			return false;
	}
	return true;
}

/* `logged`: of the app in all, these among them. */
static bool calls_append(struct db *db, const char *account, const struct client_app_use *use,
			 int64_t logged, int64_t kept, struct error *err)
{
	size_t count = use->call_count, skipped = count > (size_t)kept ? count - (size_t)kept : 0;
	int64_t number = logged - (int64_t)(count - skipped) + 1;

	if (!calls_insert(db, account, use->client_id, number, &use->calls[skipped],
			  count - skipped, err))
		return false;
	return count == 0 || logged <= kept ||
	       db_run(db, DELETE_OLDER,
		      ARGS(arg_text(account), arg_text(use->client_id), arg_int(logged - kept)),
		      NULL, err);
}

bool client_app_note_use(struct db *db, const struct client_app_use *use, int64_t calls_kept,
			 struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *account = "";
	int64_t logged = 0;
	bool found;

	if (!app_update(db, arena, use, &account, &logged, &found, err))
		return false;
	return !found || (counts_add(db, account, use, USE_HOURS, err) &&
			  counts_add(db, account, use, USE_DAYS, err) &&
			  calls_append(db, account, use, logged, calls_kept, err));
}

/* ---- reading ---- */

#define USE_COLUMNS \
	"SELECT client_id, start_us, successful, redirection, client_error, server_error, " \
	"tokens, not_logged FROM client_app_use WHERE account = $1 AND span = $2 "
static const char LIST_USE_OF_ALL[] = USE_COLUMNS
	"AND start_us >= $3 AND client_id IN "
	"(SELECT client_id FROM client_app WHERE account = $1 AND revoked_us = 0) "
	"ORDER BY client_id, start_us LIMIT $4";
static const char LIST_USE_OF_ONE[] = USE_COLUMNS
	"AND start_us >= $3 AND client_id = $4 ORDER BY start_us LIMIT $5";

static void use_from_row(struct rows *rows, struct arena *arena, struct app_use_row *ret_row)
{
	*ret_row = (struct app_use_row){
		.client_id = rows_text(rows, "client_id", arena),
		.start = rows_time(rows, "start_us"),
		.counts = {.calls = {[STATUS_2XX] = rows_int(rows, "successful"),
				     [STATUS_3XX] = rows_int(rows, "redirection"),
				     [STATUS_4XX] = rows_int(rows, "client_error"),
				     [STATUS_5XX] = rows_int(rows, "server_error")},
			   .tokens = rows_int(rows, "tokens"),
			   .not_logged = rows_int(rows, "not_logged")},
	};
}

/* Most accounts have few: room for `limit` would cost more than the answer. */
static struct app_use_row *more_rows(struct arena *arena, const struct app_use_row *list,
				     size_t count, size_t *room)
{
	*room = count ? 2 * count : 64;
	struct app_use_row *more = arena_alloc(arena, *room * sizeof(*more));
	if (count)
		memcpy(more, list, count * sizeof(*more));
	return more;
}

bool client_app_use_list(struct db *db, struct arena *arena, const char *account,
			 const char *client_id, enum use_span span, struct wall_time since,
			 int64_t limit, struct app_use_row **ret_rows, size_t *ret_count,
			 struct error *err)
{
	const struct arg of_all[] = {arg_text(account), arg_int(span), arg_time(since),
				     arg_int(limit)};
	const struct arg of_one[] = {arg_text(account), arg_int(span), arg_time(since),
				     arg_text(client_id), arg_int(limit)};
	struct app_use_row *list = NULL;
	size_t count = 0, room = 0;

	scoped(rows) struct rows *rows = client_id ? db_query(db, LIST_USE_OF_ONE, of_one,
							      ARRAY_SIZE(of_one), err)
						   : db_query(db, LIST_USE_OF_ALL, of_all,
							      ARRAY_SIZE(of_all), err);
	if (!rows)
		return false;
	while (rows_next(rows, err)) {
		if (count == room)
			list = more_rows(arena, list, count, &room);
		use_from_row(rows, arena, &list[count++]);
	}
	*ret_rows = list;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

#define CALL_CONDITIONS \
	" FROM client_app_call WHERE account = $1 AND client_id = $2 AND at_us >= $3 " \
	"AND (CAST($4 AS BIGINT) = 0 OR at_us < $4) AND status >= $5 AND status <= $6 " \
	"AND (CAST($7 AS TEXT) IS NULL OR method = $7)"
static const char COUNT_CALLS[] = "SELECT COUNT(*) AS total" CALL_CONDITIONS;
static const char LIST_CALLS[] =
	"SELECT number, at_us, method, route, status, duration_us, address, request" CALL_CONDITIONS
	" ORDER BY number DESC LIMIT $8 OFFSET $9";

static void call_from_row(struct rows *rows, struct arena *arena, struct app_call *ret_call)
{
	*ret_call = (struct app_call){
		.number = rows_int(rows, "number"),
		.at = rows_time(rows, "at_us"),
		.method = rows_text(rows, "method", arena),
		.route = rows_text(rows, "route", arena),
		.status = rows_int(rows, "status"),
		.duration = duration_us(rows_int(rows, "duration_us")),
		.address = rows_text(rows, "address", arena),
		.request = rows_int(rows, "request"),
	};
}

bool client_app_calls_list(struct db *db, struct arena *arena, const struct app_call_filter *filter,
			   struct app_call **ret_calls, size_t *ret_count, int64_t *ret_total,
			   struct error *err)
{
	const struct arg args[] = {
		arg_text(filter->account), arg_text(filter->client_id), arg_time(filter->since),
		arg_time(filter->until),   arg_int(filter->status_min), arg_int(filter->status_max),
		arg_text(filter->method),  arg_int(filter->limit),	arg_int(filter->offset)};
	struct app_call *calls = arena_alloc(arena, (size_t)filter->limit * sizeof(*calls));
	size_t count = 0;

	if (ret_total && !query_total(db, COUNT_CALLS, args, 7, ret_total, err))
		return false;
	scoped(rows) struct rows *rows = db_query(db, LIST_CALLS, args, ARRAY_SIZE(args), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		call_from_row(rows, arena, &calls[count++]);
	*ret_calls = calls;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

/* ---- forgetting ---- */

static const char PRUNE_USE[] =
	"DELETE FROM client_app_use WHERE (account, span, client_id, start_us) IN "
	"(SELECT account, span, client_id, start_us FROM client_app_use WHERE start_us < $1 "
	"ORDER BY start_us LIMIT $2)";
static const char PRUNE_CALLS[] =
	"DELETE FROM client_app_call WHERE (account, client_id, number) IN "
	"(SELECT account, client_id, number FROM client_app_call WHERE at_us < $1 "
	"ORDER BY at_us LIMIT $2)";

bool client_app_use_prune(struct db *db, struct wall_time cutoff, int64_t limit,
			  int64_t *ret_removed, struct error *err)
{
	int64_t counts, calls;

	if (!db_run(db, PRUNE_USE, ARGS(arg_time(cutoff), arg_int(limit)), &counts, err) ||
	    !db_run(db, PRUNE_CALLS, ARGS(arg_time(cutoff), arg_int(limit)), &calls, err))
		return false;
	*ret_removed = counts > calls ? counts : calls;
	return true;
}
