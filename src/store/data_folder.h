/* data_folder.h – which process serves a data folder, and whether the folder is still where its path says.
 *
 * A server holds two locks (flock): on the database file, which decides, and on greffier.lock, which names the holder and keeps
 * out servers before version 0.4. Never fcntl: SQLite's own locks are of that kind, and a process that closes any descriptor of
 * a file loses all of them. So the descriptor is opened before SQLite opens the file, and closed after SQLite has closed it.
 * Inside src/store only. */
#ifndef GREFFIER_STORE_DATA_FOLDER_H
#define GREFFIER_STORE_DATA_FOLDER_H

#include <stdbool.h>

#include "base/error.h"

struct data_folder;

/* Makes the database file when it is missing (mode 0600) and locks it. Copies both paths. NULL: err says which process serves
 * the folder already, or what failed (ERROR_CONFIGURATION). */
struct data_folder *data_folder_take(const char *database_path, const char *lock_path,
				     struct error *err);
/* After the last connection to the database has been closed. NULL is fine. */
void data_folder_give_back(struct data_folder *folder);

/* False when the database's path leads to another file or to none: the folder was deleted, renamed or unmounted. What is
 * written then is lost. Costs two system calls that read no disk; from any thread. */
bool data_folder_is_there(const struct data_folder *folder);

#endif
