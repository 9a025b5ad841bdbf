/* db_sqlite.h – a SQLite connection with its prepared statements. Inside src/store only. */
#ifndef GREFFIER_STORE_DB_SQLITE_H
#define GREFFIER_STORE_DB_SQLITE_H

#include <sqlite3.h>

#include "store/db_driver.h"

/* Opens a connection. `cache_kib` is the size of its page cache. Makes the file, with mode 0600,
 * when `may_create` is true. */
struct db *sqlite_db_open(const char *path, bool may_create, int cache_kib, struct error *err);
void sqlite_db_close(struct db *db);
sqlite3 *sqlite_db_handle(struct db *db);
/* Runs BEGIN, SAVEPOINT, RELEASE, COMMIT and the like. `sql` is a constant text, prepared once. */
bool sqlite_db_control(struct db *db, const char *sql, struct error *err);
/* Returns true, with err, when SQLite has ended the transaction by itself, for example because
 * the disk is full. */
bool sqlite_db_lost_transaction(const struct db *db, struct error *err);

#endif
