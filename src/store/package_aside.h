/* package_aside.h – what belongs to a package and is not shown with it: who may see which document, for example. Each is a row with JSON
 * that has calls of its own. A change is made in a txn that holds the package's row. */
#ifndef GREFFIER_STORE_PACKAGE_ASIDE_H
#define GREFFIER_STORE_PACKAGE_ASIDE_H

#include "base/arena.h"
#include "base/error.h"
#include "store/store.h"

#define ASIDE_VISIBILITY "visibility"       /* which roles see which documents */
#define ASIDE_VIRTUAL_ROOM "virtualRoom"
#define ASIDE_MASKED_FIELDS "maskedFields"
#define ASIDE_VERIFICATION "verification:"  /* and the id of a role */

/* Inserts or replaces. */
MUST_CHECK bool package_aside_put(struct db *db, const char *account, const char *package, const char *name,
				  const char *body, struct error *err);
/* *ret_body is NULL when there is none. */
MUST_CHECK bool package_aside_find(struct db *db, struct arena *arena, const char *account,
				   const char *package, const char *name, const char **ret_body,
				   struct error *err);
/* One that is not there is no failure. NULL as `name`: all of the package. */
MUST_CHECK bool package_aside_delete(struct db *db, const char *account, const char *package,
				     const char *name, struct error *err);

#endif
