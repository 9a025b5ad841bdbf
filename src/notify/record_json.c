/* record_json.c – see record_json.h. */
#include "notify/record_json.h"

#include <stdio.h>
#include <string.h>

#include "base/json.h"
#include "base/shape_write.h"
#include "base/text.h"
#include "notify/delivery_curl.h"
#include "notify/failure.h"
#include "notify/payload.h"

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

/* What it said is gone, but not the proof of it: a manifest's hash can still be made. */
static void expunged_add(json_t *json, const struct event *event)
{
	scoped(arena) struct arena *arena = arena_new();

	json_object_set_new(json, "expungedDate", json_date(event->expunged));
	json_object_set_new(json, "payloadDigest",
			    json_string(hex_encode(arena, event->payload_digest.data,
						   event->payload_digest.length)));
}

json_t *event_to_json(const struct event *event)
{
	json_t *json = json_pack(
		"{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "sequence", (json_int_t)event->sequence,
		"id", event->id, "name", event->type, "packageId", event->package, "sessionUser",
		event->session_user, "message", text_or_null(event->message), "documentId",
		text_or_null(event->document), "createdDate", json_date(event->created));
	scoped(json_t) json_t *extra = event->extra ? json_loads(event->extra, 0, NULL) : NULL;
	if (extra)
		json_object_update(json, extra);
	if (event->expunged.us)
		expunged_add(json, event);
	return json;
}

static const char *cause_of(const struct attempt *attempt)
{
	bool succeeded = !*attempt->error_class && attempt->http_status >= 200 &&
			 attempt->http_status <= 299;

	return succeeded ? ""
			 : failure_cause(attempt->error_class, attempt->phase, attempt->http_status,
					 attempt->reply_start);
}

struct short_attempt {
	struct attempt attempt;
	double took_ms;
	const char *cause;
};

#define SHAPE_OF struct short_attempt
static const struct shape_member attempt_members[] = {
	{SHAPE_INT("number", attempt.number)},
	{SHAPE_DATE("startedDate", attempt.started)},
	{SHAPE_NUMBER("durationMs", took_ms)},
	{SHAPE_TEXT("address", attempt.address)},
	{SHAPE_INT("httpStatus", attempt.http_status)},
	{SHAPE_TEXT("error", attempt.error_class)},
	{SHAPE_TEXT("phase", attempt.phase)},
	{SHAPE_TEXT("cause", cause)},
	{SHAPE_TEXT("replyStart", attempt.reply_start)},
};
static const struct shape attempt_shape = {SHAPE(attempt_members)};
#undef SHAPE_OF

static json_t *attempt_to_short_json(const struct attempt *attempt)
{
	const struct short_attempt shown = {*attempt, (double)attempt->took.us / 1000.0,
					    cause_of(attempt)};

	return shape_to_json(&attempt_shape, &shown);
}

static json_t *ms(struct duration duration)
{
	return json_real((double)duration.us / 1000.0);
}

json_t *attempt_to_json(const struct attempt *attempt)
{
	json_t *json = attempt_to_short_json(attempt);

	json_object_set_new(json, "timings",
			    json_pack("{s:o, s:o, s:o, s:o, s:o}", "nameMs", ms(attempt->name),
				      "connectMs", ms(attempt->connect), "tlsMs",
				      ms(attempt->tls_done), "sendMs", ms(attempt->sent),
				      "firstByteMs", ms(attempt->first_byte)));
	json_object_set_new(json, "tls", json_string(attempt->tls));
	json_object_set_new(json, "requestHead", json_string(attempt->request_head));
	json_object_set_new(json, "replyHead", json_string(attempt->reply_head));
	return json;
}

/* The last one that was a request: an attempt without a token was none. */
static const char *last_head(const struct delivery *delivery)
{
	for (size_t i = delivery->attempt_count; i > 0; i--) {
		if (*delivery->attempt_list[i - 1].request_head)
			return delivery->attempt_list[i - 1].request_head;
	}
	return "";
}

/* The body of the last request: its form is seen from its head, whatever the endpoint wants
 * today. */
static const char *body_of(struct arena *arena, const struct delivery *delivery)
{
	bool is_structured = strstr(last_head(delivery), "application/cloudevents+json");

	if (delivery->event.expunged.us)
		return NULL;
	const struct payload payload = payload_build_as(
		arena, &delivery->event,
		is_structured ? PAYLOAD_CLOUDEVENTS_STRUCTURED : PAYLOAD_ORIGINAL);
	return arena_strndup(arena, (const char *)payload.body.data, payload.body.length);
}

json_t *delivery_to_json(struct arena *arena, const struct delivery *delivery, bool is_full,
			 const struct wait_view *view)
{
	json_t *attempts = json_array();
	for (size_t i = 0; i < delivery->attempt_count; i++)
		json_array_append_new(attempts,
				      is_full ? attempt_to_json(&delivery->attempt_list[i])
					      : attempt_to_short_json(&delivery->attempt_list[i]));
	json_t *json = json_pack("{s:o, s:{s:s, s:s}, s:s, s:o}", "event",
				 event_to_json(&delivery->event), "endpoint", "id",
				 delivery->endpoint, "url", delivery->endpoint_url, "state",
				 delivery_state_name(delivery->state), "attempts", attempts);
	if (delivery->state == DELIVERY_PENDING)
		delivery_wait_add(json, delivery, view);
	if (delivery->finished.us)
		json_object_set_new(json, "finishedDate", json_date(delivery->finished));
	if (delivery->state == DELIVERY_FAILED && *delivery->failure)
		json_object_set_new(json, "failureReason", json_string(delivery->failure));
	if (!is_full)
		return json;
	const char *body = body_of(arena, delivery);
	json_object_set_new(json, "body", body ? json_string(body) : json_null());
	const char *curl = body ? delivery_curl(arena, last_head(delivery), body) : NULL;
	json_object_set_new(json, "curl", curl ? json_string(curl) : json_null());
	return json;
}

void looked_back_add(json_t *json, struct wall_time looked_back_to)
{
	json_object_set_new(json, "complete", json_boolean(looked_back_to.us == 0));
	if (looked_back_to.us) /* the next search's `until`: later by less than dates tell */
		json_object_set_new(json, "lookedBackTo",
				    json_date(wall_add(looked_back_to, duration_ms(1))));
}

json_t *deliveries_list(struct db *db, struct arena *arena, const struct delivery_filter *filter,
			const struct wait_view *view, struct error *err)
{
	struct delivery_page page;

	if (!delivery_search(db, arena, filter, &page, err))
		return NULL;
	json_t *results = json_array();
	for (size_t i = 0; i < page.count; i++)
		json_array_append_new(results, delivery_to_json(arena, &page.list[i], false, view));
	json_t *json = json_pack("{s:I, s:o}", "count", (json_int_t)page.total, "results", results);
	looked_back_add(json, page.looked_back_to);
	return json;
}

/* What a search asks for to find those of the group. */
static json_t *group_filter(const struct failure_group *group)
{
	json_t *json = json_pack("{s:s, s:s}", "failing", "true", "endpointId", group->endpoint);
	char status[8];

	if (*group->error_class)
		json_object_set_new(json, "error", json_string(group->error_class));
	if (*group->phase)
		json_object_set_new(json, "phase", json_string(group->phase));
	if (!*group->error_class && group->http_status >= 0 && group->http_status <= 999) {
		snprintf(status, sizeof(status), "%d", (int)group->http_status);
		json_object_set_new(json, "httpStatus", json_string(status));
	}
	return json;
}

struct shown_group {
	struct failure_group group;
	const char *cause;
	double took_ms;
	json_t *filter;
};

#define SHAPE_OF struct shown_group
static const struct shape_member group_endpoint_members[] = {
	{SHAPE_TEXT("id", group.endpoint)},
	{SHAPE_TEXT("url", group.endpoint_url)},
};
static const struct shape group_endpoint_shape = {SHAPE(group_endpoint_members)};
static const struct shape_member group_example_members[] = {
	{SHAPE_TEXT("eventId", group.event_id)},
	{SHAPE_DATE("startedDate", group.started), .flags = SHAPE_OR_NULL},
	{SHAPE_NUMBER("durationMs", took_ms)},
	{SHAPE_TEXT("replyStart", group.reply_start)},
};
static const struct shape group_example_shape = {SHAPE(group_example_members)};
static const struct shape_member group_members[] = {
	{SHAPE_TEXT("cause", cause)},
	{SHAPE_PART("endpoint", &group_endpoint_shape)},
	{SHAPE_TEXT("error", group.error_class)},
	{SHAPE_TEXT("phase", group.phase)},
	{SHAPE_INT("httpStatus", group.http_status)},
	{SHAPE_INT("count", group.count)},
	{SHAPE_INT("pending", group.pending)},
	{SHAPE_DATE("firstDate", group.first)},
	{SHAPE_DATE("lastDate", group.last)},
	{SHAPE_PART("example", &group_example_shape)},
	{SHAPE_JSON("filter", filter)},
};
static const struct shape group_shape = {SHAPE(group_members)};
#undef SHAPE_OF

static json_t *group_to_json(const struct failure_group *group)
{
	scoped(json_t) json_t *filter = group_filter(group);
	const struct shown_group shown = {
		.group = *group,
		.cause = failure_cause(group->error_class, group->phase, group->http_status,
				       group->reply_start),
		.took_ms = (double)group->took.us / 1000.0,
		.filter = filter,
	};

	return shape_to_json(&group_shape, &shown);
}

json_t *deliveries_failures(struct db *db, struct arena *arena,
			    const struct delivery_filter *filter, struct error *err)
{
	struct failure_groups groups;

	if (!delivery_failures(db, arena, filter, &groups, err))
		return NULL;
	json_t *results = json_array();
	for (size_t i = 0; i < groups.count; i++)
		json_array_append_new(results, group_to_json(&groups.list[i]));
	json_t *json = json_pack("{s:o}", "results", results);
	looked_back_add(json, groups.looked_back_to);
	return json;
}
