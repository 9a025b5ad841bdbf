/* endpoint_version.h – versions (ETags) of an endpoint's configuration (access/version.h): as an
 * endpoint, and as a callback or connector. Inside src/notify only. Endpoints must be revealed
 * (endpoint_hidden.h). */
#ifndef GREFFIER_NOTIFY_ENDPOINT_VERSION_H
#define GREFFIER_NOTIFY_ENDPOINT_VERSION_H

#include "access/version.h"
#include "store/endpoint_store.h"

/* Return false when the endpoint's secrets cannot be opened. */
MUST_CHECK bool endpoint_version_tell(const struct context *context,
				      const struct endpoint *endpoint, struct error *err);
MUST_CHECK bool endpoint_version_check(const struct context *context,
				       const struct endpoint *endpoint, struct error *err);

/* Versions of the settings that OneSpan Sign's form shows, and no others: a change of the
 * endpoint's retries does not conflict with a change of the callback. `endpoint` NULL: nothing
 * is registered, which has a version too. */
MUST_CHECK bool callback_version_tell(const struct context *context, const char *origin,
				      const struct endpoint *endpoint, struct error *err);
MUST_CHECK bool callback_version_check(const struct context *context, const char *origin,
				       const struct endpoint *endpoint, struct error *err);

#endif
