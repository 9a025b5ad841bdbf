/* manifest.h – a signed word on a range of the account's events: how many there are, and a hash over all of them, so that a receiver
 * can prove that it has missed nothing. docs/guide/events.md says how to check one. */
#ifndef GREFFIER_NOTIFY_MANIFEST_H
#define GREFFIER_NOTIFY_MANIFEST_H

#include <jansson.h>

#include "context/context.h"

#define MANIFEST_EVENTS_MAX 100000

/* Numbers greater than `after` up to `through` (0: the last there is). New reference. */
json_t *manifest_make(const struct context *context, int64_t after, int64_t through,
		      struct error *err);

#endif
