/* client_app_usage_api.c – what client apps were used for: counts and calls. */
#include "api/core/routes.h"

#include <stdlib.h>
#include <string.h>

#include "access/credentials/client_app_usage.h"

#define EXPORT_BYTES_MAX (8u * 1024 * 1024) /* of APP_CALLS_KEPT lines */

static const char *app_of(const struct call *call)
{
	return call->request->parameters[0];
}

static bool days_read(const struct call *call, int64_t *ret_days, struct error *err)
{
	return call_query_int(call, "days", 1, APP_USE_KEPT_DAYS, APP_USE_KEPT_DAYS, ret_days, err);
}

static bool span_read(const struct call *call, enum use_span *ret_span, struct error *err)
{
	const char *name = http_request_query(call->request, "interval");

	*ret_span = name && strcmp(name, "HOUR") == 0 ? USE_HOURS : USE_DAYS;
	return !name || !*name || *ret_span == USE_HOURS || strcmp(name, "DAY") == 0 ||
	       error_set(err, ERROR_INVALID_FIELD, "interval: must be DAY or HOUR");
}

bool on_client_apps_usage_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	int64_t days;

	return days_read(call, &days, err) &&
	       reply_answer(response, client_apps_usage(&context, days, err));
}

bool on_client_app_usage_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	enum use_span span;
	int64_t days;

	return days_read(call, &days, err) && span_read(call, &span, err) &&
	       reply_answer(response, client_app_usage(&context, app_of(call), span, days, err));
}

/* 403, or a class: 4xx. */
static bool status_read(const struct call *call, struct app_call_filter *filter, struct error *err)
{
	const char *text = http_request_query(call->request, "status");

	filter->status_max = 999;
	if (!text || !*text)
		return true;
	const bool is_class = strlen(text) == 3 && strcmp(text + 1, "xx") == 0;
	if (strlen(text) != 3 || *text < '1' || *text > '5' ||
	    (!is_class && strspn(text, "0123456789") != 3))
		return error_set(err, ERROR_INVALID_FIELD,
				 "status: must be a status such as 403, or a class such as 4xx");
	filter->status_min = is_class ? (*text - '0') * 100 : strtol(text, NULL, 10);
	filter->status_max = is_class ? filter->status_min + 99 : filter->status_min;
	return true;
}

static bool method_read(const struct call *call, struct app_call_filter *filter, struct error *err)
{
	const char *name = http_request_query(call->request, "method");

	if (!name || !*name)
		return true;
	for (int method = HTTP_METHOD_GET; method < HTTP_METHOD_OTHER; method++) {
		filter->method = http_method_name((enum http_method)method);
		if (strcmp(filter->method, name) == 0)
			return true;
	}
	return error_set(err, ERROR_INVALID_FIELD,
			 "method: must be GET, POST, PUT, PATCH, DELETE "
			 "or HEAD");
}

static bool filter_read(const struct call *call, struct app_call_filter *filter, struct error *err)
{
	*filter = (struct app_call_filter){0};
	return status_read(call, filter, err) && method_read(call, filter, err) &&
	       call_query_date(call, "since", &filter->since, err) &&
	       call_query_date(call, "until", &filter->until, err);
}

bool on_client_app_calls_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	struct app_call_filter filter;

	return filter_read(call, &filter, err) &&
	       call_page(call, PAGE_DEFAULT, &filter.offset, &filter.limit, err) &&
	       reply_answer(response, client_app_calls(&context, app_of(call), filter, err));
}

static bool format_read(const struct call *call, bool *ret_is_csv, struct error *err)
{
	const char *name = http_request_query(call->request, "format");

	*ret_is_csv = name && strcmp(name, "csv") == 0;
	return !name || !*name || *ret_is_csv || strcmp(name, "json") == 0 ||
	       error_set(err, ERROR_INVALID_FIELD, "format: must be csv or json");
}

bool on_client_app_calls_export(struct call *call, struct http_response *response,
				struct error *err)
{
	const struct context context = call_context(call);
	struct app_call_filter filter;
	struct buf lines;
	bool is_csv;

	if (!filter_read(call, &filter, err) || !format_read(call, &is_csv, err))
		return false;
	buf_init(&lines, EXPORT_BYTES_MAX);
	bool done = client_app_calls_export(&context, app_of(call), filter, is_csv, &lines, err);
	if (done) {
		response->status = 200;
		response->content_type = is_csv ? "text/csv; charset=utf-8; header=present"
						: "application/x-ndjson";
		response->body = buf_take(&lines, &response->body_length);
	}
	buf_done(&lines);
	return done;
}
