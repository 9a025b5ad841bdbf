/* document_build.h – rules for documents, approvals and fields of a package that is being built.
 * Inside src/signing only. */
#ifndef GREFFIER_SIGNING_DOCUMENT_BUILD_H
#define GREFFIER_SIGNING_DOCUMENT_BUILD_H

#include "signing/approval_build.h"
#include "signing/package_build.h"

/* Completes ids, order and approvals, checks approvals against the package's roles, and puts the
 * consent document first. The roles must be complete. */
MUST_CHECK bool documents_build(const struct package_build *build, json_t *package,
				struct error *err);
/* Checks and completes one document: id, name, approvals, fields, but not its position. `where`
 * is its path in errors; NULL when the body is the document. */
MUST_CHECK bool document_complete(struct arena *arena, const struct role_ids *roles, json_t *document,
				  const char *where, struct error *err);
/* Does the same for the documents of a list, whose ids must be unique; their paths begin with
 * "documents". */
MUST_CHECK bool documents_complete(struct arena *arena, const struct role_ids *roles, json_t *documents,
				   struct error *err);
/* Returns a role's acceptance of the consent, an approval without fields, as a new reference.
 * NULL for a role of type SENDER. */
json_t *consent_approval(const json_t *role);
/* Checks the package's own members that are present: package_build.c. */
MUST_CHECK bool package_members_check(const json_t *package, struct wall_time now,
				      struct error *err);

#endif
