/* endpoint_json.h – an endpoint as JSON for the API. Inside src/notify only. */
#ifndef GREFFIER_NOTIFY_ENDPOINT_JSON_H
#define GREFFIER_NOTIFY_ENDPOINT_JSON_H

#include <jansson.h>

#include "context/context.h"
#include "store/endpoint_store.h"

/* Returns everything except secrets, as a new reference. `queue` may be NULL. */
json_t *endpoint_to_json(const struct context *context, const struct endpoint *endpoint,
			 const struct endpoint_queue *queue);
/* Adds `signingSecret` to `json`, which is taken. Returns NULL when the secret cannot be opened. */
json_t *endpoint_add_signing_secret(const struct context *context,
				    const struct endpoint *endpoint, json_t *json,
				    struct error *err);
/* Returns the form of OneSpan Sign's API: {url, key, events, authType, oauthSetting,
 * customHeaders}. */
json_t *endpoint_to_callback_json(const struct context *context,
				  const struct endpoint *endpoint, struct error *err);

#endif
