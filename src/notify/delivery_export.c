/* delivery_export.c – see delivery_export.h. */
#include "notify/delivery_export.h"

#include "base/csv.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/shape_write.h"
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

/* What a line says of the last attempt; empty without one. */
struct line {
	struct delivery delivery;
	struct attempt last;
	double last_ms;
	const char *state;
};

#define SHAPE_OF struct line
static const struct shape_member line_members[] = {
	{SHAPE_TEXT("eventId", delivery.event.id)},
	{SHAPE_INT("sequence", delivery.event.sequence)},
	{SHAPE_TEXT("name", delivery.event.type)},
	{SHAPE_TEXT("packageId", delivery.event.package)},
	{SHAPE_DATE("createdDate", delivery.event.created)},
	{SHAPE_TEXT("endpointId", delivery.endpoint)},
	{SHAPE_TEXT("endpointUrl", delivery.endpoint_url)},
	{SHAPE_TEXT("state", state)},
	{SHAPE_INT("attempts", delivery.attempts)},
	{SHAPE_DATE("lastAttemptDate", last.started), .flags = SHAPE_OR_NULL},
	{SHAPE_INT("httpStatus", last.http_status)},
	{SHAPE_TEXT("error", last.error_class)},
	{SHAPE_TEXT("phase", last.phase)},
	{SHAPE_NUMBER("durationMs", last_ms)},
	{SHAPE_DATE("finishedDate", delivery.finished), .flags = SHAPE_OR_NULL},
	{SHAPE_TEXT("failureReason", delivery.failure)},
};
static const struct shape line_shape = {SHAPE(line_members)};
#undef SHAPE_OF

static json_t *line_to_json(const struct delivery *delivery)
{
	struct line line = {.delivery = *delivery, .state = delivery_state_name(delivery->state)};

	if (delivery->attempt_list)
		line.last = *delivery->attempt_list;
	line.last_ms = (double)line.last.took.us / 1000.0;
	return shape_to_json(&line_shape, &line);
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
