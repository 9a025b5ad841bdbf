/* endpoint_json.h – an endpoint as the API shows it. Inside src/notify only. */
#ifndef GREFFIER_NOTIFY_ENDPOINT_JSON_H
#define GREFFIER_NOTIFY_ENDPOINT_JSON_H

#include <jansson.h>

#include "context/context.h"
#include "store/endpoint_store.h"

/* Everything but secrets; `queue` may be NULL. New reference. */
json_t *endpoint_to_json(const struct context *context, const struct endpoint *endpoint,
			 const struct endpoint_queue *queue);
/* Adds `signingSecret` to `json`, and takes it: NULL when the secret does not open. */
json_t *endpoint_add_signing_secret(const struct context *context,
				    const struct endpoint *endpoint, json_t *json,
				    struct error *err);
/* The original's shape: {url, key, events, authType, oauthSetting, customHeaders}. */
json_t *endpoint_to_callback_json(const struct context *context,
				  const struct endpoint *endpoint, struct error *err);

#endif
