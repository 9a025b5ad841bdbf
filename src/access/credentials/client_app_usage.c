/* client_app_usage.c – see client_app_usage.h. */
#include "access/credentials/client_app_usage.h"

#include <stdlib.h>
#include <string.h>

#include "access/accounts/usage.h"
#include "access/credentials/client_apps.h"
#include "base/csv.h"
#include "base/ensure.h"
#include "base/json.h"

static bool app_find(const struct context *context, const char *client_id, struct error *err)
{
	struct client_app app;
	bool found;

	if (!client_apps_may_manage(context, err) ||
	    !client_app_find(session_db(context->session), context->arena, client_id, &app, &found,
			     err))
		return false;
	return (found && strcmp(app.account, context->account) == 0) ||
	       error_set(err, ERROR_CLIENT_APP_NOT_FOUND, NULL);
}

/* ---- counts ---- */

static void counts_add(struct app_counts *sum, const struct app_counts *counts)
{
	for (int class = 0; class < STATUS_CLASS_COUNT; class ++)
		sum->calls[class] += counts->calls[class];
	sum->tokens += counts->tokens;
	sum->not_logged += counts->not_logged;
}

static json_t *counts_to_json(const struct app_counts *counts)
{
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "successful",
			 (json_int_t)counts->calls[STATUS_2XX], "redirection",
			 (json_int_t)counts->calls[STATUS_3XX], "clientError",
			 (json_int_t)counts->calls[STATUS_4XX], "serverError",
			 (json_int_t)counts->calls[STATUS_5XX], "tokens",
			 (json_int_t)counts->tokens, "notLogged", (json_int_t)counts->not_logged);
}

/* Hours or days, of which the last is the present one. */
struct window {
	struct wall_time start;
	int64_t span_us, count;
};

static struct window window_of(struct wall_time now, enum use_span span, int64_t days)
{
	const int64_t count = days * USE_DAYS / (int64_t)span, span_us = USE_SPAN_US(span);

	return (struct window){wall_from_us(now.us - now.us % span_us - (count - 1) * span_us),
			       span_us, count};
}

/* Which of the window's; -1 when it is none: another node's clock may be ahead. */
static int64_t window_index(const struct window *window, struct wall_time start)
{
	int64_t index = wall_since(start, window->start).us / window->span_us;
	return index >= 0 && index < window->count ? index : -1;
}

json_t *client_app_usage(const struct context *context, const char *client_id, enum use_span span,
			 int64_t days, struct error *err)
{
	const struct window window = window_of(context->now, span, days);
	struct app_counts *counts = arena_alloc(context->arena,
						(size_t)window.count * sizeof(*counts));
	struct app_counts total = {0};
	struct app_use_row *rows;
	size_t count;

	if (!app_find(context, client_id, err) ||
	    !client_app_use_list(session_db(context->session), context->arena, context->account,
				 client_id, span, window.start, window.count, &rows, &count, err))
		return NULL;
	for (size_t i = 0; i < count; i++) {
		int64_t index = window_index(&window, rows[i].start);
		if (index < 0)
			continue;
		counts_add(&counts[index], &rows[i].counts);
		counts_add(&total, &rows[i].counts);
	}
	json_t *series = json_array();
	for (int64_t i = 0; i < window.count; i++) {
		json_t *entry = counts_to_json(&counts[i]);
		json_object_set_new(
			entry, "date",
			json_date(wall_add(window.start, duration_us(i * window.span_us))));
		json_array_append_new(series, entry);
	}
	return json_pack("{s:s, s:s, s:o, s:o}", "clientId", client_id, "interval",
			 span == USE_DAYS ? "DAY" : "HOUR", "total", counts_to_json(&total),
			 "series", series);
}

static json_t *zeros(int64_t count)
{
	json_t *array = json_array();

	for (int64_t i = 0; i < count; i++)
		json_array_append_new(array, json_integer(0));
	return array;
}

static json_t *summary_begin(const char *client_id, int64_t days)
{
	return json_pack("{s:s, s:o, s:o, s:o}", "clientId", client_id, "calls", zeros(days),
			 "errors", zeros(days), "tokens", zeros(days));
}

static void summary_set(json_t *summary, size_t index, const struct app_counts *counts)
{
	const int64_t errors = counts->calls[STATUS_4XX] + counts->calls[STATUS_5XX];
	const int64_t calls = errors + counts->calls[STATUS_2XX] + counts->calls[STATUS_3XX];

	json_array_set_new(json_object_get(summary, "calls"), index, json_integer(calls));
	json_array_set_new(json_object_get(summary, "errors"), index, json_integer(errors));
	json_array_set_new(json_object_get(summary, "tokens"), index, json_integer(counts->tokens));
}

json_t *client_apps_usage(const struct context *context, int64_t days, struct error *err)
{
	const struct window window = window_of(context->now, USE_DAYS, days);
	const char *client_id = "";
	struct app_use_row *rows;
	size_t count;

	if (!client_apps_may_manage(context, err) ||
	    !client_app_use_list(session_db(context->session), context->arena, context->account,
				 NULL, USE_DAYS, window.start, (days + 1) * CLIENT_APPS_MAX, &rows,
				 &count, err))
		return NULL;
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++) {
		int64_t index = window_index(&window, rows[i].start);
		if (index < 0)
			continue;
		if (strcmp(rows[i].client_id, client_id) != 0) {
			client_id = rows[i].client_id;
			json_array_append_new(results, summary_begin(client_id, days));
		}
		summary_set(json_array_get(results, json_array_size(results) - 1), (size_t)index,
			    &rows[i].counts);
	}
	return json_pack("{s:o, s:I, s:o}", "fromDate", json_date(window.start), "days",
			 (json_int_t)days, "results", results);
}

/* ---- calls ---- */

static json_t *call_to_json(const struct app_call *call)
{
	return json_pack("{s:I, s:o, s:s, s:s, s:I, s:f, s:s, s:I}", "number",
			 (json_int_t)call->number, "date", json_date(call->at), "method",
			 call->method, "route", call->route, "status", (json_int_t)call->status,
			 "durationMs", (double)call->duration.us / 1000.0, "address", call->address,
			 "requestId", (json_int_t)call->request);
}

static bool calls_read(const struct context *context, const char *client_id,
		       struct app_call_filter *filter, struct app_call **ret_calls,
		       size_t *ret_count, int64_t *ret_total, struct error *err)
{
	filter->account = context->account;
	filter->client_id = client_id;
	return app_find(context, client_id, err) &&
	       client_app_calls_list(session_db(context->session), context->arena, filter,
				     ret_calls, ret_count, ret_total, err);
}

json_t *client_app_calls(const struct context *context, const char *client_id,
			 struct app_call_filter filter, struct error *err)
{
	struct app_call *calls;
	size_t count;
	int64_t total;

	if (!calls_read(context, client_id, &filter, &calls, &count, &total, err))
		return NULL;
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(results, call_to_json(&calls[i]));
	return json_pack("{s:I, s:o}", "count", (json_int_t)total, "results", results);
}

static bool json_line(struct arena *arena, struct buf *lines, const struct app_call *call)
{
	scoped(json_t) json_t *json = call_to_json(call);

	ensure(json);
	return buf_printf(lines, "%s\n", json_encode_in(arena, json));
}

static bool csv_call(struct arena *arena, struct buf *lines, const struct app_call *call)
{
	char date[WALL_TIME_TEXT];

	wall_format(call->at, date);
	const char *const cells[] = {
		arena_printf(arena, "%lld", (long long)call->number),
		date,
		call->method,
		call->route,
		arena_printf(arena, "%lld", (long long)call->status),
		arena_printf(arena, "%.3f", (double)call->duration.us / 1000.0),
		call->address,
		arena_printf(arena, "%lld", (long long)call->request),
	};
	return csv_line(lines, cells, ARRAY_SIZE(cells));
}

bool client_app_calls_export(const struct context *context, const char *client_id,
			     struct app_call_filter filter, bool as_csv, struct buf *lines,
			     struct error *err)
{
	static const char *const head[] = {"number", "date",	   "method",  "route",
					   "status", "durationMs", "address", "requestId"};
	struct app_call *calls;
	size_t count;

	filter.limit = APP_CALLS_KEPT;
	if (!calls_read(context, client_id, &filter, &calls, &count, NULL, err))
		return false;
	bool fits = !as_csv || csv_line(lines, head, ARRAY_SIZE(head));
	for (size_t i = 0; fits && i < count; i++)
		fits = as_csv ? csv_call(context->arena, lines, &calls[i])
			      : json_line(context->arena, lines, &calls[i]);
	return fits || error_set(err, ERROR_NO_MEMORY, "the export");
}
