/* document_visibility.h – which roles may see which documents of a package.
 *
 * A document that is not listed is visible to all roles. A listed document is visible to the
 * roles of its list and to roles with something to sign in it. Users of the account see
 * everything. */
#ifndef GREFFIER_SIGNING_DOCUMENT_VISIBILITY_H
#define GREFFIER_SIGNING_DOCUMENT_VISIBILITY_H

#include "signing/package.h"
#include "signing/package_record.h"

/* Returns {"configurations": [{"documentUid", "roleUids"}]} as a new reference. Fails with
 * ERROR_PACKAGE_NOT_FOUND or ERROR_NO_PERMISSION. */
MUST_CHECK bool document_visibility_read(const struct context *context, const char *package,
					 json_t **ret_visibility, struct error *err);
/* Replaces the configuration. Needs a DRAFT. Unknown documents and roles are
 * ERROR_INVALID_FIELD. */
MUST_CHECK bool document_visibility_replace(const struct context *context, const char *package,
					    const json_t *body, struct error *err);

/* The documents that a signer may see. Inside src/signing only. */
struct document_sight {
	json_t *configurations; /* owned; NULL: everything is visible */
	const char *const *roles; /* ids of the signer's roles */
	size_t role_count;
};
/* Reads what the caller may see: everything, unless the caller is a signer. */
MUST_CHECK bool document_sight_read(const struct context *context, const char *package,
				    struct document_sight *ret_sight, struct error *err);
void document_sight_done(struct document_sight *sight);
/* Tells whether a document is visible; `document` is its stored JSON. */
bool document_is_seen(const struct document_sight *sight, const json_t *document);

/* Read one document, or all in order, as far as the caller may see them. Results are new
 * references. One document comes with the package's version. *ret_package is the package as it
 * was read. An invisible document fails with ERROR_DOCUMENT_NOT_FOUND. */
MUST_CHECK bool seen_document_read(const struct context *context, const char *id,
				   const char *document, struct stored_package *ret_package,
				   json_t **ret_document, struct error *err);
MUST_CHECK bool seen_documents_read(const struct context *context, const char *id,
				    struct stored_package *ret_package, json_t **ret_documents,
				    struct error *err);

#endif
