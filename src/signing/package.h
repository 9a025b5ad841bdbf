/* package.h – what callers do with packages ("transactions"), a person or a signer: context->actor is not NULL. Each function that changes something is one
 * transaction with the events it causes; when it returns true, all of it is durable. */
#ifndef GREFFIER_SIGNING_PACKAGE_H
#define GREFFIER_SIGNING_PACKAGE_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/time.h"
#include "context/context.h"
#include "store/store.h"

/* Limits on what a package may hold: named here, documented in docs/reference/limits.md. */
#define PACKAGE_NAME_MAX 255
#define PACKAGE_ROLES_MAX 100
#define PACKAGE_DOCUMENTS_MAX 50
#define DOCUMENT_NAME_MAX 256
#define DOCUMENT_SIZE_MAX (16u * 1024 * 1024) /* bytes */
#define DOCUMENT_APPROVALS_MAX 500
#define APPROVAL_FIELDS_MAX 500
#define PACKAGE_BODY_MAX (4u * 1024 * 1024) /* bytes of the stored JSON, contents not counted */

#define CONSENT_DOCUMENT_ID "default-consent"

struct upload {
	const char *filename; /* NULL when the part had none; its path removed */
	const char *filename_sent; /* with its path; NULL as above */
	struct bytes content;
};

/* Whether the actor may read the package: ERROR_PACKAGE_NOT_FOUND, ERROR_NO_PERMISSION. */
MUST_CHECK bool package_is_visible_to(const struct context *context, const char *id, struct error *err);
/* The JSON text of the package. */
MUST_CHECK bool package_read(const struct context *context, const char *id,
			     const char **ret_json, struct error *err);
/* The same as the actor, a signer, may see it: nobody's answers to authentication questions. */
MUST_CHECK bool package_read_as_signer(const struct context *context, const char *id,
				       const char **ret_json, struct error *err);
/* A signer of the package, by id or by e-mail address (then there must be only one). *ret_signer: a new reference.
 * ERROR_SIGNER_NOT_FOUND. */
MUST_CHECK bool package_signer_find(const struct context *context, const char *id,
				    const char *signer, json_t **ret_signer, struct error *err);
/* A partial package: only members that are present and the package's own are changed; `status` and `trashed` by the
 * state table. */
MUST_CHECK bool package_change(const struct context *context, const char *id, const json_t *body,
			       struct error *err);
MUST_CHECK bool package_remove(const struct context *context, const char *id, struct error *err);

/* Query parameters; texts as sent, NULL when absent. */
struct package_query {
	const char *query, *predefined, *type, *search, *searchtype, *visibility;
	const char *updated_start, *updated_end;
	const char *sort, *dir, *fields;
	const char *owner; /* uid; NULL: the actor's own. Who asks for another's may (actor_may in context/actor.h) */
	int64_t offset, limit;
	int64_t expiring_soon_days;
};
/* {"count", "results"} as JSON text. */
MUST_CHECK bool package_search(const struct context *context, const struct package_query *query,
			       const char **ret_json, struct error *err);

#endif
