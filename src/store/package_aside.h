/* package_aside.h – data that belongs to a package but is not shown with it, such as the
 * visibility of documents. Each is a row of JSON with its own API calls. A change runs in a txn
 * that holds the package's row. */
#ifndef GREFFIER_STORE_PACKAGE_ASIDE_H
#define GREFFIER_STORE_PACKAGE_ASIDE_H

#include "base/arena.h"
#include "base/error.h"
#include "store/store.h"

#define ASIDE_VISIBILITY "visibility"       /* which roles see which documents */
#define ASIDE_VIRTUAL_ROOM "virtualRoom"
#define ASIDE_MASKED_FIELDS "maskedFields"
#define ASIDE_VERIFICATION "verification:"  /* and the id of a role */

/* Inserts or replaces a row. */
MUST_CHECK bool package_aside_put(struct db *db, const char *account, const char *package, const char *name,
				  const char *body, struct error *err);
/* Reads a row; *ret_body is NULL when there is none. */
MUST_CHECK bool package_aside_find(struct db *db, struct arena *arena, const char *account,
				   const char *package, const char *name, const char **ret_body,
				   struct error *err);
/* Deletes a row, or all rows of the package (`name` NULL). Not an error when there is none. */
MUST_CHECK bool package_aside_delete(struct db *db, const char *account, const char *package,
				     const char *name, struct error *err);

#endif
