/* deliveries_api.c – /api/notifications/deliveries: deliveries and their results, and
 * steering it: sending it again, now, or not at all. */
#include "api/core/routes.h"

#include <string.h>

#include "notify/delivery_export.h"
#include "notify/delivery_query.h"
#include "notify/record_json.h"
#include "notify/repair.h"
#include "store/delivery_store.h"

static struct wait_view view_of(const struct call *call)
{
	return (struct wait_view){call->turns, call->session, call->queue_now};
}

/* ---- search ---- */

static const char *query_of(const void *request, const char *name)
{
	return http_request_query(request, name);
}

static bool filter_read(const struct call *call, struct delivery_filter *ret_filter,
			struct error *err)
{
	if (!delivery_query_read(call->arena, query_of, call->request, ret_filter, err))
		return false;
	ret_filter->account = call->actor.account;
	return true;
}

bool on_deliveries_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct wait_view view = view_of(call);
	struct delivery_filter filter;

	return filter_read(call, &filter, err) &&
	       call_page(call, PAGE_DEFAULT, &filter.offset, &filter.limit, err) &&
	       reply_answer(response, deliveries_list(session_db(call->session), call->arena,
						      &filter, &view, err));
}

bool on_deliveries_failures(struct call *call, struct http_response *response, struct error *err)
{
	struct delivery_filter filter;

	return filter_read(call, &filter, err) &&
	       reply_answer(response, deliveries_failures(session_db(call->session), call->arena,
							  &filter, err));
}

/* ---- as a file ---- */

static bool reply_csv(struct http_response *response, const struct delivery_export *export,
		      struct error *err)
{
	struct buf buf;

	buf_init(&buf, DELIVERY_EXPORT_BYTES_MAX);
	if (!delivery_export_csv(export, &buf)) {
		buf_done(&buf);
		return error_set(err, ERROR_BODY_TOO_LARGE,
				 "the export is too long: narrow the search");
	}
	response->status = 200;
	response->content_type = "text/csv; charset=utf-8";
	response->body = buf_take(&buf, &response->body_length);
	return true;
}

bool on_deliveries_export(struct call *call, struct http_response *response, struct error *err)
{
	const char *format = http_request_query(call->request, "format");
	bool is_csv = format && strcmp(format, "csv") == 0;
	struct delivery_filter filter;
	struct delivery_export export;

	if (format && *format && !is_csv && strcmp(format, "json") != 0)
		return error_set(err, ERROR_INVALID_FIELD, "format: must be json or csv");
	if (!filter_read(call, &filter, err) ||
	    !delivery_export_read(session_db(call->session), call->arena, &filter, &export, err))
		return false;
	http_response_header(response, "Content-Disposition",
			     is_csv ? "attachment; filename=\"deliveries.csv\""
				    : "attachment; filename=\"deliveries.json\"");
	http_response_header(response, "greffier-complete", export.is_whole ? "true" : "false");
	return is_csv ? reply_csv(response, &export, err)
		      : reply_answer(response, delivery_export_json(&export));
}

/* ---- one ---- */

static bool delivery_find(const struct call *call, const struct delivery **ret_delivery,
			  struct error *err)
{
	const struct delivery_filter filter = {.account = call->actor.account,
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

typedef bool steer_act(const struct context *context, const char *event_id, const char *endpoint_id,
		       struct error *err);

/* Does it, and answers the delivery as it is then. */
static bool delivery_steer(struct call *call, steer_act *act, struct http_response *response,
			   struct error *err)
{
	const struct context context = call_context(call);

	return act(&context, call->request->parameters[0], call->request->parameters[1], err) &&
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
