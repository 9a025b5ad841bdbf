/* notices.h – the mails about notifications that do not arrive, queued in the transaction of what they tell of. */
#ifndef GREFFIER_NOTIFY_NOTICES_H
#define GREFFIER_NOTIFY_NOTICES_H

#include "context/context.h"
#include "store/endpoint_store.h"
#include "store/event_store.h"

/* A delivery has failed for good, last with `outcome` ("HTTP status 500"): to the sender of the event's package and to the
 * endpoint's contact, with `payload` as it was sent. */
MUST_CHECK bool notice_delivery_failed(const struct context *context, struct txn *txn,
				       const struct event *event, const struct endpoint *endpoint,
				       const char *outcome, struct bytes payload, struct error *err);
/* Nothing but failures since `since`; it will be disabled at `until`. To the account's owner and the contact. */
MUST_CHECK bool notice_endpoint_failing(const struct context *context, struct txn *txn,
					const struct endpoint *endpoint, struct wall_time since,
					struct wall_time until, struct error *err);
/* It was disabled. `reason`: GONE, FAILING or AUTHORIZATION_REFUSED. To the account's owner and the contact. */
MUST_CHECK bool notice_endpoint_stopped(const struct context *context, struct txn *txn,
					const struct endpoint *endpoint, const char *reason,
					struct error *err);

#endif
