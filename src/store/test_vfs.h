/* test_vfs.h – the files under SQLite, as a test sees them: a journal of all that is written and synced, files as a power cut may
 * leave them, and system calls that fail. For tests only; everything is of the whole process.
 *
 * What a power cut leaves of a file: all that was written before its last sync, and of what was written since any part, in
 * sectors, in any order. */
#ifndef GREFFIER_STORE_TEST_VFS_H
#define GREFFIER_STORE_TEST_VFS_H

#include <stdbool.h>
#include <stddef.h>

/* From now on SQLite opens files through it: call before the first store is opened. */
void test_vfs_register(void);

/* ---- the journal ---- */

/* Forgets what was written so far. Files that are opened from now on are written down: they must begin empty. */
void test_vfs_record(void);
void test_vfs_stop(void); /* keeps the journal */
void test_vfs_forget(void);
size_t test_vfs_length(void); /* entries so far: a moment */

/* Puts the database file and its log, as a power cut at that moment may leave them, into `folder` as greffier.db and
 * greffier.db-wal. `seed` chooses what survives of the writes that no sync covers. */
void test_vfs_cut(size_t moment, unsigned seed, const char *folder);

/* Folds the log back, and has it begin anew, as the checkpointer does; nothing happens when others are in the way. */
void test_vfs_checkpoint(const char *folder);
/* Whether SQLite finds the database in the folder whole. */
bool test_vfs_is_sound(const char *folder, char ret_problem[200]);

/* ---- calls that fail ---- */

enum vfs_fault { VFS_FAULT_READ, VFS_FAULT_WRITE, VFS_FAULT_FULL, VFS_FAULT_SYNC, VFS_FAULT_COUNT };
const char *vfs_fault_name(enum vfs_fault kind);
/* The call of that kind fails that comes after `delay` others; `repeat` of them. */
void test_vfs_fail(enum vfs_fault kind, unsigned delay, unsigned repeat);
/* How many have failed. */
unsigned test_vfs_heal(void);

#endif
