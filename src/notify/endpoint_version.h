/* endpoint_version.h – an endpoint's configuration as access/version.h wants it: of its own resource, and of the callback or
 * connector that it is. Inside src/notify only. Endpoints are given revealed (endpoint_hidden.h). */
#ifndef GREFFIER_NOTIFY_ENDPOINT_VERSION_H
#define GREFFIER_NOTIFY_ENDPOINT_VERSION_H

#include "access/version.h"
#include "store/endpoint_store.h"

/* False when its secrets do not open. */
MUST_CHECK bool endpoint_version_tell(const struct context *context,
				      const struct endpoint *endpoint, struct error *err);
MUST_CHECK bool endpoint_version_check(const struct context *context,
				       const struct endpoint *endpoint, struct error *err);

/* Of what the original's shape shows, and no more: who changes the retries of the callback's endpoint is in nobody's way here.
 * `endpoint` NULL: nothing is registered, which is a state too. */
MUST_CHECK bool callback_version_tell(const struct context *context, const char *origin,
				      const struct endpoint *endpoint, struct error *err);
MUST_CHECK bool callback_version_check(const struct context *context, const char *origin,
				       const struct endpoint *endpoint, struct error *err);

#endif
