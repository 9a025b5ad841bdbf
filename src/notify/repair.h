/* repair.h – what people do about single deliveries and events. */
#ifndef GREFFIER_NOTIFY_REPAIR_H
#define GREFFIER_NOTIFY_REPAIR_H

#include "context/context.h"

/* A delivery that is over goes into the queue again, in its place. ERROR_EVENT_NOT_FOUND, ERROR_ENDPOINT_NOT_FOUND,
 * ERROR_DELIVERY_NOT_FOUND; ERROR_WRONG_STATE: it is pending, the endpoint is disabled, or the event expunged. */
MUST_CHECK bool delivery_resend(const struct context *context, const char *event_id,
				const char *endpoint_id, struct error *err);
/* A delivery that waits is tried now: its schedule, and its endpoint's rest after failures, wait no longer. The attempt counts.
 * ERROR_WRONG_STATE: it is over or under way, it waits behind another, or its endpoint is paused or disabled. */
MUST_CHECK bool delivery_retry(const struct context *context, const char *event_id,
			       const char *endpoint_id, struct error *err);
/* A pending delivery fails, and its lane goes on. A request that is under way is not called back. ERROR_WRONG_STATE: it is over. */
MUST_CHECK bool delivery_cancel(const struct context *context, const char *event_id,
				const char *endpoint_id, struct error *err);
/* What the event said about people is removed: who acted, message, document, extra members, and what receivers answered. Its
 * number, type, package and date stay, and the digest of its payload, so that the sequence and manifests do. Deliveries of it
 * that are pending fail. Twice is no error. */
MUST_CHECK bool event_expunge(const struct context *context, const char *event_id,
			      struct error *err);

#endif
