/* store_sqlite.h – the part of the SQLite driver that concerns stores and sessions:
 * store_sqlite.c. Inside src/store only. */
#ifndef GREFFIER_STORE_STORE_SQLITE_H
#define GREFFIER_STORE_STORE_SQLITE_H

#include "store/db_driver.h"

bool sqlite_store_open(struct store *store, struct error *err);
void sqlite_store_close(struct store *store);
bool sqlite_store_is_there(const struct store *store);
struct db *sqlite_session_db_open(struct store *store, struct error *err);
bool sqlite_session_db_check(struct db *db, struct error *err);
struct db *sqlite_txn_begin(struct session *session, struct error *err);
bool sqlite_txn_commit(struct session *session, const bool topics[STORE_TOPIC_COUNT],
		       struct error *err);
bool sqlite_wait(struct session *session, struct error *err);
enum settle_result sqlite_settle(struct session *session, struct settle *settle, struct error *err);
void sqlite_txn_rollback(struct session *session);

#endif
