/* notifications_api.c – /api/notifications: what happened, where it was sent, and what came of it.
 */
#include "api/routes.h"

#include <string.h>

#include "base/json.h"
#include "notify/catalogue.h"
#include "store/delivery_store.h"
#include "store/event_store.h"

#define EVENTS_LIMIT_DEFAULT 100
#define EVENTS_LIMIT_MAX 1000

static json_t *text_or_null(const char *text)
{
	return text ? json_string(text) : json_null();
}

static json_t *event_to_json(const struct event *event)
{
	return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o, s:o}", "sequence",
			 (json_int_t)event->sequence, "id", event->id, "name", event->type,
			 "packageId", event->package, "sessionUser", event->session_user, "message",
			 text_or_null(event->message), "documentId", text_or_null(event->document),
			 "createdDate", json_date(event->created));
}

static json_t *attempt_to_json(const struct attempt *attempt)
{
	return json_pack("{s:I, s:o, s:f, s:s, s:I, s:s, s:s}", "number",
			 (json_int_t)attempt->number, "startedDate", json_date(attempt->started),
			 "durationMs", (double)attempt->took.us / 1000.0, "address",
			 attempt->address, "httpStatus", (json_int_t)attempt->http_status, "error",
			 attempt->error_class, "replyStart", attempt->reply_start);
}

static json_t *delivery_to_json(const struct delivery *delivery)
{
	json_t *attempts = json_array();
	for (size_t i = 0; i < delivery->attempt_count; i++)
		json_array_append_new(attempts, attempt_to_json(&delivery->attempt_list[i]));
	json_t *json = json_pack("{s:o, s:{s:s, s:s}, s:s, s:o}", "event",
				 event_to_json(&delivery->event), "endpoint", "id",
				 delivery->endpoint, "url", delivery->endpoint_url, "state",
				 delivery_state_name(delivery->state), "attempts", attempts);
	if (delivery->next_attempt.us)
		json_object_set_new(json, "nextAttemptDate", json_date(delivery->next_attempt));
	if (delivery->finished.us)
		json_object_set_new(json, "finishedDate", json_date(delivery->finished));
	return json;
}

static bool state_read(const struct call *call, int *ret_state, struct error *err)
{
	const char *name = http_request_query(call->request, "state");

	*ret_state = -1;
	if (!name || !*name)
		return true;
	for (int state = 0; state < DELIVERY_STATE_COUNT; state++) {
		if (strcmp(name, delivery_state_name((enum delivery_state)state)) == 0) {
			*ret_state = state;
			return true;
		}
	}
	return error_set(err, ERROR_INVALID_FIELD, "state: must be PENDING, DELIVERED or FAILED");
}

bool on_deliveries_get(struct call *call, struct http_response *response, struct error *err)
{
	struct delivery_filter filter = {
		.account = call->caller.account,
		.package = http_request_query(call->request, "packageId"),
		.type = http_request_query(call->request, "name"),
		.event_id = http_request_query(call->request, "eventId"),
	};
	struct delivery *deliveries;
	size_t count;
	int64_t total;

	if (!state_read(call, &filter.state, err) ||
	    !call_page(call, PAGE_DEFAULT, &filter.offset, &filter.limit, err) ||
	    !delivery_list(session_db(call->session), call->arena, &filter, &deliveries, &count,
			   &total, err))
		return false;
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(results, delivery_to_json(&deliveries[i]));
	return reply_json(response,
			  json_pack("{s:I, s:o}", "count", (json_int_t)total, "results", results));
}

bool on_events_get(struct call *call, struct http_response *response, struct error *err)
{
	struct event *events;
	size_t count;
	int64_t after, limit;

	if (!call_query_int(call, "after", 0, INT64_MAX, 0, &after, err) ||
	    !call_query_int(call, "limit", 1, EVENTS_LIMIT_MAX, EVENTS_LIMIT_DEFAULT, &limit,
			    err) ||
	    !event_list(session_db(call->session), call->arena, call->caller.account, after, limit,
			&events, &count, err))
		return false;
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(results, event_to_json(&events[i]));
	return reply_json(response, json_pack("{s:o}", "results", results));
}

bool on_event_types_get(struct call *call, struct http_response *response, struct error *err)
{
	json_t *results = json_array();

	for (int type = 0; type < EVENT_TYPE_COUNT; type++) {
		const struct event_type_info *info = event_type_info((enum event_type)type);
		const char *group = info->group == EVENT_GROUP_ACCOUNT ? "ACCOUNT" : "PARTICIPANT";
		json_array_append_new(results,
				      json_pack("{s:s, s:s, s:{s:s, s:s}}", "name", info->name,
						"group", group, "displayName", "en",
						info->display_en, "fr", info->display_fr));
	}
	return reply_json(response, json_pack("{s:o}", "results", results));
}
