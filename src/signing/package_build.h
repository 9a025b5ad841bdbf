/* package_build.h – turns a client's input into a complete package. Uses no store. Inside
 * src/signing only.
 *
 * The client's body has been reduced before (model.h). */
#ifndef GREFFIER_SIGNING_PACKAGE_BUILD_H
#define GREFFIER_SIGNING_PACKAGE_BUILD_H

#include <jansson.h>

#include "base/arena.h"
#include "signing/package.h"
#include "store/user_store.h"

struct package_build {
	struct arena *arena;
	struct wall_time now;
	const struct user *owner; /* the user who makes the call */
	/* Finds the user with that e-mail address in any account. *ret_found is false when there
	 * is none. */
	bool (*user_find)(void *arg, const char *email, struct user *ret_user, bool *ret_found,
			  struct error *err);
	void *arg;
};

/* Completes roles, signers, approvals, the consent document, ids and defaults in place.
 * Documents keep their order after the consent document. document_contents.h sets their sizes
 * and pages. */
MUST_CHECK bool package_build(const struct package_build *build, json_t *package, struct error *err);

/* Returns the user in the form of a `sender` or of a signer's person, as a new reference. */
json_t *user_to_json(const struct user *user);

#endif
