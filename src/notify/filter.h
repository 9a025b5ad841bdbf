/* filter.h – decides whether an endpoint's filter matches an event. Pure. */
#ifndef GREFFIER_NOTIFY_FILTER_H
#define GREFFIER_NOTIFY_FILTER_H

#include <stdbool.h>

/* Data that filters read in addition to the event's type. */
struct event_context {
	const char *sender;  /* uid of the package's owner; NULL when unknown */
	const char *package; /* JSON of the package, with attributes in `data`; NULL when unknown */
};

/* `filter` has the form of endpoint_options.h. It matches when the sender is one of `senders`
 * (uids) and each attribute has one of its listed values. */
bool filter_matches(const char *filter, const struct event_context *context);

#endif
