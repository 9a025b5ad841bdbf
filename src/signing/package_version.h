/* package_version.h – the version of a package, for ETag and If-Match (access/version.h). Inside src/signing only. */
#ifndef GREFFIER_SIGNING_PACKAGE_VERSION_H
#define GREFFIER_SIGNING_PACKAGE_VERSION_H

#include "signing/package.h"
#include "store/package_store.h"

/* Puts the package's version into the answer of the call. */
void package_version_note(const struct context *context, const struct package_record *record);
/* Compares If-Match with the stored version. Fails with ERROR_VERSION_CHANGED when the caller
 * has read another version. In a txn that holds the package's row. */
MUST_CHECK bool package_is_as_read(const struct context *context, const struct package_record *record,
				   struct error *err);

#endif
