/* document_build.h – documents, approvals and fields of a package that is being built. Inside src/signing only. */
#ifndef GREFFIER_SIGNING_DOCUMENT_BUILD_H
#define GREFFIER_SIGNING_DOCUMENT_BUILD_H

#include "signing/approval_build.h"
#include "signing/package_build.h"

/* Ids, order, approvals against the package's roles, and the consent document in front. The roles are complete. */
MUST_CHECK bool documents_build(const struct package_build *build, json_t *package,
				struct error *err);
/* Checks and completes one document but for its place: id, name, approvals, fields. `where` is its path in errors; NULL when the body is
 * the document. */
MUST_CHECK bool document_complete(struct arena *arena, const struct role_ids *roles, json_t *document,
				  const char *where, struct error *err);
/* The same for the documents of a list, whose ids must differ; their paths begin with "documents". */
MUST_CHECK bool documents_complete(struct arena *arena, const struct role_ids *roles, json_t *documents,
				   struct error *err);
/* The acceptance of the consent (an approval without fields) that a role gives: a new reference. NULL for a role of type SENDER. */
json_t *consent_approval(const json_t *role);
/* Checks of the package's own members: package_build.c. Absent ones pass. */
MUST_CHECK bool package_members_check(const json_t *package, struct wall_time now,
				      struct error *err);

#endif
