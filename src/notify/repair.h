/* repair.h – actions on single deliveries and events. */
#ifndef GREFFIER_NOTIFY_REPAIR_H
#define GREFFIER_NOTIFY_REPAIR_H

#include "context/context.h"

/* Queues a finished delivery again, at its place in its lane. Fails with ERROR_EVENT_NOT_FOUND,
 * ERROR_ENDPOINT_NOT_FOUND or ERROR_DELIVERY_NOT_FOUND. Fails with ERROR_WRONG_STATE when it is
 * pending, the endpoint is disabled, or the event was expunged. */
MUST_CHECK bool delivery_resend(const struct context *context, const char *event_id,
				const char *endpoint_id, struct error *err);
/* Attempts a waiting delivery now, regardless of its schedule and of its endpoint's rest after
 * failures. The attempt counts. Fails with ERROR_WRONG_STATE when it is finished or in progress,
 * waits behind another delivery, or its endpoint is paused or disabled. */
MUST_CHECK bool delivery_retry(const struct context *context, const char *event_id,
			       const char *endpoint_id, struct error *err);
/* Fails a pending delivery; its lane continues. A request in progress is not aborted. Fails with
 * ERROR_WRONG_STATE when it is finished. */
MUST_CHECK bool delivery_cancel(const struct context *context, const char *event_id,
				const char *endpoint_id, struct error *err);
/* Removes personal data from an event: who acted, message, document, extra members, and the
 * replies of receivers. Number, type, package, date and the digest of the payload stay, so that
 * the sequence and manifests remain valid. Pending deliveries of the event fail. Repeating it is
 * not an error. */
MUST_CHECK bool event_expunge(const struct context *context, const char *event_id,
			      struct error *err);

#endif
