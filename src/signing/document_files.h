/* document_files.h – the bytes of a package's documents, for a download. Reads only.
 *
 * All can fail with ERROR_PACKAGE_NOT_FOUND, ERROR_NO_PERMISSION and ERROR_DOCUMENT_NOT_FOUND: also for a document that the signer
 * who asks may not see. */
#ifndef GREFFIER_SIGNING_DOCUMENT_FILES_H
#define GREFFIER_SIGNING_DOCUMENT_FILES_H

#include "signing/package.h"

#define DOCUMENTS_ARCHIVE_MAX (64u * 1024 * 1024) /* bytes of all documents in one archive */

struct document_file {
	const char *name; /* of the document, with ".pdf" at its end; in the context's arena, as the content is */
	struct bytes content;
};

/* A signer who reads a document raises DOCUMENT_VIEWED. */
MUST_CHECK bool document_file_read(const struct context *context, const char *package,
				   const char *document, struct document_file *ret_file, struct error *err);
/* All documents in one ZIP archive, named after the package. ERROR_BODY_TOO_LARGE when they have more than DOCUMENTS_ARCHIVE_MAX
 * bytes together. */
MUST_CHECK bool documents_archive_read(const struct context *context, const char *package,
				       struct document_file *ret_archive, struct error *err);

#endif
