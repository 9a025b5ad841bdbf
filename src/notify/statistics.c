/* statistics.c – see statistics.h: from rows to an answer. */
#include "notify/statistics.h"

#include <stdlib.h>
#include <string.h>

#include "base/counts.h"
#include "base/json.h"
#include "notify/latency.h"
#include "store/endpoint_store.h"
#include "store/tally_store.h"

#define SECOND_US INT64_C(1000000)
#define DEFAULT_RANGE_S 3600
#define ROWS_MAX \
	20000 /* read for an answer: each node, and each start of one, has rows of its own */

struct step {
	struct counts counts;
	int64_t pending, oldest_s;
	bool is_sampled, is_used;
};

/* ---- which steps ---- */

static int64_t steps_between(struct wall_time since, struct wall_time until, int64_t step_s)
{
	return (wall_since(until, since).us + step_s * SECOND_US - 1) / (step_s * SECOND_US);
}

static bool is_kept(int length, struct wall_time since, struct wall_time now)
{
	const struct tally_kind *kind = &tally_kinds[length];

	return wall_since(now, since).us <= (kind->kept_s + kind->length_s) * SECOND_US;
}

static int64_t step_by_default(struct wall_time since, struct wall_time until, struct wall_time now)
{
	for (int length = 0; length < TALLY_LENGTH_COUNT; length++) {
		const int64_t length_s = tally_kinds[length].length_s;
		if (is_kept(length, since, now) &&
		    steps_between(since, until, length_s) < STATISTICS_STEPS_MAX)
			return length_s;
	}
	return tally_kinds[TALLY_TWO_HOURS].length_s;
}

/* The longest that fits into the step without a rest. */
static bool length_choose(int64_t step_s, enum tally_length *ret_length)
{
	for (int length = TALLY_LENGTH_COUNT - 1; length >= 0; length--) {
		if (step_s % tally_kinds[length].length_s == 0) {
			*ret_length = (enum tally_length)length;
			return true;
		}
	}
	return false;
}

/* Fills what was not asked for, and moves the range's ends to those of steps. */
static bool query_check(struct statistics_query *query, struct wall_time now,
			enum tally_length *ret_length, struct error *err)
{
	if (!query->until.us || query->until.us > now.us)
		query->until = now;
	if (!query->since.us)
		query->since = wall_add(query->until, duration_s(-DEFAULT_RANGE_S));
	if (query->since.us >= query->until.us)
		return error_set(err, ERROR_INVALID_FIELD, "since: must be before until, and past");
	if (!query->step_s)
		query->step_s = step_by_default(query->since, query->until, now);
	if (!length_choose(query->step_s, ret_length))
		return error_set(err, ERROR_INVALID_FIELD,
				 "step: a number of seconds that 60 divides");
	if (!is_kept(*ret_length, query->since, now))
		return error_set(err, ERROR_INVALID_FIELD,
				 "since: steps of %lld s are kept for %lld hours, longer ones for "
				 "up to %lld days",
				 (long long)query->step_s,
				 (long long)(tally_kinds[*ret_length].kept_s / 3600),
				 (long long)(tally_kinds[TALLY_TWO_HOURS].kept_s / 86400));
	const int64_t step_us = query->step_s * SECOND_US;
	query->since.us -= query->since.us % step_us;
	query->until.us += (step_us - query->until.us % step_us) % step_us;
	return steps_between(query->since, query->until, query->step_s) <= STATISTICS_STEPS_MAX ||
	       error_set(err, ERROR_INVALID_FIELD, "step: an answer has %d steps at most",
			 STATISTICS_STEPS_MAX);
}

/* ---- as JSON ---- */

/* Of all counters that begin so: {"200": 3}. *ret_sum: all of them together. */
static json_t *part_to_json(const struct counts *counts, const char *prefix, int64_t *ret_sum)
{
	json_t *json = json_object();
	size_t length = strlen(prefix);

	*ret_sum = 0;
	for (size_t i = 0; i < counts->length; i++) {
		const struct count *count = &counts->list[i];
		if (strncmp(count->name, prefix, length) != 0)
			continue;
		json_object_set_new(json, count->name + length, json_integer(count->value));
		*ret_sum += count->value;
	}
	return json;
}

static json_t *latency_to_json(const struct counts *counts)
{
	int64_t classes[LATENCY_CLASSES] = {0}, total = 0;

	for (size_t i = 0; i < counts->length; i++) {
		const struct count *count = &counts->list[i];
		unsigned long class = strncmp(count->name, "l:", 2) == 0
					      ? strtoul(count->name + 2, NULL, 10)
					      : LATENCY_CLASSES;
		if (class >= LATENCY_CLASSES)
			continue;
		classes[class] += count->value;
		total += count->value;
	}
	return total == 0 ? json_null()
			  : json_pack("{s:I, s:f, s:f, s:f}", "count", (json_int_t)total, "p50Ms",
				      latency_percentile(classes, 50), "p95Ms",
				      latency_percentile(classes, 95), "p99Ms",
				      latency_percentile(classes, 99));
}

static json_t *step_to_json(const struct step *step)
{
	const struct counts *counts = &step->counts;
	int64_t events, ignored;
	json_t *json = json_pack(
		"{s:o, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "eventsByType",
		part_to_json(counts, "e:", &events), "attempts",
		(json_int_t)counts_get(counts, "A"), "succeeded",
		(json_int_t)counts_get(counts, "S"), "delivered",
		(json_int_t)counts_get(counts, "D"), "failed", (json_int_t)counts_get(counts, "F"),
		"byType", part_to_json(counts, "t:", &ignored), "byStatus",
		part_to_json(counts, "s:", &ignored), "byError",
		part_to_json(counts, "x:", &ignored), "latency", latency_to_json(counts));

	json_object_set_new(json, "events", json_integer(events));
	json_object_set_new(json, "queue",
			    step->is_sampled
				    ? json_pack("{s:I, s:I}", "pending", (json_int_t)step->pending,
						"oldestSeconds", (json_int_t)step->oldest_s)
				    : json_null());
	return json;
}

/* ---- reading ---- */

static int64_t greater(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static void row_add(struct step *step, const struct tally_row *row)
{
	counts_read(&step->counts, row->counts);
	step->is_used = true;
	step->is_sampled |= row->pending > 0;
	step->pending = greater(step->pending, row->pending);
	step->oldest_s = greater(step->oldest_s, row->oldest_s);
}

static json_t *steps_to_json(const struct statistics_query *query, const struct step *steps,
			     size_t count, const struct step *totals)
{
	json_t *results = json_array();

	for (size_t i = 0; i < count; i++) {
		if (!steps[i].is_used)
			continue;
		json_t *json = step_to_json(&steps[i]);
		const struct wall_time start = wall_add(query->since,
							duration_s((int64_t)i * query->step_s));
		json_object_set_new(json, "start", json_date(start));
		json_array_append_new(results, json);
	}
	return json_pack("{s:o, s:o, s:I, s:o, s:o}", "since", json_date(query->since), "until",
			 json_date(query->until), "stepSeconds", (json_int_t)query->step_s,
			 "totals", step_to_json(totals), "results", results);
}

static json_t *rows_to_json(const struct statistics_query *query, const struct tally_row *rows,
			    size_t row_count)
{
	const size_t count = (size_t)steps_between(query->since, query->until, query->step_s);
	struct step *steps = calloc(count, sizeof(*steps)), totals = {0};

	if (!steps)
		return NULL;
	for (size_t i = 0; i < row_count; i++) {
		const int64_t at_us = wall_since(rows[i].start, query->since).us;
		row_add(&steps[at_us / (query->step_s * SECOND_US)], &rows[i]);
		row_add(&totals, &rows[i]);
	}
	json_t *json = steps_to_json(query, steps, count, &totals);
	for (size_t i = 0; i < count; i++)
		counts_done(&steps[i].counts);
	counts_done(&totals.counts);
	free(steps);
	return json;
}

static bool endpoint_is_there(const struct context *context, const char *id, struct error *err)
{
	struct endpoint endpoint;
	bool found;

	return !id || (endpoint_find(session_db(context->session), context->arena, context->account,
				     id, &endpoint, &found, err) &&
		       (found || error_set(err, ERROR_ENDPOINT_NOT_FOUND, NULL)));
}

json_t *statistics_read(const struct context *context, const struct statistics_query *asked,
			struct error *err)
{
	struct statistics_query query = *asked;
	enum tally_length length = TALLY_MINUTE;
	struct tally_row *rows;
	size_t count;

	if (!query_check(&query, context->now, &length, err) ||
	    !endpoint_is_there(context, query.endpoint, err) ||
	    !tally_list(session_db(context->session), context->arena, context->account,
			query.endpoint ? query.endpoint : TALLY_OF_ACCOUNT, length, query.since,
			query.until, ROWS_MAX, &rows, &count, err))
		return NULL;
	return rows_to_json(&query, rows, count);
}
