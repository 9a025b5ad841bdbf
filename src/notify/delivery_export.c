/* delivery_export.c – see delivery_export.h. */
#include "notify/delivery_export.h"

#include "base/csv.h"
#include "base/ensure.h"
#include "base/json.h"
#include "notify/record_json.h"

bool delivery_export_read(struct db *db, struct arena *arena, const struct delivery_filter *filter,
			  struct delivery_export *ret_export, struct error *err)
{
	struct delivery_filter all = *filter;

	all.offset = 0;
	all.limit = DELIVERY_EXPORT_MAX;
	if (!delivery_lines(db, arena, &all, &ret_export->page, err))
		return false;
	ret_export->is_whole = ret_export->page.looked_back_to.us == 0 &&
			       (int64_t)ret_export->page.count == ret_export->page.total;
	return true;
}

static json_t *date_or_null(struct wall_time time)
{
	return time.us ? json_date(time) : json_null();
}

static json_t *line_to_json(const struct delivery *line)
{
	const struct attempt *last = line->attempt_list;
	const struct event *event = &line->event;

	return json_pack(
		"{s:s, s:I, s:s, s:s, s:o, s:s, s:s, s:s, s:I, s:o, s:I, s:s, s:s, s:f, s:o, s:s}",
		"eventId", event->id, "sequence", (json_int_t)event->sequence, "name", event->type,
		"packageId", event->package, "createdDate", json_date(event->created), "endpointId",
		line->endpoint, "endpointUrl", line->endpoint_url, "state",
		delivery_state_name(line->state), "attempts", (json_int_t)line->attempts,
		"lastAttemptDate", date_or_null(last ? last->started : (struct wall_time){0}),
		"httpStatus", (json_int_t)(last ? last->http_status : 0), "error",
		last ? last->error_class : "", "phase", last ? last->phase : "", "durationMs",
		last ? (double)last->took.us / 1000.0 : 0.0, "finishedDate",
		date_or_null(line->finished), "failureReason", line->failure);
}

json_t *delivery_export_json(const struct delivery_export *export)
{
	json_t *results = json_array();

	for (size_t i = 0; i < export->page.count; i++)
		json_array_append_new(results, line_to_json(&export->page.list[i]));
	json_t *json = json_pack("{s:I, s:o}", "count", (json_int_t) export->page.total, "results",
				 results);
	looked_back_add(json, export->page.looked_back_to);
	json_object_set_new(json, "complete", json_boolean(export->is_whole));
	return json;
}

/* ---- CSV ---- */

#define COLUMNS_MAX 20

/* Numbers and texts as they are, null as nothing. */
static const char *cell_of(struct arena *arena, const json_t *value)
{
	if (json_is_integer(value))
		return arena_printf(arena, "%lld", (long long)json_integer_value(value));
	if (json_is_real(value))
		return arena_printf(arena, "%.3f", json_real_value(value));
	return json_string_value(value);
}

static bool row_add(struct buf *buf, const struct delivery *line, bool is_title)
{
	scoped(arena) struct arena *arena = arena_new();
	scoped(json_t) json_t *json = line_to_json(line);
	const char *cells[COLUMNS_MAX], *name;
	size_t count = 0;
	json_t *value;

	ensure(json_object_size(json) <= COLUMNS_MAX);
	json_object_foreach(json, name, value) cells[count++] = is_title ? name
									 : cell_of(arena, value);
	return csv_line(buf, cells, count);
}

bool delivery_export_csv(const struct delivery_export *export, struct buf *buf)
{
	const struct delivery none = {.event = {.id = "", .type = "", .package = ""},
				      .endpoint = "",
				      .endpoint_url = "",
				      .failure = ""};
	bool fits = row_add(buf, &none, true);

	for (size_t i = 0; i < export->page.count && fits; i++)
		fits = row_add(buf, &export->page.list[i], false);
	return fits;
}
