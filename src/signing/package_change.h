/* package_change.h – what a partial package does to a stored one: pure, over JSON. Inside src/signing only. */
#ifndef GREFFIER_SIGNING_PACKAGE_CHANGE_H
#define GREFFIER_SIGNING_PACKAGE_CHANGE_H

#include <jansson.h>

#include "notify/catalogue.h"
#include "signing/package.h"

/* What is to be raised for a change, in order. */
struct package_events {
	struct {
		enum event_type type;
		const char *message; /* borrowed from the package; NULL: none */
	} list[2];
	size_t count;
};

/* Applies the reduced partial package. On failure the package may be half changed: throw it away. */
MUST_CHECK bool package_apply(json_t *package, const json_t *partial, struct wall_time now,
			      struct package_events *ret_events, struct error *err);

#endif
