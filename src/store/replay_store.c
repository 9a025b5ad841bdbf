/* replay_store.c – SQL of replays, and of the search for what they replay. */
#include "store/replay_store.h"

#include <string.h>

#include "base/ensure.h"
#include "store/rows.h"

#define SEARCH \
	"FROM event WHERE event.account = $1 AND event.sequence > $2 AND event.sequence <= $3 " \
	"AND event.expunged_us = 0 " \
	"AND (CAST($4 AS TEXT) = '' OR event.package = $4) " \
	"AND (CAST($5 AS TEXT) = '' OR CAST($5 AS TEXT) LIKE '%,' || event.type || ',%') " \
	"AND event.created_us >= CAST($6 AS BIGINT) " \
	"AND (CAST($7 AS BIGINT) = 0 OR event.created_us < $7) " \
	"AND (CAST($8 AS TEXT) = '' OR NOT EXISTS (SELECT 1 FROM delivery " \
	"WHERE delivery.account = $1 AND delivery.sequence = event.sequence " \
	"AND delivery.endpoint = $8 AND delivery.state = 1))"
static const char COUNT[] = "SELECT COUNT(*) AS total " SEARCH;
static const char LIST[] = "SELECT " EVENT_COLUMNS " " SEARCH " ORDER BY event.sequence LIMIT $9";

#define SEARCH_ARGS(search) \
	arg_text((search)->account), arg_int((search)->after), arg_int((search)->through), \
		arg_text((search)->package), arg_text((search)->types), arg_time((search)->since), \
		arg_time((search)->until), arg_text((search)->not_delivered_to)

bool event_search_count(struct db *db, const struct event_search *search, int64_t *ret_count,
			struct error *err)
{
	return query_total(db, COUNT, ARGS(SEARCH_ARGS(search)), ret_count, err);
}

bool event_search_list(struct db *db, struct arena *arena, const struct event_search *search,
		       int64_t limit, struct event **ret_events, size_t *ret_count,
		       struct error *err)
{
	struct event *events = arena_alloc(arena, (size_t)limit * sizeof(*events));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(db, LIST,
						  ARGS(SEARCH_ARGS(search), arg_int(limit)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		event_from_row(rows, arena, &events[count++]);
	*ret_events = events;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

#define COLUMNS \
	"account, id, endpoint, filter, rate, state, cursor, last, matching, queued, created_by, " \
	"created_us, updated_us, next_us, action, cursor_endpoint, skipped"
#define RUNS "state IN ('RUNNING', 'WORKING')" /* as in the index replay_running */

static const char *state_shown(const char *state)
{
	return strcmp(state, "WORKING") == 0 ? "RUNNING" : state;
}

static const char *state_kept(const struct replay *replay)
{
	return *replay->action && strcmp(replay->state, "RUNNING") == 0 ? "WORKING" : replay->state;
}

static void replay_from_row(struct rows *rows, struct arena *arena, struct replay *ret_replay)
{
	*ret_replay = (struct replay){
		.account = rows_text(rows, "account", arena),
		.id = rows_text(rows, "id", arena),
		.endpoint = rows_text(rows, "endpoint", arena),
		.filter = rows_text(rows, "filter", arena),
		.rate = rows_int(rows, "rate"),
		.state = state_shown(rows_text(rows, "state", arena)),
		.cursor = rows_int(rows, "cursor"),
		.last = rows_int(rows, "last"),
		.matching = rows_int(rows, "matching"),
		.queued = rows_int(rows, "queued"),
		.created_by = rows_text(rows, "created_by", arena),
		.created = rows_time(rows, "created_us"),
		.updated = rows_time(rows, "updated_us"),
		.next = rows_time(rows, "next_us"),
		.action = rows_text(rows, "action", arena),
		.cursor_endpoint = rows_text(rows, "cursor_endpoint", arena),
		.skipped = rows_int(rows, "skipped"),
	};
}

static const char INSERT[] =
	"INSERT INTO replay (" COLUMNS
	") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";

bool replay_insert(struct db *db, const struct replay *replay, struct error *err)
{
	return db_run(
		db, INSERT,
		ARGS(arg_text(replay->account), arg_text(replay->id), arg_text(replay->endpoint),
		     arg_text(replay->filter), arg_int(replay->rate), arg_text(state_kept(replay)),
		     arg_int(replay->cursor), arg_int(replay->last), arg_int(replay->matching),
		     arg_int(replay->queued), arg_text(replay->created_by),
		     arg_time(replay->created), arg_time(replay->updated), arg_time(replay->next),
		     arg_text(replay->action), arg_text(replay->cursor_endpoint),
		     arg_int(replay->skipped)),
		NULL, err);
}

static bool one_read(struct db *db, struct arena *arena, const char *sql, const struct arg *args,
		     size_t arg_count, struct replay *ret_replay, bool *ret_found,
		     struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, sql, args, arg_count, err);

	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		replay_from_row(rows, arena, ret_replay);
	return true;
}

static const char FIND[] = "SELECT " COLUMNS " FROM replay WHERE account = $1 AND id = $2";

bool replay_find(struct db *db, struct arena *arena, const char *account, const char *id,
		 struct replay *ret_replay, bool *ret_found, struct error *err)
{
	return one_read(db, arena, FIND, ARGS(arg_text(account), arg_text(id)), ret_replay,
			ret_found, err);
}

static const char COUNT_ALL[] = "SELECT COUNT(*) AS total FROM replay WHERE account = $1";
static const char LIST_ALL[] = "SELECT " COLUMNS " FROM replay WHERE account = $1 "
			       "ORDER BY created_us DESC, id LIMIT $2 OFFSET $3";

bool replay_list(struct db *db, struct arena *arena, const char *account, int64_t offset,
		 int64_t limit, struct replay **ret_replays, size_t *ret_count, int64_t *ret_total,
		 struct error *err)
{
	struct replay *replays = arena_alloc(arena, (size_t)limit * sizeof(*replays));
	size_t count = 0;

	if (!query_total(db, COUNT_ALL, ARGS(arg_text(account)), ret_total, err))
		return false;
	scoped(rows) struct rows *rows = db_query(
		db, LIST_ALL, ARGS(arg_text(account), arg_int(limit), arg_int(offset)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		replay_from_row(rows, arena, &replays[count++]);
	*ret_replays = replays;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

#define TAKE_DUE \
	"SELECT " COLUMNS " FROM replay WHERE " RUNS " AND next_us <= $1 " \
	"ORDER BY next_us LIMIT 1"
static const struct sql_pair take_due = SQL_SKIP_LOCKED(TAKE_DUE);

bool replay_take_due(struct db *db, struct arena *arena, struct wall_time now,
		     struct replay *ret_replay, bool *ret_found, struct error *err)
{
	return one_read(db, arena, db_choose(db, &take_due), ARGS(arg_time(now)), ret_replay,
			ret_found, err);
}

static const char SAVE[] =
	"UPDATE replay SET state = $3, cursor = $4, queued = $5, updated_us = $6, next_us = $7, "
	"cursor_endpoint = $8, skipped = $9 WHERE account = $1 AND id = $2";

bool replay_save(struct db *db, const struct replay *replay, struct error *err)
{
	return db_run(db, SAVE,
		      ARGS(arg_text(replay->account), arg_text(replay->id),
			   arg_text(state_kept(replay)), arg_int(replay->cursor),
			   arg_int(replay->queued), arg_time(replay->updated),
			   arg_time(replay->next), arg_text(replay->cursor_endpoint),
			   arg_int(replay->skipped)),
		      NULL, err);
}

static const char FIND_BULK[] = "SELECT " COLUMNS " FROM replay WHERE account = $1 AND " RUNS
				" AND action <> '' LIMIT 1";

bool replay_find_bulk(struct db *db, struct arena *arena, const char *account,
		      struct replay *ret_replay, bool *ret_found, struct error *err)
{
	return one_read(db, arena, FIND_BULK, ARGS(arg_text(account)), ret_replay, ret_found, err);
}

static const char CANCEL[] = "UPDATE replay SET state = 'CANCELLED', updated_us = $3 "
			     "WHERE account = $1 AND id = $2 AND " RUNS;

bool replay_cancel(struct db *db, const char *account, const char *id, struct wall_time now,
		   bool *ret_cancelled, struct error *err)
{
	int64_t changed;

	if (!db_run(db, CANCEL, ARGS(arg_text(account), arg_text(id), arg_time(now)), &changed,
		    err))
		return false;
	*ret_cancelled = changed == 1;
	return true;
}

static const char BRING_BACK[] = "UPDATE replay SET next_us = $1 WHERE " RUNS " AND next_us > $2";

bool replay_bring_back(struct db *db, struct wall_time farthest, struct wall_time now,
		       struct error *err)
{
	return db_run(db, BRING_BACK, ARGS(arg_time(now), arg_time(farthest)), NULL, err);
}

static const char NEXT_DUE[] = "SELECT MIN(next_us) AS next_us FROM replay WHERE " RUNS;

bool replay_next_due(struct db *db, struct wall_time *ret_due, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, NEXT_DUE, NO_ARGS, err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	ensure(found);
	*ret_due = rows_time(rows, "next_us");
	return true;
}
