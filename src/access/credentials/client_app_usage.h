/* client_app_usage.h – what client apps were used for, as whoever manages them sees it: counts over time, and the calls.
 *
 * Both are kept for APP_USE_KEPT_DAYS, of the calls the newest APP_CALLS_KEPT (usage.h), and written every few seconds. An app that
 * was revoked is still found here: that is when somebody wants to know what its secret was used for. */
#ifndef GREFFIER_ACCESS_CLIENT_APP_USAGE_H
#define GREFFIER_ACCESS_CLIENT_APP_USAGE_H

#include <jansson.h>

#include "context/context.h"
#include "base/buf.h"
#include "store/client_app_use_store.h"

/* All need what client_apps.h needs. New references; NULL with ERROR_CLIENT_APP_NOT_FOUND for an app of another account.
 *
 * {clientId, interval, total, series}, one entry for each hour or day, the present one last, those without use too. `days` from 1 to
 * APP_USE_KEPT_DAYS. */
json_t *client_app_usage(const struct context *context, const char *client_id,
			 enum use_span span, int64_t days, struct error *err);
/* {fromDate, days, results}: of each live app that was used, an array of numbers for each day. */
json_t *client_apps_usage(const struct context *context, int64_t days, struct error *err);

/* {count, results}. `filter` without account and app. */
json_t *client_app_calls(const struct context *context, const char *client_id,
			 struct app_call_filter filter, struct error *err);
/* The same as lines: of JSON, or of CSV with a head. */
MUST_CHECK bool client_app_calls_export(const struct context *context, const char *client_id,
					struct app_call_filter filter, bool as_csv,
					struct buf *lines, struct error *err);

#endif
