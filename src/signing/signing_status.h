/* signing_status.h – reports what has been signed and filled in. Changes nothing.
 *
 * All functions may fail with ERROR_PACKAGE_NOT_FOUND and ERROR_NO_PERMISSION. */
#ifndef GREFFIER_SIGNING_SIGNING_STATUS_H
#define GREFFIER_SIGNING_SIGNING_STATUS_H

#include "signing/package.h"

/* Finds the status of the package, of one signer, of one document, or of a signer's part of a
 * document; NULL or "" means all. The status is DRAFT, SIGNING_PENDING, SIGNING_COMPLETED,
 * DELETED for a package in the trash, or the package's own later status. Fails with
 * ERROR_SIGNER_NOT_FOUND or ERROR_DOCUMENT_NOT_FOUND. */
MUST_CHECK bool signing_status_find(const struct context *context, const char *package,
				    const char *signer, const char *document, const char **ret_status,
				    struct error *err);
/* Lists the fields that have a value, as a new reference to a list of {signerId, documentId,
 * fieldId, fieldName, fieldValue}. */
MUST_CHECK bool field_summary_read(const struct context *context, const char *package,
				   json_t **ret_fields, struct error *err);

#endif
