/* callback.h – the account's callback: its registration as the API writes and reads it.
 *
 * POST replaces what is stored; `"events": []` turns every notification off; nothing configured reads as
 * empty strings. Secrets are sealed at rest. The classic `key` is readable, because the SDKs read it back. */
#ifndef GREFFIER_NOTIFY_CALLBACK_H
#define GREFFIER_NOTIFY_CALLBACK_H

#include <jansson.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/time.h"
#include "crypto/keyring.h"
#include "store/store.h"

#define CALLBACK_URL_MAX 2048          /* characters */
#define CALLBACK_KEY_MAX 500           /* characters: it becomes a header's value */
#define CALLBACK_HEADERS_MAX 5         /* pairs */
#define CALLBACK_HEADER_KEY_MAX 50     /* characters */
#define CALLBACK_HEADER_VALUE_MAX 100  /* characters */

struct callback {
	struct session *session;
	const struct keyring *keyring;
	const char *account;
	const char *origin; /* "" for the account's own */
};

/* New reference: {url, key, events} and, when a callback is stored, authType and customHeaders. */
json_t *callback_read(const struct callback *callback, struct arena *arena, struct error *err);
/* Validates the whole body before anything is changed. The answer is what callback_read gives, plus
 * `signingSecret`: this answer is the only place where it can be read. New reference. */
json_t *callback_replace(const struct callback *callback, struct arena *arena, const json_t *body,
			 struct wall_time now, struct error *err);

#endif
