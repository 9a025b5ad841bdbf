/* package.h – the API calls on packages ("transactions") by a person or a signer: context->actor
 * must not be NULL.
 *
 * A function that changes something is one transaction with the events that it causes. When it
 * returns true, everything is durable. */
#ifndef GREFFIER_SIGNING_PACKAGE_H
#define GREFFIER_SIGNING_PACKAGE_H

#include <jansson.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"
#include "base/time.h"
#include "context/context.h"
#include "store/store.h"

/* Limits of a package; documented in docs/reference/limits.md. */
#define PACKAGE_NAME_MAX 255
#define PACKAGE_ROLES_MAX 100
#define PACKAGE_DOCUMENTS_MAX 50
#define DOCUMENT_NAME_MAX 256
#define DOCUMENT_SIZE_MAX (16u * 1024 * 1024) /* bytes */
#define DOCUMENT_APPROVALS_MAX 500
#define APPROVAL_FIELDS_MAX 500
#define PACKAGE_BODY_MAX (4u * 1024 * 1024) /* bytes of the stored JSON, without contents */

#define CONSENT_DOCUMENT_ID "default-consent"

struct upload {
	const char *filename; /* NULL when the part had none; without its path */
	const char *filename_sent; /* with its path; NULL as above */
	struct bytes content;
};

/* Checks that the actor may read the package. Fails with ERROR_PACKAGE_NOT_FOUND or
 * ERROR_NO_PERMISSION. */
MUST_CHECK bool package_is_visible_to(const struct context *context, const char *id, struct error *err);
/* Returns the JSON text of the package. */
MUST_CHECK bool package_read(const struct context *context, const char *id,
			     const char **ret_json, struct error *err);
/* Does the same for an actor who is a signer: without answers to authentication questions. */
MUST_CHECK bool package_read_as_signer(const struct context *context, const char *id,
				       const char **ret_json, struct error *err);
/* Finds a signer of the package by id, or by an e-mail address that only one signer has.
 * *ret_signer is a new reference. Fails with ERROR_SIGNER_NOT_FOUND. */
MUST_CHECK bool package_signer_find(const struct context *context, const char *id,
				    const char *signer, json_t **ret_signer, struct error *err);
/* Applies a partial package. Only members that are present and belong to the package itself are
 * changed; `status` and `trashed` follow the state table. */
MUST_CHECK bool package_change(const struct context *context, const char *id, const json_t *body,
			       struct error *err);
MUST_CHECK bool package_remove(const struct context *context, const char *id, struct error *err);

/* Query parameters as sent; NULL when absent. */
struct package_query {
	const char *query, *predefined, *type, *search, *searchtype, *visibility;
	const char *updated_start, *updated_end;
	const char *sort, *dir, *fields;
	/* Uid; NULL: the actor's own packages. The caller checks that the actor may ask for
	 * another owner's. */
	const char *owner;
	int64_t offset, limit;
	int64_t expiring_soon_days;
};
/* Returns {"count", "results"} as JSON text. */
MUST_CHECK bool package_search(const struct context *context, const struct package_query *query,
			       const char **ret_json, struct error *err);

#endif
