/* payload.h – what a notification says, in the form its endpoint wants. Pure.
 *
 * The original's seven members, in the order listeners have always seen them, null where unused, and the extra members of the
 * few types that have some; or a CloudEvent 1.0 (cloudevents.io) whose data is just that. */
#ifndef GREFFIER_NOTIFY_PAYLOAD_H
#define GREFFIER_NOTIFY_PAYLOAD_H

#include "base/arena.h"
#include "base/buf.h"
#include "notify/endpoint_options.h"
#include "store/event_store.h"

/* The original's form: UTF-8 JSON in `arena`. The same event always gives the same bytes. */
struct bytes payload_build(struct arena *arena, const struct event *event);

#define PAYLOAD_HEADERS_MAX 10

struct payload {
	struct bytes body;
	const char *content_type;
	const char *headers[PAYLOAD_HEADERS_MAX]; /* "Name: value": CloudEvents' attributes in binary mode */
	size_t header_count;
};
struct payload payload_build_as(struct arena *arena, const struct event *event,
				enum payload_format format);
/* The type a CloudEvent says: "greffier.PACKAGE_CREATE". */
#define CLOUDEVENT_TYPE_PREFIX "greffier."

#endif
