/* overview.h – how an account's notifications stand, in one answer: what a page or a dashboard shows first. */
#ifndef GREFFIER_NOTIFY_OVERVIEW_H
#define GREFFIER_NOTIFY_OVERVIEW_H

#include <jansson.h>

#include "notify/statistics.h"

#define OVERVIEW_ENDPOINTS_MAX 100 /* as many as a page of endpoints_list has */

/* {"endpoints", "endpointHealth", "deliveries", "statistics", "eventTypes", "clientApps"}: the first endpoints and how they do,
 * the deliveries of the last 24 hours that have ended, the statistics that `query` asks for, the names of event types, and the
 * number of client apps (null for a caller who may not read them). Fails as statistics_read does. New reference; NULL on error. */
json_t *overview_read(const struct context *context, const struct statistics_query *query,
		      struct error *err);

#endif
