/* callback.h – the callbacks of the account and of connectors, in the form of OneSpan Sign's
 * API.
 *
 * POST replaces the stored callback. `"events": []` turns all notifications off. Without a
 * callback the texts are empty. Secrets are stored sealed. The classic `key` can be read,
 * because the SDKs read it back. */
#ifndef GREFFIER_NOTIFY_CALLBACK_H
#define GREFFIER_NOTIFY_CALLBACK_H

#include <jansson.h>

#include "context/context.h"

/* Fails with ERROR_CONNECTOR_NOT_FOUND unless `name` is a connector. */
MUST_CHECK bool connector_check(const char *name, struct error *err);

/* Reads a callback: {url, key, events} and, when one is stored, authType, customHeaders and
 * oauthSetting. `origin` is "" for the account's callback, or a connector. Returns a new
 * reference. */
json_t *callback_read(const struct context *context, const char *origin, struct error *err);
/* Validates the whole body before it changes anything. Returns the result of callback_read with
 * `signingSecret`, which no other call returns. New reference. */
json_t *callback_replace(const struct context *context, const char *origin,
			 const json_t *body, struct error *err);

#endif
