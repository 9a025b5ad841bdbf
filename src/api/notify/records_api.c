/* records_api.c – what proves, counts and keeps: /api/notifications/manifests, statistics,
 * overview, transactions, signingKeys, retention; and producers' events. */
#include "api/core/routes.h"

#include "base/json.h"
#include "notify/manifest.h"
#include "notify/overview.h"
#include "notify/producer.h"
#include "notify/repair.h"
#include "notify/retention.h"
#include "notify/signing_keys.h"
#include "notify/statistics.h"
#include "notify/transactions.h"

bool on_manifests_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	int64_t after, through;

	return call_query_int(call, "after", 0, INT64_MAX, 0, &after, err) &&
	       call_query_int(call, "through", 0, INT64_MAX, 0, &through, err) &&
	       reply_answer(response, manifest_make(&context, after, through, err));
}

bool on_transactions_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *ids = http_request_query(call->request, "ids");
	const char *search = http_request_query(call->request, "search");

	if (!ids == (!search || !*search))
		return error_set(err, ERROR_INVALID_FIELD,
				 "search: either search or ids is required");
	return reply_answer(response, ids ? transactions_read(&context, ids, err)
					  : transactions_find(&context, search, err));
}

static bool statistics_query_read(const struct call *call, struct statistics_query *ret_query,
				  struct error *err)
{
	*ret_query = (struct statistics_query){0};
	return call_query_date(call, "since", &ret_query->since, err) &&
	       call_query_date(call, "until", &ret_query->until, err) &&
	       call_query_int(call, "step", 60, STATISTICS_STEP_MAX_S, 0, &ret_query->step_s, err);
}

bool on_statistics_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	struct statistics_query query;

	if (!statistics_query_read(call, &query, err))
		return false;
	query.endpoint = http_request_query(call->request, "endpointId");
	return reply_answer(response, statistics_read(&context, &query, err));
}

bool on_overview_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	struct statistics_query query;

	return statistics_query_read(call, &query, err) &&
	       reply_answer(response, overview_read(&context, &query, err));
}

bool on_signing_keys_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, signing_keys_read(&context, err));
}

bool on_signing_keys_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body_or_nothing(call, err);
	return body && reply_answer(response, signing_keys_rotate(&context, body, err));
}

/* Anybody may check a signature: the account is named in the path. */
bool on_public_keys_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context_about(call, call->request->parameters[0]);
	return reply_answer(response, signing_keys_read(&context, err));
}

bool on_retention_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, retention_read(&context, call->retention, err));
}

bool on_retention_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body &&
	       reply_answer(response, retention_change(&context, call->retention, body, err));
}

bool on_events_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const char *key = http_request_header(call->request, "Idempotency-Key"), *answer;
	bool repeated;

	scoped(json_t) json_t *body = call_body(call, err);
	if (!body || !producer_append(&context, body, key, &answer, &repeated, err))
		return false;
	if (repeated)
		http_response_header(response, "Idempotency-Replayed", "true");
	return reply_json_text(response, answer);
}

bool on_event_expunge(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return event_expunge(&context, call->request->parameters[0], err) && reply_empty(response);
}
