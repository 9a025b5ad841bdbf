/* steps.c – see steps.h. */
#include "signing/steps.h"

#include <stdint.h>

#include "signing/package_divide.h"
#include "store/blobs/blob_sweep.h"
#include "store/document_content_store.h"

#define PACKAGES_S 60
#define CONTENTS_S 60
#define SWEEP_S 60

/* Only nodes of version 0.3 leave work here: packages that were there, and those they write
 * meanwhile. */
static bool packages_run(void *arg, struct session *session, struct wall_time now,
			 struct wall_time *ret_next, struct error *err)
{
	bool more;

	if (!packages_divide_step(session, &more, err))
		return false;
	*ret_next = wall_add(now, duration_s(more ? 0 : PACKAGES_S));
	return true;
}

/* The same of contents. */
static bool contents_run(void *arg, struct session *session, struct wall_time now,
			 struct wall_time *ret_next, struct error *err)
{
	const struct keyring *keyring = arg;
	bool more;

	if (!document_contents_move_step(session, keyring, &more, err))
		return false;
	*ret_next = wall_add(now, duration_s(more ? 0 : CONTENTS_S));
	return true;
}

/* By queue time, which no step of a clock moves. */
static bool sweep_run(void *arg, struct session *session, struct wall_time now,
		      struct wall_time *ret_next, struct error *err)
{
	bool more;

	if (!blobs_sweep_step(session, now, &more, err))
		return false;
	*ret_next = wall_add(now, duration_s(more ? 0 : SWEEP_S));
	return true;
}

void signing_steps_add(struct clockwork *clockwork, const struct keyring *keyring)
{
	clockwork_add(clockwork, &(struct clockwork_step){.name = "packages", .run = packages_run});
	clockwork_add(clockwork, &(struct clockwork_step){.name = "documents' contents",
							  .run = contents_run,
							  .arg = (void *)(uintptr_t)keyring});
	clockwork_add(clockwork, &(struct clockwork_step){.name = "blobs", .run = sweep_run});
}
