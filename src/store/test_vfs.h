/* test_vfs.h – SQLite's file layer for tests: a journal of all writes and syncs, files as a
 * power cut may leave them, and failing system calls. For tests only; its state belongs to the
 * whole process.
 *
 * After a power cut a file contains everything written before its last sync. Of later writes any
 * part may survive, in sectors and in any order. */
#ifndef GREFFIER_STORE_TEST_VFS_H
#define GREFFIER_STORE_TEST_VFS_H

#include <stdbool.h>
#include <stddef.h>

/* Makes SQLite open its files through this layer. Call it before the first store is opened. */
void test_vfs_register(void);

/* ---- the journal ---- */

/* Clears the journal and records files opened from now on, which must be empty at first. */
void test_vfs_record(void);
void test_vfs_stop(void); /* keeps the journal */
void test_vfs_forget(void);
size_t test_vfs_length(void); /* number of entries so far, which names a moment */

/* Writes the database file and its log, as a power cut at that moment may leave them, to
 * `folder` as greffier.db and greffier.db-wal. `seed` decides which unsynced writes survive. */
void test_vfs_cut(size_t moment, unsigned seed, const char *folder);

/* Runs a checkpoint and lets the log start again, as the checkpointer does. Does nothing when
 * other connections are in the way. */
void test_vfs_checkpoint(const char *folder);
/* Tells whether SQLite finds the database in the folder intact. */
bool test_vfs_is_sound(const char *folder, char ret_problem[200]);

/* ---- calls that fail ---- */

enum vfs_fault { VFS_FAULT_READ, VFS_FAULT_WRITE, VFS_FAULT_FULL, VFS_FAULT_SYNC, VFS_FAULT_COUNT };
const char *vfs_fault_name(enum vfs_fault kind);
/* Makes calls of that kind fail: after `delay` other calls, `repeat` times. */
void test_vfs_fail(enum vfs_fault kind, unsigned delay, unsigned repeat);
/* Ends the failures and returns their number. */
unsigned test_vfs_heal(void);

#endif
