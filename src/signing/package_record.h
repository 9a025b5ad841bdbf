/* package_record.h – between the JSON of a package and its row. Inside src/signing only. */
#ifndef GREFFIER_SIGNING_PACKAGE_RECORD_H
#define GREFFIER_SIGNING_PACKAGE_RECORD_H

#include <jansson.h>

#include "signing/package.h"
#include "store/package_store.h"

/* Fills everything that the JSON says; account, owner and version are the caller's. Texts live in `arena`.
 * ERROR_BODY_TOO_LARGE when the JSON outgrows its limit. */
MUST_CHECK bool package_record_fill(struct arena *arena, const json_t *package,
				    struct package_record *record, struct error *err);

/* Reads the package for a caller: ERROR_PACKAGE_NOT_FOUND, or ERROR_NO_PERMISSION when it is another user's.
 * `for_update`: in a txn. */
MUST_CHECK bool package_record_find(const struct package_service *service, struct db *db,
				    const char *id, bool for_update,
				    struct package_record *ret_record, struct error *err);

#endif
