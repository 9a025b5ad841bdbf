/* durability.h – what PostgreSQL must do so that a COMMIT it confirms survives a crash. Inside src/store only. */
#ifndef GREFFIER_STORE_DURABILITY_H
#define GREFFIER_STORE_DURABILITY_H

#include "store/db_driver.h"

/* A script for each new session: raises synchronous_commit to `on` where the server's default is less. A stronger default,
 * remote_apply, stays. */
extern const char durability_session[];

/* ERROR_CONFIGURATION when the server runs with fsync=off, unless `allow_unsafe`. Warns when full_page_writes is off, which is
 * right on file systems that never tear a page (ZFS) and loses data on all others. */
MUST_CHECK bool durability_check(struct db *db, bool allow_unsafe, struct error *err);

#endif
