/* package_documents.h – the API calls on the documents of one package.
 *
 * A change is one transaction, needs a DRAFT and raises no event. All calls may fail with
 * ERROR_PACKAGE_NOT_FOUND, ERROR_NO_PERMISSION and ERROR_DOCUMENT_NOT_FOUND. Changes may also
 * fail with ERROR_PACKAGE_NOT_DRAFT, ERROR_VERSION_CHANGED and, for contents,
 * ERROR_INVALID_DOCUMENT. `index` of a document is its position; the consent document, if any,
 * has 0. */
#ifndef GREFFIER_SIGNING_PACKAGE_DOCUMENTS_H
#define GREFFIER_SIGNING_PACKAGE_DOCUMENTS_H

#include "signing/package.h"

/* Results are new references. */

/* Adds documents after the existing ones. `body` is one document or a list; contents come from
 * `uploads` or `base64Content`, as for package_create. Returns one document or a list, as in
 * `body`. */
MUST_CHECK bool package_documents_add(const struct context *context, const char *id, const json_t *body,
				      const struct upload *uploads, size_t upload_count,
				      json_t **ret_documents, struct error *err);
/* {"count", "results"}. */
MUST_CHECK bool package_documents_read(const struct context *context, const char *id,
				       json_t **ret_documents, struct error *err);
MUST_CHECK bool package_document_read(const struct context *context, const char *id,
				      const char *document, json_t **ret_document, struct error *err);
/* Changes the members present in `body`: name, description, data, external, extract,
 * extractionTypes; approvals and fields when their lists are not empty. A file replaces the
 * content and its pages. */
MUST_CHECK bool package_document_change(const struct context *context, const char *id,
					const char *document, const json_t *body,
					const struct upload *uploads, size_t upload_count,
					json_t **ret_document, struct error *err);
/* Removes all documents of the list with their contents, or none. */
MUST_CHECK bool package_documents_remove(const struct context *context, const char *id,
					 const char *const *documents, size_t count, struct error *err);
/* Reorders documents. `list` has objects with `id` and `index`. Documents missing from it keep
 * their index where possible. Returns the same as package_documents_read. */
MUST_CHECK bool package_documents_order(const struct context *context, const char *id,
					const json_t *list, json_t **ret_documents, struct error *err);

#endif
