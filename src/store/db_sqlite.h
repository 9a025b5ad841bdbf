/* db_sqlite.h – a SQLite connection with its prepared statements. Inside src/store only. */
#ifndef GREFFIER_STORE_DB_SQLITE_H
#define GREFFIER_STORE_DB_SQLITE_H

#include <sqlite3.h>

#include "store/db_driver.h"

/* `cache_kib`: pages kept in memory. The file is made when `may_create`, with mode 0600. */
struct db *sqlite_db_open(const char *path, bool may_create, int cache_kib, struct error *err);
void sqlite_db_close(struct db *db);
sqlite3 *sqlite_db_handle(struct db *db);
/* One of BEGIN, SAVEPOINT, RELEASE, COMMIT …: constant texts, prepared once. */
bool sqlite_db_control(struct db *db, const char *sql, struct error *err);
/* True, with err, when SQLite has ended the transaction by itself, as it does on some failures (full disk). */
bool sqlite_db_lost_transaction(const struct db *db, struct error *err);

#endif
