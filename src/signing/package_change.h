/* package_change.h – what a partial package does to a stored one: pure, over the JSON of its own members. Inside src/signing only. */
#ifndef GREFFIER_SIGNING_PACKAGE_CHANGE_H
#define GREFFIER_SIGNING_PACKAGE_CHANGE_H

#include <jansson.h>

#include "notify/catalogue.h"
#include "signing/package.h"
#include "signing/package_view.h"

/* Roles and documents, for the rules that need them: most changes do not. */
struct view_source {
	bool (*get)(void *arg, const struct package_view **ret_view, struct error *err);
	void *arg;
};

/* What else a change does. */
struct package_effects {
	/* To be raised, in order. */
	struct {
		enum event_type type;
		const char *message; /* borrowed from the members; NULL: none */
	} events[2];
	size_t event_count;
	bool unsigns; /* acceptances and signatures go: the package goes back to its sender */
};

/* Applies the reduced partial package. On failure the members may be half changed: throw them away. */
MUST_CHECK bool package_apply(json_t *members, const json_t *partial, struct wall_time now,
			      const struct view_source *source, struct package_effects *ret_effects,
			      struct error *err);

#endif
