/* package_build.h – from what a client sent to a complete package: the rules, without a store. Inside src/signing only.
 *
 * The client's body has been reduced (model.h). The caller has looked up which e-mail addresses belong to users. */
#ifndef GREFFIER_SIGNING_PACKAGE_BUILD_H
#define GREFFIER_SIGNING_PACKAGE_BUILD_H

#include <jansson.h>

#include "base/arena.h"
#include "signing/package.h"
#include "store/user_store.h"

struct package_build {
	struct arena *arena;
	struct wall_time now;
	const struct user *owner; /* the calling user */
	/* Finds the user of an address, of whatever account; *ret_found false when there is none. */
	bool (*user_find)(void *arg, const char *email, struct user *ret_user, bool *ret_found,
			  struct error *err);
	void *arg;
};

/* Completes roles, signers, approvals, the consent document, ids and defaults, in place. Documents keep their order; the
 * consent comes first. Their sizes and pages are document_contents.h's. */
MUST_CHECK bool package_build(const struct package_build *build, json_t *package, struct error *err);

/* The user as the model shows one: a `sender`, or the person of a signer. New reference. */
json_t *user_to_json(const struct user *user);

#endif
