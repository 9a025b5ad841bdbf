/* document_build.h – documents, approvals and fields of a package that is being built. Inside src/signing only. */
#ifndef GREFFIER_SIGNING_DOCUMENT_BUILD_H
#define GREFFIER_SIGNING_DOCUMENT_BUILD_H

#include "signing/package_build.h"

/* Ids, order, approvals against the package's roles, and the consent document in front. The roles are complete. */
MUST_CHECK bool documents_build(const struct package_build *build, json_t *package,
				struct error *err);
/* Checks of the package's own members: package_build.c. Absent ones pass. */
MUST_CHECK bool package_members_check(const json_t *package, struct wall_time now,
				      struct error *err);

#endif
