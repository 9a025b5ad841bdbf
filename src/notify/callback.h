/* callback.h – the account's callback and its connectors', as the original's API writes and reads them.
 *
 * POST replaces what is stored; `"events": []` turns every notification off; nothing configured reads as
 * empty strings. Secrets are sealed at rest. The classic `key` is readable, because the SDKs read it back. */
#ifndef GREFFIER_NOTIFY_CALLBACK_H
#define GREFFIER_NOTIFY_CALLBACK_H

#include <jansson.h>

#include "context/context.h"

/* ERROR_CONNECTOR_NOT_FOUND unless `name` is one of the connectors there are. */
MUST_CHECK bool connector_check(const char *name, struct error *err);

/* `origin`: "" for the account's own, or a connector. New reference: {url, key, events} and, when a callback is stored,
 * authType, customHeaders and perhaps oauthSetting. */
json_t *callback_read(const struct context *context, const char *origin, struct error *err);
/* Validates the whole body before anything is changed. The answer is what callback_read gives, plus
 * `signingSecret`: this answer is the only place where it can be read. New reference. */
json_t *callback_replace(const struct context *context, const char *origin,
			 const json_t *body, struct error *err);

#endif
