/* document_files.h – the contents of a package's documents for a download. Reads only.
 *
 * All functions may fail with ERROR_PACKAGE_NOT_FOUND, ERROR_NO_PERMISSION and
 * ERROR_DOCUMENT_NOT_FOUND. The last one is also given for a document that the calling signer
 * may not see. */
#ifndef GREFFIER_SIGNING_DOCUMENT_FILES_H
#define GREFFIER_SIGNING_DOCUMENT_FILES_H

#include "signing/package.h"

#define DOCUMENTS_ARCHIVE_MAX (64u * 1024 * 1024) /* bytes of all documents in one archive */

struct document_file {
	/* Name of the document, ending in ".pdf"; in the context's arena, like the content. */
	const char *name;
	struct bytes content;
};

/* Reads one document. Raises DOCUMENT_VIEWED when the caller is a signer. */
MUST_CHECK bool document_file_read(const struct context *context, const char *package,
				   const char *document, struct document_file *ret_file, struct error *err);
/* Reads all documents as one ZIP archive named after the package. Fails with
 * ERROR_BODY_TOO_LARGE when they exceed DOCUMENTS_ARCHIVE_MAX bytes together. */
MUST_CHECK bool documents_archive_read(const struct context *context, const char *package,
				       struct document_file *ret_archive, struct error *err);

#endif
