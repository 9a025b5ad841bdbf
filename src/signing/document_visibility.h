/* document_visibility.h – which roles see which documents of a package. A document that is not listed is seen by all. A listed one is
 * seen by the roles of its list, and by who has something to sign in it. The account sees everything. */
#ifndef GREFFIER_SIGNING_DOCUMENT_VISIBILITY_H
#define GREFFIER_SIGNING_DOCUMENT_VISIBILITY_H

#include "signing/package.h"
#include "signing/package_record.h"

/* {"configurations": [{"documentUid", "roleUids"}]}: a new reference. ERROR_PACKAGE_NOT_FOUND, ERROR_NO_PERMISSION. */
MUST_CHECK bool document_visibility_read(const struct context *context, const char *package,
					 json_t **ret_visibility, struct error *err);
/* Replaces it. Needs a DRAFT. Unknown documents and roles are ERROR_INVALID_FIELD. */
MUST_CHECK bool document_visibility_replace(const struct context *context, const char *package,
					    const json_t *body, struct error *err);

/* The documents that a signer may see. Inside src/signing. */
struct document_sight {
	json_t *configurations; /* owned; NULL: everything is seen */
	const char *const *roles; /* ids of the signer's */
	size_t role_count;
};
/* For a caller who is no signer everything is seen. */
MUST_CHECK bool document_sight_read(const struct context *context, const char *package,
				    struct document_sight *ret_sight, struct error *err);
void document_sight_done(struct document_sight *sight);
/* `document` is the stored JSON of it. */
bool document_is_seen(const struct document_sight *sight, const json_t *document);

/* Reads one document, or all in order, as the caller may see them. New references. One document comes with the package's version. *ret_package is the
 * package as it was read. ERROR_DOCUMENT_NOT_FOUND, also for a document that the caller may not see. */
MUST_CHECK bool seen_document_read(const struct context *context, const char *id,
				   const char *document, struct stored_package *ret_package,
				   json_t **ret_document, struct error *err);
MUST_CHECK bool seen_documents_read(const struct context *context, const char *id,
				    struct stored_package *ret_package, json_t **ret_documents,
				    struct error *err);

#endif
