/* delivery_search.c – see delivery_search.h. */
#include "store/delivery_search.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/words.h"
#include "store/rows.h"
#include "store/search_text.h"

/* Where a search looks: along one index, from its newest entry back. What is certain there stands
 * beside it; all conditions are asked again in MATCHING. CROSS JOIN: SQLite reads the tables in
 * this order, and need not sort. A plus: it is not to look for these numbers in another index than
 * that. */
#define IN_SPAN(table) " AND " table ".sequence >= $11 AND " table ".sequence <= $12"
#define BY_DELIVERY(certain) \
	"FROM delivery CROSS JOIN event WHERE delivery.account = $1 AND event.account = $1 " \
	"AND event.sequence = +delivery.sequence" certain
#define BY_EVENT(certain) \
	"FROM event CROSS JOIN delivery WHERE event.account = $1 AND delivery.account = $1 " \
	"AND delivery.sequence = +event.sequence" certain
#define BY_ATTEMPT(certain) \
	"FROM attempt AS tried CROSS JOIN delivery CROSS JOIN event WHERE tried.account = $1 " \
	"AND delivery.account = $1 AND delivery.sequence = +tried.sequence " \
	"AND delivery.endpoint = tried.endpoint " \
	"AND event.account = $1 AND event.sequence = +tried.sequence" certain

#define OF_ENDPOINT " AND delivery.endpoint = $5"
#define OF_FAILED " AND delivery.state = 2"
#define OF_PACKAGE " AND event.package = $2"
#define OF_EVENT " AND event.id = $4"
/* As in the index attempt_failed. An attempt that ended in an error has no HTTP status. The last of
 * several is enough. */
#define WITH_OUTCOME(attempt) \
	" AND " attempt ".error_class = COALESCE(CAST($7 AS TEXT), '') " \
	"AND " attempt ".http_status = CASE WHEN $8 < 0 THEN 0 ELSE $8 END " \
	"AND " attempt ".http_status NOT BETWEEN 200 AND 299"
#define OF_OUTCOME \
	WITH_OUTCOME("tried") \
	" AND NOT EXISTS (SELECT 1 FROM attempt AS later " \
	"WHERE later.account = $1 AND later.sequence = tried.sequence " \
	"AND later.endpoint = tried.endpoint AND later.number > tried.number" WITH_OUTCOME( \
		"later") ")"

/* Of those that fail, what the last attempt ended with counts; of others, what any did. */
#define TRIED \
	"AND ((CAST($7 AS TEXT) IS NULL AND CAST($8 AS BIGINT) < 0 AND CAST($19 AS TEXT) IS NULL) " \
	"OR (CAST($7 AS TEXT) = '" DELIVERY_NOT_ATTEMPTED "' AND delivery.attempts = 0) " \
	"OR EXISTS (SELECT 1 FROM attempt AS made WHERE made.account = $1 " \
	"AND made.sequence = delivery.sequence AND made.endpoint = delivery.endpoint " \
	"AND (CAST($18 AS BIGINT) = 0 OR made.number = delivery.attempts) " \
	"AND (CAST($7 AS TEXT) IS NULL OR made.error_class = $7 " \
	"OR (CAST($7 AS TEXT) = '*' AND made.error_class <> '')) " \
	"AND (CAST($8 AS BIGINT) < 0 OR made.http_status BETWEEN $8 AND $13) " \
	"AND (CAST($19 AS TEXT) IS NULL OR made.phase = $19))) "
/* By its own attempts, or because its endpoint went. */
#define FAILING \
	"((delivery.state = 2 AND delivery.failure = '') " \
	"OR (delivery.state = 0 AND delivery.attempts > delivery.attempts_before))"
#define NAMED(column, part) \
	"AND (CAST(" part " AS TEXT) IS NULL OR EXISTS (SELECT 1 FROM package " \
	"WHERE package.account = $1 AND package.id = event.package " \
	"AND strpos(package." column ", CAST(" part " AS TEXT)) > 0)) "
/* The text of $16, a member; `extra` is JSON of texts. LIKE minds no case on SQLite. */
#define SAYING \
	"AND (CAST($16 AS BIGINT) = 0 OR LOWER(CASE CAST($16 AS BIGINT) " \
	"WHEN 1 THEN event.session_user_id WHEN 2 THEN event.message " \
	"WHEN 3 THEN event.document ELSE event.extra END) " \
	"LIKE LOWER(CAST($17 AS TEXT)) ESCAPE '!') "

#define MATCHING \
	" AND +delivery.sequence >= $11 AND +delivery.sequence <= $12 " \
	"AND (CAST($2 AS TEXT) IS NULL OR event.package = $2) " \
	"AND (CAST($3 AS TEXT) IS NULL OR CAST($3 AS TEXT) LIKE '%,' || event.type || ',%') " \
	"AND (CAST($4 AS TEXT) IS NULL OR event.id = $4) " \
	"AND (CAST($5 AS TEXT) IS NULL OR delivery.endpoint = $5) " \
	"AND (CAST($6 AS BIGINT) < 0 OR delivery.state = $6 " \
	"OR (CAST($6 AS BIGINT) = 3 AND delivery.state <> 0)) " \
	"AND (CAST($18 AS BIGINT) = 0 OR " FAILING ") " TRIED \
	"AND event.created_us >= CAST($9 AS BIGINT) " \
	"AND (CAST($10 AS BIGINT) = 0 OR event.created_us < $10) " SAYING NAMED( \
		"search_text", "$14") NAMED("people_text", "$15")
_Static_assert(DELIVERY_STATE_COUNT == 3 && DELIVERY_OVER == 3, "the SQL knows the number");

#define COUNT(from) "SELECT COUNT(*) AS total " from MATCHING

/* The first of its lane that is pending. The index delivery_pending has it first. */
#define HEAD \
	"CASE WHEN page.state = 0 THEN (SELECT MIN(first.sequence) FROM delivery AS first " \
	"WHERE first.account = page.account AND first.lane = page.lane " \
	"AND first.endpoint = page.endpoint AND first.state = 0) END"

#define DELIVERY_COLUMNS \
	"delivery.endpoint AS endpoint, delivery.lane AS lane, delivery.state AS state, " \
	"delivery.attempts AS attempts, delivery.queued_us AS queued_us, " \
	"delivery.finished_us AS finished_us, delivery.failure AS failure "
#define NEWEST_FIRST(sequence, endpoint) \
	"ORDER BY " sequence ".sequence DESC, " endpoint ".endpoint DESC"

/* One row for each attempt, or one for a delivery without any. */
#define LIST(from, order) \
	"WITH page AS MATERIALIZED (SELECT " EVENT_COLUMNS \
	", " DELIVERY_COLUMNS from MATCHING order " LIMIT $20 OFFSET $21), " \
	"placed AS MATERIALIZED (SELECT page.*, " HEAD " AS head_sequence FROM page) " \
	"SELECT placed.*, endpoint.url AS url, endpoint.state AS endpoint_state, " \
	"lane.state AS lane_state, lane.due_us AS due_us, head.id AS head_id, " \
	"attempt.number AS number, attempt.started_us AS started_us, " \
	"attempt.took_us AS took_us, attempt.address AS address, " \
	"attempt.http_status AS http_status, attempt.error_class AS error_class, " \
	"attempt.phase AS phase, attempt.reply_start AS reply_start, " \
	"attempt.request_head AS request_head, attempt.tls AS tls, attempt.name_us AS name_us, " \
	"attempt.connect_us AS connect_us, attempt.tls_us AS tls_us, " \
	"attempt.first_byte_us AS first_byte_us, attempt.reply_head AS reply_head, " \
	"attempt.sent_us AS sent_us " \
	"FROM placed LEFT JOIN endpoint " \
	"ON endpoint.account = placed.account AND endpoint.id = placed.endpoint " \
	"LEFT JOIN lane ON lane.account = placed.account AND lane.lane = placed.lane " \
	"AND lane.endpoint = placed.endpoint " \
	"LEFT JOIN event AS head ON head.account = placed.account " \
	"AND head.sequence = placed.head_sequence " \
	"LEFT JOIN attempt ON attempt.account = placed.account " \
	"AND attempt.sequence = placed.sequence AND attempt.endpoint = placed.endpoint " \
	"ORDER BY placed.sequence DESC, placed.endpoint DESC, attempt.number"

#define LAST_ATTEMPT(of) \
	"LEFT JOIN attempt AS made ON made.account = $1 AND made.sequence = " of ".sequence " \
	"AND made.endpoint = " of ".endpoint AND made.number = " of ".attempts "
#define LINES(from, order) \
	"WITH line AS MATERIALIZED (SELECT event.sequence AS sequence, event.id AS event_id, " \
	"event.type AS event_type, event.package AS package, event.created_us AS event_created_us, " DELIVERY_COLUMNS \
		from MATCHING order " LIMIT $20) " \
	"SELECT line.*, endpoint.url AS url, made.number AS number, made.started_us AS started_us, " \
	"made.took_us AS took_us, made.http_status AS http_status, made.error_class AS error_class, " \
	"made.phase AS phase FROM line LEFT JOIN endpoint ON endpoint.account = $1 " \
	"AND endpoint.id = line.endpoint " LAST_ATTEMPT( \
		"line") "ORDER BY line.sequence DESC, line.endpoint DESC"

#define WALK(from, sequence, endpoint) \
	"SELECT " EVENT_COLUMNS ", " DELIVERY_COLUMNS from MATCHING "AND (" sequence \
	".sequence > $11 OR " endpoint ".endpoint > $21) " \
	"ORDER BY " sequence ".sequence, " endpoint ".endpoint LIMIT $20"

/* The newest of a group is its example. Ties make an example of two endpoints impossible: it is a
 * part of the group. */
#define GROUPS(from) \
	"WITH failing AS MATERIALIZED (SELECT event.sequence AS sequence, " \
	"event.created_us AS created_us, " DELIVERY_COLUMNS from MATCHING "AND " FAILING "), " \
	"grouped AS MATERIALIZED (SELECT failing.endpoint AS endpoint, " \
	"COALESCE(made.error_class, '" DELIVERY_NOT_ATTEMPTED "') AS error_class, " \
	"COALESCE(made.http_status, 0) AS http_status, COALESCE(made.phase, '') AS phase, " \
	"COUNT(*) AS total, SUM(CASE WHEN failing.state = 0 THEN 1 ELSE 0 END) AS pending, " \
	"MIN(failing.created_us) AS first_us, MAX(failing.created_us) AS last_us, " \
	"MAX(failing.sequence) AS sequence FROM failing " LAST_ATTEMPT( \
		"failing") "GROUP BY 1, 2, 3, 4 ORDER BY COUNT(*) DESC, 1, 2, 3, 4 LIMIT $20) " \
			   "SELECT grouped.*, event.id AS event_id, endpoint.url AS url, " \
			   "attempt.reply_start AS reply_start, attempt.started_us AS started_us, " \
			   "attempt.took_us AS took_us FROM grouped " \
			   "LEFT JOIN event ON event.account = $1 AND event.sequence = grouped.sequence " \
			   "LEFT JOIN endpoint ON endpoint.account = $1 AND endpoint.id = grouped.endpoint " \
			   "LEFT JOIN delivery ON delivery.account = $1 AND delivery.sequence = grouped.sequence " \
			   "AND delivery.endpoint = grouped.endpoint " \
			   "LEFT JOIN attempt ON attempt.account = $1 AND attempt.sequence = grouped.sequence " \
			   "AND attempt.endpoint = grouped.endpoint AND attempt.number = delivery.attempts " \
			   "ORDER BY grouped.total DESC, grouped.endpoint, grouped.error_class, " \
			   "grouped.http_status, grouped.phase"

/* The number behind so many entries, from one end of the span; no row when there are fewer. */
#define BEHIND(table, certain, order) \
	"SELECT sequence FROM " table \
	" WHERE account = $1 AND sequence >= $2 AND sequence <= $3 " certain \
	" ORDER BY sequence " order " LIMIT 1 OFFSET $4"

#define STATEMENTS(from, sequence, endpoint) \
	COUNT(from), LIST(from, NEWEST_FIRST(sequence, endpoint)), \
		LINES(from, NEWEST_FIRST(sequence, endpoint)), WALK(from, sequence, endpoint), \
		GROUPS(from)
#define BOUNDS(table, certain) BEHIND(table, certain, "DESC"), BEHIND(table, certain, "")

static const struct search
	of_event = {STATEMENTS(BY_EVENT(OF_EVENT), "+event", "delivery"), NULL, NULL, 0},
	of_package = {STATEMENTS(BY_EVENT(OF_PACKAGE IN_SPAN("event")), "+event", "delivery"),
		      BOUNDS("event", "AND package = $5"), 5},
	of_outcome = {STATEMENTS(BY_ATTEMPT(OF_OUTCOME IN_SPAN("tried")), "tried", "tried"),
		      BOUNDS("attempt", "AND error_class = $5 AND http_status = $6 "
					"AND http_status NOT BETWEEN 200 AND 299"),
		      6},
	of_failed = {STATEMENTS(BY_DELIVERY(OF_FAILED IN_SPAN("delivery")), "delivery", "delivery"),
		     BOUNDS("delivery", "AND state = 2"), 4},
	of_endpoint = {STATEMENTS(BY_DELIVERY(OF_ENDPOINT IN_SPAN("delivery")), "delivery",
				  "delivery"),
		       BOUNDS("delivery", "AND endpoint = $5"), 5},
	of_any = {STATEMENTS(BY_DELIVERY(IN_SPAN("delivery")), "delivery", "delivery"),
		  BOUNDS("delivery", ""), 4};

static bool is_one_status(const struct delivery_filter *filter)
{
	return filter->http_through == 0 || filter->http_through == filter->http_status;
}

/* In the index attempt_failed: one error without a status, or one status that is no success. */
static bool is_one_outcome(const struct delivery_filter *filter)
{
	const char *error = filter->error_class;
	int64_t status = filter->http_status;

	if (error && (strcmp(error, "*") == 0 || strcmp(error, DELIVERY_NOT_ATTEMPTED) == 0))
		return false;
	return is_one_status(filter) && (error || (status > 0 && (status < 200 || status > 299)));
}

const struct search *search_choose(const struct delivery_filter *filter)
{
	if (filter->event_id)
		return &of_event;
	if (filter->package)
		return &of_package;
	if (is_one_outcome(filter))
		return &of_outcome;
	if (filter->state == DELIVERY_FAILED)
		return &of_failed;
	return filter->endpoint ? &of_endpoint : &of_any;
}

/* ---- the span ---- */

/* Events are numbered in the order in which they are stored, and bear the time at which they were
 * asked for. */
#define DISORDER_S 600

static bool span_of_time(struct db *db, const struct delivery_filter *filter, struct span *ret_span,
			 struct error *err)
{
	*ret_span = (struct span){filter->low, filter->high ? filter->high : INT64_MAX};
	int64_t low = ret_span->low, high = ret_span->high;
	if ((filter->since.us &&
	     !event_boundary(db, filter->account, wall_add(filter->since, duration_s(-DISORDER_S)),
			     &low, err)) ||
	    (filter->until.us &&
	     !event_boundary(db, filter->account, wall_add(filter->until, duration_s(DISORDER_S)),
			     &high, err)))
		return false;
	if (low > ret_span->low)
		ret_span->low = low;
	if (high < ret_span->high)
		ret_span->high = high;
	return true;
}

static bool behind_find(struct db *db, const char *sql, const struct search *search,
			const struct delivery_filter *filter, struct span span, int64_t entries,
			bool *ret_found, int64_t *ret_sequence, struct error *err)
{
	const char *text = search == &of_package ? filter->package
			   : search == &of_outcome
				   ? (filter->error_class ? filter->error_class : "")
				   : filter->endpoint;
	const struct arg args[] = {
		arg_text(filter->account),
		arg_int(span.low),
		arg_int(span.high),
		arg_int(entries),
		arg_text(text),
		arg_int(filter->http_status < 0 ? 0 : filter->http_status),
	};

	scoped(rows) struct rows *rows = db_query(db, sql, args, search->floor_args, err);
	if (!rows || !rows_first(rows, ret_found, err))
		return false;
	if (*ret_found)
		*ret_sequence = rows_int(rows, "sequence");
	return true;
}

/* Texts are long, and looked into from end to end. */
static int64_t entries_max(const struct delivery_filter *filter)
{
	return filter->transaction || filter->person || filter->member ? DELIVERY_TEXT_SEARCH_MAX
								       : DELIVERY_SEARCH_MAX;
}

bool search_span(struct db *db, const struct search *search, const struct delivery_filter *filter,
		 struct span *ret_span, bool *ret_cut, struct error *err)
{
	*ret_cut = false;
	return span_of_time(db, filter, ret_span, err) &&
	       (!search->floor || behind_find(db, search->floor, search, filter, *ret_span,
					      entries_max(filter), ret_cut, &ret_span->low, err));
}

bool search_ceiling(struct db *db, const struct search *search,
		    const struct delivery_filter *filter, struct span span, int64_t entries,
		    int64_t *ret_ceiling, struct error *err)
{
	bool found;

	*ret_ceiling = span.high;
	return !search->ceiling || behind_find(db, search->ceiling, search, filter, span, entries,
					       &found, ret_ceiling, err);
}

/* ---- what is bound ---- */

enum member_place {
	MEMBER_NONE,
	MEMBER_SESSION_USER,
	MEMBER_MESSAGE,
	MEMBER_DOCUMENT,
	MEMBER_EXTRA
};

static enum member_place place_of(const char *member)
{
	static const char *const names[] = {[MEMBER_SESSION_USER] = "sessionUser",
					    [MEMBER_MESSAGE] = "message",
					    [MEMBER_DOCUMENT] = "documentId"};

	if (!member)
		return MEMBER_NONE;
	const int at = word_find(member, names, ARRAY_SIZE(names));
	return at == WORD_NONE ? MEMBER_EXTRA : (enum member_place)at;
}

/* As it stands in `extra`, which json_encode wrote too: nothing else looks so in there, because
 * quotes within texts are escaped. */
static const char *member_pattern(struct arena *arena, const struct delivery_filter *filter)
{
	if (place_of(filter->member) != MEMBER_EXTRA)
		return like_pattern(arena, filter->value);
	scoped(json_t) json_t *json = json_pack("{s:s}", filter->member, filter->value);
	const char *text = json ? json_encode_in(arena, json) : "{}";
	const char *inner = arena_strndup(arena, text + 1, strlen(text) - 2);
	return arena_printf(arena, "%%%s%%", like_pattern(arena, inner));
}

void search_bind(struct arena *arena, const struct delivery_filter *filter, struct span span,
		 struct arg ret_args[SEARCH_ARGS_MAX])
{
	enum member_place place = place_of(filter->member);
	const struct arg args[SEARCH_ARGS] = {
		arg_text(filter->account),
		arg_text(filter->package),
		arg_text(filter->types),
		arg_text(filter->event_id),
		arg_text(filter->endpoint),
		arg_int(filter->state),
		arg_text(filter->error_class),
		arg_int(filter->http_status),
		arg_time(filter->since),
		arg_time(filter->until),
		arg_int(span.low),
		arg_int(span.high),
		arg_int(filter->http_through ? filter->http_through : filter->http_status),
		arg_text(search_part(arena, filter->transaction)),
		arg_text(search_part(arena, filter->person)),
		arg_int(place),
		arg_text(place == MEMBER_NONE ? NULL : member_pattern(arena, filter)),
		arg_bool(filter->failing),
		arg_text(filter->phase),
	};

	memcpy(ret_args, args, sizeof(args));
}
