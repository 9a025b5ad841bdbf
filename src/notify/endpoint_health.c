/* endpoint_health.c – the health of all endpoints in one answer: the other part of statistics.h. */
#include "notify/statistics.h"

#include "base/json.h"
#include "store/delivery_store.h"
#include "store/endpoint_store.h"

#define HEALTH_SPAN_S 86400
#define HEALTH_STEP_S 7200 /* few rows of an endpoint, whatever was sent to it */

/* Tried and failed so far is worse than not tried yet. */
static const char *outcome_name(const struct endpoint_outcome *outcome)
{
	return outcome->state == DELIVERY_PENDING && outcome->was_tried
		       ? "RETRYING"
		       : delivery_state_name((enum delivery_state)outcome->state);
}

static json_t *outcomes_to_json(const struct endpoint_outcome *outcomes, size_t count)
{
	json_t *json = json_array();

	for (size_t i = count; i > 0; i--)
		json_array_append_new(json, json_string(outcome_name(&outcomes[i - 1])));
	return json;
}

static json_t *one_to_json(const struct context *context, const char *id, struct error *err)
{
	struct endpoint_outcome outcomes[ENDPOINT_OUTCOMES_MAX];
	const struct statistics_query query = {
		.endpoint = id,
		.since = wall_add(context->now, duration_s(-HEALTH_SPAN_S)),
		.step_s = HEALTH_STEP_S,
	};
	size_t count;

	if (!endpoint_outcomes_read(session_db(context->session), context->account, id, outcomes,
				    &count, err))
		return NULL;
	scoped(json_t) json_t *statistics = statistics_read(context, &query, err);
	if (!statistics)
		return NULL;
	const json_t *totals = json_object_get(statistics, "totals");
	return json_pack("{s:s, s:o, s:O, s:O, s:O}", "endpointId", id, "outcomes",
			 outcomes_to_json(outcomes, count), "attempts",
			 json_object_get(totals, "attempts"), "succeeded",
			 json_object_get(totals, "succeeded"), "latency",
			 json_object_get(totals, "latency"));
}

json_t *endpoints_health(const struct context *context, int64_t offset, int64_t limit,
			 struct error *err)
{
	const struct endpoint_filter filter = {context->account, NULL, offset, limit};
	struct endpoint *endpoints;
	size_t count;
	int64_t total;

	if (!endpoint_list(session_db(context->session), context->arena, &filter, &endpoints,
			   &count, &total, err))
		return NULL;
	scoped(json_t) json_t *results = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *one = one_to_json(context, endpoints[i].id, err);
		if (!one)
			return NULL;
		json_array_append_new(results, one);
	}
	return json_pack("{s:I, s:O}", "count", (json_int_t)total, "results", results);
}
