/* tally_store.c – see tally_store.h. */
#include "store/tally_store.h"

#include <string.h>

#include "base/ensure.h"
#include "store/rows.h"

#define SECOND_US 1000000
#define MINUTE_US (60 * INT64_C(SECOND_US))
#define DAY_S 86400

const struct tally_kind tally_kinds[TALLY_LENGTH_COUNT] = {
	[TALLY_MINUTE] = {60, 3 * 3600},
	[TALLY_TEN_MINUTES] = {600, 2 * DAY_S},
	[TALLY_TWO_HOURS] = {7200, 31 * DAY_S},
};

static struct arg start_of(struct wall_time at, int length)
{
	return arg_int(at.us - at.us % (tally_kinds[length].length_s * SECOND_US));
}

/* ---- counters ---- */

static const char READ_COUNTS[] = "SELECT counts FROM tally WHERE account = $1 AND endpoint = $2 "
				  "AND length_s = $3 AND start_us = $4 AND node = $5";
static const char WRITE_COUNTS[] =
	"INSERT INTO tally (account, endpoint, length_s, start_us, node, counts) "
	"SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS BIGINT), CAST($4 AS BIGINT), "
	"CAST($5 AS TEXT), CAST($6 AS TEXT) WHERE CAST($2 AS TEXT) = '' OR EXISTS (SELECT 1 "
	"FROM endpoint WHERE endpoint.account = $1 AND endpoint.id = $2 AND endpoint.state <> 3) "
	"ON CONFLICT (account, endpoint, length_s, start_us, node) "
	"DO UPDATE SET counts = excluded.counts";

static bool counts_add_to_row(struct db *db, const struct tally_part *part, int length,
			      struct error *err)
{
	const struct arg account = arg_text(part->account), endpoint = arg_text(part->endpoint);
	const struct arg length_s = arg_int(tally_kinds[length].length_s);
	const struct arg start = start_of(part->at, length), node = arg_text(part->node);
	struct counts sum = {0};

	scoped(arena) struct arena *arena = arena_new();
	{
		scoped(rows) struct rows *rows = db_query(
			db, READ_COUNTS, ARGS(account, endpoint, length_s, start, node), err);
		bool found;
		if (!rows || !rows_first(rows, &found, err))
			return false;
		if (found)
			counts_read(&sum, rows_text(rows, "counts", arena));
	}
	counts_merge(&sum, part->counts);
	const char *text = counts_write(&sum, arena);
	counts_done(&sum);
	return db_run(db, WRITE_COUNTS,
		      ARGS(account, endpoint, length_s, start, node, arg_text(text)), NULL, err);
}

bool tally_add(struct db *db, const struct tally_part *part, struct error *err)
{
	for (int length = 0; length < TALLY_LENGTH_COUNT; length++) {
		if (!counts_add_to_row(db, part, length, err))
			return error_wrap(err, "adding to statistics");
	}
	return true;
}

int tally_part_compare(const struct tally_part *a, const struct tally_part *b)
{
	int order = strcmp(a->account, b->account);

	if (order == 0)
		order = strcmp(a->endpoint, b->endpoint);
	return order ? order : (a->at.us > b->at.us) - (a->at.us < b->at.us);
}

/* ---- samples of queues ---- */

#define GREATER(column) \
	column " = CASE WHEN excluded." column " > tally." column " THEN excluded." column \
	       " ELSE tally." column " END"
static const char NOTE_QUEUE[] =
	"INSERT INTO tally (account, endpoint, length_s, start_us, node, counts, pending, "
	"oldest_s) VALUES ($1, $2, $3, $4, 'queue', '', $5, $6) "
	"ON CONFLICT (account, endpoint, length_s, start_us, node) "
	"DO UPDATE SET " GREATER("pending") ", " GREATER("oldest_s");

bool tally_note_queue(struct db *db, const struct tally_sample *sample, struct wall_time at,
		      struct error *err)
{
	for (int length = 0; length < TALLY_LENGTH_COUNT; length++) {
		if (!db_run(db, NOTE_QUEUE,
			    ARGS(arg_text(sample->account), arg_text(sample->endpoint),
				 arg_int(tally_kinds[length].length_s), start_of(at, length),
				 arg_int(sample->pending), arg_int(sample->oldest_s)),
			    NULL, err))
			return error_wrap(err, "sampling a queue");
	}
	return true;
}

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)
/* The index delivery_pending has all of it but when an event was created: of those that were put
 * into the queue with their event, the first is the oldest. */
#define PENDING_OF(what) \
	"(SELECT " what " FROM delivery WHERE delivery.account = endpoint.account " \
	"AND delivery.endpoint = endpoint.id AND delivery.state = 0"
#define CREATED_OF_FIRST \
	"(SELECT event.created_us - (SELECT steps_us FROM clock) FROM event " \
	"WHERE event.account = endpoint.account AND event.sequence = " PENDING_OF( \
		"MIN(delivery.sequence)") " AND delivery.queued_us = 0))"
static const char LIST_QUEUES[] =
	"SELECT endpoint.account AS account, endpoint.id AS id, "
	"(SELECT COUNT(*) FROM (SELECT 1 FROM delivery WHERE delivery.account = endpoint.account "
	"AND delivery.endpoint = endpoint.id AND delivery.state = 0 "
	"LIMIT " TEXT(TALLY_PENDING_MAX) ") AS seen) AS pending, " PENDING_OF(
		"MIN(delivery.queued_us)") " AND delivery.queued_us > 0) AS queued_us, " CREATED_OF_FIRST
					   " AS created_us "
					   "FROM endpoint WHERE (endpoint.account > $1 OR (endpoint.account = $1 "
					   "AND endpoint.id > $2)) AND endpoint.state < 2 AND EXISTS " PENDING_OF(
						   "1") ") ORDER BY endpoint.account, endpoint.id LIMIT $3";

static int64_t age_s(struct rows *rows, const char *column, struct wall_time now)
{
	if (rows_is_null(rows, column))
		return 0;
	int64_t age_us = wall_since(now, rows_time(rows, column)).us;
	return age_us > 0 ? age_us / SECOND_US : 0;
}

bool tally_list_queues(struct db *db, struct arena *arena, const char *after_account,
		       const char *after_endpoint, struct wall_time queue_now, size_t limit,
		       struct tally_sample *ret_samples, size_t *ret_count, struct error *err)
{
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(
		db, LIST_QUEUES,
		ARGS(arg_text(after_account), arg_text(after_endpoint), arg_int((int64_t)limit)),
		err);
	if (!rows)
		return false;
	while (rows_next(rows, err)) {
		int64_t queued = age_s(rows, "queued_us", queue_now);
		int64_t created = age_s(rows, "created_us", queue_now);
		ret_samples[count++] = (struct tally_sample){
			.account = rows_text(rows, "account", arena),
			.endpoint = rows_text(rows, "id", arena),
			.pending = rows_int(rows, "pending"),
			.oldest_s = queued > created ? queued : created,
		};
	}
	*ret_count = count;
	return err->code == ERROR_NONE;
}

/* ---- reading ---- */

static const char LIST[] = "SELECT start_us, counts, pending, oldest_s FROM tally "
			   "WHERE account = $1 AND endpoint = $2 AND length_s = $3 "
			   "AND start_us >= $4 AND start_us < $5 ORDER BY start_us LIMIT $6";

bool tally_list(struct db *db, struct arena *arena, const char *account, const char *endpoint,
		enum tally_length length, struct wall_time since, struct wall_time until,
		size_t limit, struct tally_row **ret_rows, size_t *ret_count, struct error *err)
{
	struct tally_row *list = arena_alloc(arena, limit * sizeof(*list));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(
		db, LIST,
		ARGS(arg_text(account), arg_text(endpoint), arg_int(tally_kinds[length].length_s),
		     arg_time(since), arg_time(until), arg_int((int64_t)limit)),
		err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		list[count++] = (struct tally_row){
			rows_time(rows, "start_us"), rows_text(rows, "counts", arena),
			rows_int(rows, "pending"), rows_int(rows, "oldest_s")};
	*ret_rows = list;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

/* ---- removing ---- */

static const char FORGET[] = "DELETE FROM tally WHERE account = $1 AND endpoint = $2";
static const char PRUNE[] =
	"WITH old AS MATERIALIZED (SELECT account, endpoint, start_us, node FROM tally "
	"WHERE length_s = $1 AND start_us < $2 ORDER BY start_us LIMIT $3) "
	"DELETE FROM tally WHERE length_s = $1 AND (account, endpoint, start_us, node) IN "
	"(SELECT account, endpoint, start_us, node FROM old)";

bool tally_forget(struct db *db, const char *account, const char *endpoint, struct error *err)
{
	return db_run(db, FORGET, ARGS(arg_text(account), arg_text(endpoint)), NULL, err);
}

bool tally_prune(struct db *db, enum tally_length length, struct wall_time now, int64_t limit,
		 int64_t *ret_removed, struct error *err)
{
	const struct tally_kind *kind = &tally_kinds[length];
	const struct wall_time cutoff = wall_add(now, duration_s(-kind->kept_s - kind->length_s));

	return db_run(db, PRUNE, ARGS(arg_int(kind->length_s), arg_time(cutoff), arg_int(limit)),
		      ret_removed, err);
}

/* ---- events ---- */

static const char FIND_UNCOUNTED[] =
	"SELECT account FROM account_sequence WHERE uncounted = 1 AND account > $1 "
	"ORDER BY account LIMIT 1";
static const char READ_COUNTED[] =
	"SELECT counted, last_event FROM account_sequence WHERE account = $1";
static const char COUNT_EVENTS[] =
	"SELECT created_us - created_us % 60000000 AS minute_us, type, COUNT(*) AS total "
	"FROM event WHERE account = $1 AND sequence > $2 AND sequence <= $3 "
	"GROUP BY created_us - created_us % 60000000, type ORDER BY minute_us, type";
static const char SAVE_COUNTED[] = "UPDATE account_sequence SET counted = $3, "
				   "uncounted = CASE WHEN last_event > $3 THEN 1 ELSE 0 END "
				   "WHERE account = $1 AND counted = $2";

bool tally_find_uncounted(struct db *db, struct arena *arena, const char *after,
			  const char **ret_account, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, FIND_UNCOUNTED, ARGS(arg_text(after)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	*ret_account = found ? rows_text(rows, "account", arena) : NULL;
	return true;
}

/* At most one row for each event. */
static bool minutes_read(struct db *db, struct arena *arena, const char *account, int64_t after,
			 int64_t through, struct tally_minute **ret_list, size_t *ret_count,
			 struct error *err)
{
	struct tally_minute *list = arena_alloc(arena, (size_t)(through - after) * sizeof(*list));
	size_t count = 0;

	scoped(rows) struct rows *rows = db_query(
		db, COUNT_EVENTS, ARGS(arg_text(account), arg_int(after), arg_int(through)), err);
	if (!rows)
		return false;
	while (rows_next(rows, err))
		list[count++] = (struct tally_minute){rows_time(rows, "minute_us"),
						      rows_text(rows, "type", arena),
						      rows_int(rows, "total")};
	*ret_list = list;
	*ret_count = count;
	return err->code == ERROR_NONE;
}

static bool minutes_add(struct db *db, const char *account, const struct tally_minute *list,
			size_t count, struct error *err)
{
	bool ok = true;

	for (size_t i = 0; ok && i < count;) {
		struct counts counts = {0};
		const struct tally_part part = {account, TALLY_OF_ACCOUNT, TALLY_OF_EVENTS,
						list[i].minute, &counts};
		for (; i < count && list[i].minute.us == part.at.us; i++)
			counts_add(&counts, "e:", list[i].type, list[i].total);
		ok = tally_add(db, &part, err);
		counts_done(&counts);
	}
	return ok;
}

static bool counted_read(struct db *db, const char *account, int64_t *ret_counted,
			 int64_t *ret_last, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, READ_COUNTED, ARGS(arg_text(account)), err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	*ret_counted = found ? rows_int(rows, "counted") : 0;
	*ret_last = found ? rows_int(rows, "last_event") : 0;
	return true;
}

bool tally_read_events(struct db *db, struct arena *arena, const char *account,
		       struct tally_events *ret_events, struct error *err)
{
	struct tally_events events = {.account = account};

	if (!counted_read(db, account, &events.after, &events.through, err))
		return false;
	events.more = events.through - events.after > TALLY_EVENTS_MAX;
	if (events.more)
		events.through = events.after + TALLY_EVENTS_MAX;
	if (!minutes_read(db, arena, account, events.after, events.through, &events.list,
			  &events.count, err))
		return false;
	*ret_events = events;
	return true;
}

/* The account's number is locked last, and so for no longer than the commit takes. */
bool tally_write_events(struct db *db, const struct tally_events *events, bool *ret_ours,
			struct error *err)
{
	int64_t changed;

	if (!minutes_add(db, events->account, events->list, events->count, err) ||
	    !db_run(db, SAVE_COUNTED,
		    ARGS(arg_text(events->account), arg_int(events->after),
			 arg_int(events->through)),
		    &changed, err))
		return false;
	*ret_ours = changed == 1;
	return true;
}
