/* notices.h – mails about notifications that do not arrive. Each is queued in the transaction
 * that it reports about. */
#ifndef GREFFIER_NOTIFY_NOTICES_H
#define GREFFIER_NOTIFY_NOTICES_H

#include "context/context.h"
#include "store/endpoint_store.h"
#include "store/event_store.h"

/* A delivery has failed permanently; the last attempt ended with `outcome` ("HTTP status 500").
 * Mails the sender of the event's package and the endpoint's contact, with `payload` as it was
 * sent. */
MUST_CHECK bool notice_delivery_failed(const struct context *context, struct txn *txn,
				       const struct event *event, const struct endpoint *endpoint,
				       const char *outcome, struct bytes payload, struct error *err);
/* An endpoint has had failures only since `since` and will be disabled at `until`. Mails the
 * account's owner and the contact. */
MUST_CHECK bool notice_endpoint_failing(const struct context *context, struct txn *txn,
					const struct endpoint *endpoint, struct wall_time since,
					struct wall_time until, struct error *err);
/* An endpoint was disabled. `reason` is GONE, FAILING or AUTHORIZATION_REFUSED. Mails the
 * account's owner and the contact. */
MUST_CHECK bool notice_endpoint_stopped(const struct context *context, struct txn *txn,
					const struct endpoint *endpoint, const char *reason,
					struct error *err);

#endif
