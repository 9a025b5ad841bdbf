/* data_folder.h – lets only one server use a data folder, and notices when the folder has gone.
 * Inside src/store only.
 *
 * A server holds two locks (flock). The lock on the database file decides. The lock on
 * greffier.lock names the holder, and keeps out servers older than version 0.4.
 *
 * fcntl locks cannot be used: SQLite uses them, and a process that closes any descriptor of a
 * file loses all of its fcntl locks on that file. The descriptor is therefore opened before
 * SQLite opens the file and closed after SQLite has closed it. */
#ifndef GREFFIER_STORE_DATA_FOLDER_H
#define GREFFIER_STORE_DATA_FOLDER_H

#include <stdbool.h>

#include "base/error.h"

struct data_folder;

/* Locks the database file, and makes it first when it is missing (mode 0600). Copies both paths.
 * Returns NULL with ERROR_CONFIGURATION, which says which process already serves the folder or
 * what failed. */
struct data_folder *data_folder_take(const char *database_path, const char *lock_path,
				     struct error *err);
/* Releases the locks. Call it after the last connection to the database is closed. NULL is
 * accepted. */
void data_folder_give_back(struct data_folder *folder);

/* Returns false when the database's path leads to another file or to none: the folder was
 * deleted, renamed or unmounted, and further writes are lost. Costs two system calls that read
 * no disk. From any thread. */
bool data_folder_is_there(const struct data_folder *folder);

#endif
