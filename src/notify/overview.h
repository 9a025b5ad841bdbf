/* overview.h – an overview of an account's notifications in one answer, for the first page of a
 * console or a dashboard. */
#ifndef GREFFIER_NOTIFY_OVERVIEW_H
#define GREFFIER_NOTIFY_OVERVIEW_H

#include <jansson.h>

#include "notify/statistics.h"

#define OVERVIEW_ENDPOINTS_MAX 100 /* the size of a page of endpoints_list */

/* Returns {"endpoints", "endpointHealth", "deliveries", "statistics", "eventTypes",
 * "clientApps"} as a new reference: the first endpoints and their health, the deliveries
 * finished within 24 hours, the statistics of `query`, the names of event types, and the number
 * of client apps (null when the caller may not read them). Fails like statistics_read; NULL on
 * error. */
json_t *overview_read(const struct context *context, const struct statistics_query *query,
		      struct error *err);

#endif
