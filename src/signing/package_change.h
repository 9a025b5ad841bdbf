/* package_change.h – applies a partial package to the JSON of a stored one. Pure. Inside
 * src/signing only. */
#ifndef GREFFIER_SIGNING_PACKAGE_CHANGE_H
#define GREFFIER_SIGNING_PACKAGE_CHANGE_H

#include <jansson.h>

#include "notify/catalogue.h"
#include "signing/package.h"
#include "signing/package_view.h"

/* Gives roles and documents to the rules that need them; most changes do not. */
struct view_source {
	bool (*get)(void *arg, const struct package_view **ret_view, struct error *err);
	void *arg;
};

/* Further effects of a change. */
struct package_effects {
	/* Events to raise, in order. */
	struct {
		enum event_type type;
		const char *message; /* borrowed from the members; NULL: none */
	} events[2];
	size_t event_count;
	/* Acceptances and signatures are removed: the package returns to its sender. */
	bool unsigns;
};

/* Applies the reduced partial package. After a failure the members may be partly changed:
 * discard them. */
MUST_CHECK bool package_apply(json_t *members, const json_t *partial, struct wall_time now,
			      const struct view_source *source, struct package_effects *ret_effects,
			      struct error *err);

#endif
