/* client_app_usage.h – the use of client apps for those who manage them: counts over time, and
 * single calls.
 *
 * Both are kept for APP_USE_KEPT_DAYS, the calls up to APP_CALLS_KEPT (usage.h), and are stored
 * every few seconds. A revoked app is still found here, because its use is of interest after a
 * leak. */
#ifndef GREFFIER_ACCESS_CLIENT_APP_USAGE_H
#define GREFFIER_ACCESS_CLIENT_APP_USAGE_H

#include <jansson.h>

#include "context/context.h"
#include "base/buf.h"
#include "store/client_app_use_store.h"

/* All functions need the rights of client_apps.h and return new references, or NULL with
 * ERROR_CLIENT_APP_NOT_FOUND for an app of another account.
 *
 * Returns {clientId, interval, total, series} with one entry per hour or day, including empty
 * ones; the last is the current one. `days` is 1 to APP_USE_KEPT_DAYS. */
json_t *client_app_usage(const struct context *context, const char *client_id,
			 enum use_span span, int64_t days, struct error *err);
/* Returns {fromDate, days, results}: for each live app that was used, arrays with one number per
 * day. */
json_t *client_apps_usage(const struct context *context, int64_t days, struct error *err);

/* Returns {count, results}. `filter` need not set account and app. */
json_t *client_app_calls(const struct context *context, const char *client_id,
			 struct app_call_filter filter, struct error *err);
/* Writes the calls as lines of JSON, or of CSV with a title line. */
MUST_CHECK bool client_app_calls_export(const struct context *context, const char *client_id,
					struct app_call_filter filter, bool as_csv,
					struct buf *lines, struct error *err);

#endif
