/* steps.c – see steps.h. */
#include "signing/steps.h"

#include "signing/package_divide.h"

#define PACKAGES_S 60

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

void signing_steps_add(struct clockwork *clockwork)
{
	clockwork_add(clockwork, &(struct clockwork_step){.name = "packages", .run = packages_run});
}
