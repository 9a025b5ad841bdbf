/* payload.h – the body of a notification in the format of its endpoint. Pure.
 *
 * The formats are OneSpan Sign's seven members, in the same order and null where unused, with
 * the extra members of a few types; and CloudEvents 1.0 (cloudevents.io) with these members as
 * data. */
#ifndef GREFFIER_NOTIFY_PAYLOAD_H
#define GREFFIER_NOTIFY_PAYLOAD_H

#include "base/arena.h"
#include "base/buf.h"
#include "notify/endpoint_options.h"
#include "store/event_store.h"

/* Returns the form of OneSpan Sign as UTF-8 JSON in `arena`. The same event always gives the
 * same bytes. */
struct bytes payload_build(struct arena *arena, const struct event *event);

#define PAYLOAD_HEADERS_MAX 10

struct payload {
	struct bytes body;
	const char *content_type;
	/* "Name: value"; attributes of CloudEvents in binary mode. */
	const char *headers[PAYLOAD_HEADERS_MAX];
	size_t header_count;
};
struct payload payload_build_as(struct arena *arena, const struct event *event,
				enum payload_format format);
/* The type of a CloudEvent, such as "greffier.PACKAGE_CREATE". */
#define CLOUDEVENT_TYPE_PREFIX "greffier."

#endif
