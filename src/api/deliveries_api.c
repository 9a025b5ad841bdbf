/* deliveries_api.c – /api/notifications/deliveries: what was sent where, what came of it, and
 * steering it: sending it again, now, or not at all. */
#include "api/routes.h"

#include "notify/catalogue.h"
#include "notify/record_json.h"
#include "notify/repair.h"
#include "store/delivery_store.h"

static struct wait_view view_of(const struct call *call)
{
	return (struct wait_view){call->turns, call->session, call->queue_now};
}

/* ---- search ---- */

static bool state_read(const struct call *call, int *ret_state, struct error *err)
{
	const char *name = http_request_query(call->request, "state");

	*ret_state = -1;
	return !name || !*name || delivery_state_find(name, ret_state) ||
	       error_set(err, ERROR_INVALID_FIELD, "state: must be PENDING, DELIVERED or FAILED");
}

static bool type_is_known(const char *name, struct error *err)
{
	enum event_type type;

	return !name || event_type_read(name, "name", ERROR_INVALID_FIELD, &type, err);
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
	const struct wait_view view = view_of(call);
	struct delivery_filter filter;

	return filter_read(call, &filter, err) &&
	       reply_answer(response, deliveries_list(session_db(call->session), call->arena,
						      &filter, &view, err));
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
	struct delivery_page page;

	if (!delivery_search(session_db(call->session), call->arena, &filter, &page, err))
		return false;
	*ret_delivery = page.list;
	return page.count == 1 || error_set(err, ERROR_DELIVERY_NOT_FOUND, NULL);
}

bool on_delivery_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct wait_view view = view_of(call);
	const struct delivery *delivery;

	if (!delivery_find(call, &delivery, err))
		return false;
	return reply_json(response, delivery_to_json(call->arena, delivery, true, &view));
}

typedef bool steer_act(const struct access_service *service, const char *event_id,
		       const char *endpoint_id, struct error *err);

/* Does it, and answers the delivery as it is then. */
static bool delivery_steer(struct call *call, steer_act *act, struct http_response *response,
			   struct error *err)
{
	const struct access_service service = call_access(call);

	return act(&service, call->request->parameters[0], call->request->parameters[1], err) &&
	       on_delivery_get(call, response, err);
}

bool on_delivery_resend(struct call *call, struct http_response *response, struct error *err)
{
	return delivery_steer(call, delivery_resend, response, err);
}

bool on_delivery_retry(struct call *call, struct http_response *response, struct error *err)
{
	return delivery_steer(call, delivery_retry, response, err);
}

bool on_delivery_cancel(struct call *call, struct http_response *response, struct error *err)
{
	return delivery_steer(call, delivery_cancel, response, err);
}
