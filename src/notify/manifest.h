/* manifest.h – a signed statement about a range of the account's events: their number and a hash
 * over all of them. With it a receiver can prove that it has missed nothing.
 * docs/guide/events.md says how to verify one. */
#ifndef GREFFIER_NOTIFY_MANIFEST_H
#define GREFFIER_NOTIFY_MANIFEST_H

#include <jansson.h>

#include "context/context.h"

#define MANIFEST_EVENTS_MAX 100000

/* Covers numbers greater than `after`, up to `through` (0: the last event). Returns a new
 * reference. */
json_t *manifest_make(const struct context *context, int64_t after, int64_t through,
		      struct error *err);

#endif
