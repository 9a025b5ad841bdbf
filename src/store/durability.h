/* durability.h – makes sure that PostgreSQL confirms a COMMIT only when it survives a crash.
 * Inside src/store only. */
#ifndef GREFFIER_STORE_DURABILITY_H
#define GREFFIER_STORE_DURABILITY_H

#include "store/db_driver.h"

/* A script for each new session. Raises synchronous_commit to `on` when the server's default is
 * weaker. A stronger default, remote_apply, is kept. */
extern const char durability_session[];

/* Fails with ERROR_CONFIGURATION when the server runs with fsync=off, unless `allow_unsafe`.
 * Warns when full_page_writes is off: this is correct on file systems that never tear a page
 * (ZFS) and loses data on all others. */
MUST_CHECK bool durability_check(struct db *db, bool allow_unsafe, struct error *err);

#endif
