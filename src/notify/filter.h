/* filter.h – whether an endpoint's filter lets an event through. Pure. */
#ifndef GREFFIER_NOTIFY_FILTER_H
#define GREFFIER_NOTIFY_FILTER_H

#include <stdbool.h>

/* What filters look at besides the event's type. */
struct event_context {
	const char *sender;  /* uid of who owns the package; NULL when unknown */
	const char *package; /* the package's JSON, whose attributes are in `data`; NULL when unknown */
};

/* `filter` as endpoint_options.h keeps it: the sender is one of `senders` (uids), and each attribute has one of the
 * values given for it. */
bool filter_matches(const char *filter, const struct event_context *context);

#endif
