/* deliveries_api.c – /api/notifications/deliveries: what was sent where, what came of it, and
 * sending it again. */
#include "api/event_json.h"
#include "api/routes.h"

#include <string.h>

#include "base/ensure.h"
#include "base/json.h"
#include "notify/catalogue.h"
#include "notify/payload.h"
#include "notify/repair.h"
#include "store/delivery_store.h"

/* ---- what is shown ---- */

static json_t *attempt_to_short_json(const struct attempt *attempt)
{
	return json_pack("{s:I, s:o, s:f, s:s, s:I, s:s, s:s, s:s}", "number",
			 (json_int_t)attempt->number, "startedDate", json_date(attempt->started),
			 "durationMs", (double)attempt->took.us / 1000.0, "address",
			 attempt->address, "httpStatus", (json_int_t)attempt->http_status, "error",
			 attempt->error_class, "phase", attempt->phase, "replyStart",
			 attempt->reply_start);
}

static json_t *ms(struct duration duration)
{
	return json_real((double)duration.us / 1000.0);
}

json_t *attempt_to_json(const struct attempt *attempt)
{
	json_t *json = attempt_to_short_json(attempt);

	json_object_set_new(json, "timings",
			    json_pack("{s:o, s:o, s:o, s:o}", "nameMs", ms(attempt->name),
				      "connectMs", ms(attempt->connect), "tlsMs",
				      ms(attempt->tls_done), "firstByteMs",
				      ms(attempt->first_byte)));
	json_object_set_new(json, "tls", json_string(attempt->tls));
	json_object_set_new(json, "requestHead", json_string(attempt->request_head));
	return json;
}

static json_t *delivery_to_json(const struct delivery *delivery,
				json_t *(*attempt_json)(const struct attempt *attempt))
{
	json_t *attempts = json_array();
	for (size_t i = 0; i < delivery->attempt_count; i++)
		json_array_append_new(attempts, attempt_json(&delivery->attempt_list[i]));
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

/* ---- search ---- */

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

static bool type_is_known(const char *name, struct error *err)
{
	enum event_type type;

	return !name || event_type_find(name, &type) ||
	       error_set(err, ERROR_INVALID_FIELD, "name: `%.60s` is not an event type", name);
}

static bool filter_read(const struct call *call, struct delivery_filter *ret_filter,
			struct error *err)
{
	*ret_filter = (struct delivery_filter){
		.account = call->caller.account,
		.package = http_request_query(call->request, "packageId"),
		.type = http_request_query(call->request, "name"),
		.event_id = http_request_query(call->request, "eventId"),
		.endpoint = http_request_query(call->request, "endpointId"),
		.error_class = http_request_query(call->request, "error"),
	};
	return type_is_known(ret_filter->type, err) && state_read(call, &ret_filter->state, err) &&
	       call_query_int(call, "httpStatus", 0, 999, -1, &ret_filter->http_status, err) &&
	       call_query_date(call, "since", &ret_filter->since, err) &&
	       call_query_date(call, "until", &ret_filter->until, err) &&
	       call_page(call, PAGE_DEFAULT, &ret_filter->offset, &ret_filter->limit, err);
}

bool on_deliveries_get(struct call *call, struct http_response *response, struct error *err)
{
	struct delivery_filter filter;
	struct delivery *deliveries;
	size_t count;
	int64_t total;

	if (!filter_read(call, &filter, err) ||
	    !delivery_list(session_db(call->session), call->arena, &filter, &deliveries, &count,
			   &total, err))
		return false;
	json_t *results = json_array();
	for (size_t i = 0; i < count; i++)
		json_array_append_new(results,
				      delivery_to_json(&deliveries[i], attempt_to_short_json));
	return reply_json(response,
			  json_pack("{s:I, s:o}", "count", (json_int_t)total, "results", results));
}

/* ---- one ---- */

static bool delivery_find(const struct call *call, const struct delivery **ret_delivery,
			  struct error *err)
{
	const struct delivery_filter filter = {.account = call->caller.account,
					       .event_id = call->request->parameters[0],
					       .endpoint = call->request->parameters[1],
					       .state = -1,
					       .http_status = -1,
					       .limit = 1};
	struct delivery *deliveries;
	size_t count;
	int64_t total;

	if (!delivery_list(session_db(call->session), call->arena, &filter, &deliveries, &count,
			   &total, err))
		return false;
	*ret_delivery = deliveries;
	return count == 1 || error_set(err, ERROR_DELIVERY_NOT_FOUND, NULL);
}

/* The body of the last attempt: its form is seen from the request, whatever the endpoint wants
 * today. */
static const char *body_of(const struct call *call, const struct delivery *delivery)
{
	const struct attempt *last = delivery->attempt_count
					     ? &delivery->attempt_list[delivery->attempt_count - 1]
					     : NULL;
	bool is_structured = last && strstr(last->request_head, "application/cloudevents+json");

	if (delivery->event.expunged.us)
		return NULL;
	const struct payload payload = payload_build_as(
		call->arena, &delivery->event,
		is_structured ? PAYLOAD_CLOUDEVENTS_STRUCTURED : PAYLOAD_ORIGINAL);
	return arena_strndup(call->arena, (const char *)payload.body.data, payload.body.length);
}

bool on_delivery_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct delivery *delivery;

	if (!delivery_find(call, &delivery, err))
		return false;
	json_t *json = delivery_to_json(delivery, attempt_to_json);
	const char *body = body_of(call, delivery);
	json_object_set_new(json, "body", body ? json_string(body) : json_null());
	return reply_json(response, json);
}

bool on_delivery_resend(struct call *call, struct http_response *response, struct error *err)
{
	const struct access_service service = call_access(call);

	return delivery_resend(&service, call->request->parameters[0], call->request->parameters[1],
			       err) &&
	       on_delivery_get(call, response, err);
}
