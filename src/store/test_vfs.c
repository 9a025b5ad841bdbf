/* test_vfs.c – see test_vfs.h. A layer over SQLite's own VFS for Unix. */
#include "store/test_vfs.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/macros.h"

#define SECTOR 512

enum file_kind {
	FILE_DATABASE,
	FILE_LOG,
	FILE_OTHER
};

struct file {
	sqlite3_file base;
	enum file_kind kind;
	sqlite3_file *real; /* right behind this struct */
};

struct entry {
	enum {
		ENTRY_WRITE,
		ENTRY_TRUNCATE,
		ENTRY_SYNC
	} what;
	enum file_kind file;
	sqlite3_int64 at; /* offset, or size */
	size_t length;
	unsigned char *data;
};

static struct {
	pthread_mutex_t lock;
	bool recording;
	struct entry *entries;
	size_t count, room;
	enum vfs_fault fault;
	bool faulty;
	unsigned delay, repeat, failed;
} state = {.lock = PTHREAD_MUTEX_INITIALIZER};

static sqlite3_vfs vfs;

static struct file *of(sqlite3_file *file)
{
	return (struct file *)(void *)file;
}

static sqlite3_file *real(sqlite3_file *file)
{
	return of(file)->real;
}

static void entry_add(const struct file *file, struct entry entry)
{
	entry.file = file->kind;
	pthread_mutex_lock(&state.lock);
	if (state.recording && file->kind != FILE_OTHER) {
		if (state.count == state.room) {
			state.room = state.room ? state.room * 2 : 1024;
			state.entries = realloc(state.entries, state.room * sizeof(entry));
			ensure(state.entries);
		}
		if (entry.data) {
			const void *data = entry.data;
			entry.data = malloc(entry.length);
			ensure(entry.data);
			memcpy(entry.data, data, entry.length);
		}
		state.entries[state.count++] = entry;
	}
	pthread_mutex_unlock(&state.lock);
}

static bool fails(enum vfs_fault kind)
{
	bool now = false;

	pthread_mutex_lock(&state.lock);
	if (state.faulty && kind == state.fault && state.delay > 0)
		state.delay--;
	else if (state.faulty && kind == state.fault && state.failed < state.repeat)
		now = ++state.failed > 0;
	pthread_mutex_unlock(&state.lock);
	return now;
}

/* ---- what SQLite calls ---- */

static int on_close(sqlite3_file *file)
{
	return real(file)->pMethods->xClose(real(file));
}

static int on_read(sqlite3_file *file, void *data, int length, sqlite3_int64 at)
{
	if (of(file)->kind != FILE_OTHER && fails(VFS_FAULT_READ))
		return SQLITE_IOERR_READ;
	return real(file)->pMethods->xRead(real(file), data, length, at);
}

static int on_write(sqlite3_file *file, const void *data, int length, sqlite3_int64 at)
{
	if (fails(VFS_FAULT_WRITE))
		return SQLITE_IOERR_WRITE;
	if (fails(VFS_FAULT_FULL))
		return SQLITE_FULL;
	int result = real(file)->pMethods->xWrite(real(file), data, length, at);
	/* Afterwards: a sync of another thread covers only what has been written. */
	entry_add(of(file), (struct entry){.what = ENTRY_WRITE,
					   .at = at,
					   .length = (size_t)length,
					   .data = (unsigned char *)(uintptr_t)data});
	return result;
}

static int on_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	entry_add(of(file), (struct entry){.what = ENTRY_TRUNCATE, .at = size});
	return real(file)->pMethods->xTruncate(real(file), size);
}

/* The file is not really synced: it is to be lost, if at all, by the test. */
static int on_sync(sqlite3_file *file, int flags)
{
	if (fails(VFS_FAULT_SYNC))
		return SQLITE_IOERR_FSYNC;
	entry_add(of(file), (struct entry){.what = ENTRY_SYNC});
	return SQLITE_OK;
}

static int on_file_size(sqlite3_file *file, sqlite3_int64 *ret_size)
{
	return real(file)->pMethods->xFileSize(real(file), ret_size);
}

static int on_lock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xLock(real(file), level);
}

static int on_unlock(sqlite3_file *file, int level)
{
	return real(file)->pMethods->xUnlock(real(file), level);
}

static int on_check_lock(sqlite3_file *file, int *ret_held)
{
	return real(file)->pMethods->xCheckReservedLock(real(file), ret_held);
}

static int on_control(sqlite3_file *file, int operation, void *arg)
{
	return real(file)->pMethods->xFileControl(real(file), operation, arg);
}

static int on_sector_size(sqlite3_file *file)
{
	return SECTOR;
}

/* Nothing is atomic, safe to append or in order: the worst disk. */
static int on_characteristics(sqlite3_file *file)
{
	return 0;
}

static int on_shm_map(sqlite3_file *file, int region, int size, int extend,
		      void volatile **ret_memory)
{
	return real(file)->pMethods->xShmMap(real(file), region, size, extend, ret_memory);
}

static int on_shm_lock(sqlite3_file *file, int offset, int count, int flags)
{
	return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
}

static void on_shm_barrier(sqlite3_file *file)
{
	real(file)->pMethods->xShmBarrier(real(file));
}

static int on_shm_unmap(sqlite3_file *file, int deletes)
{
	return real(file)->pMethods->xShmUnmap(real(file), deletes);
}

static const sqlite3_io_methods methods = {
	.iVersion = 2,
	.xClose = on_close,
	.xRead = on_read,
	.xWrite = on_write,
	.xTruncate = on_truncate,
	.xSync = on_sync,
	.xFileSize = on_file_size,
	.xLock = on_lock,
	.xUnlock = on_unlock,
	.xCheckReservedLock = on_check_lock,
	.xFileControl = on_control,
	.xSectorSize = on_sector_size,
	.xDeviceCharacteristics = on_characteristics,
	.xShmMap = on_shm_map,
	.xShmLock = on_shm_lock,
	.xShmBarrier = on_shm_barrier,
	.xShmUnmap = on_shm_unmap,
};

static sqlite3_vfs *under(void)
{
	return vfs.pAppData;
}

static int on_open(sqlite3_vfs *self, const char *path, sqlite3_file *file, int flags,
		   int *ret_flags)
{
	struct file *opened = of(file);

	opened->real = (sqlite3_file *)(void *)(opened + 1);
	opened->kind = flags & SQLITE_OPEN_MAIN_DB ? FILE_DATABASE
		       : flags & SQLITE_OPEN_WAL   ? FILE_LOG
						   : FILE_OTHER;
	int result = under()->xOpen(under(), path, opened->real, flags, ret_flags);
	opened->base.pMethods = opened->real->pMethods ? &methods : NULL;
	return result;
}

void test_vfs_register(void)
{
	sqlite3_vfs *base = sqlite3_vfs_find("unix");

	ensure(base);
	vfs = *base;
	vfs.zName = "test";
	vfs.pNext = NULL;
	vfs.pAppData = base;
	vfs.szOsFile = (int)sizeof(struct file) + base->szOsFile;
	vfs.xOpen = on_open;
	ensure(sqlite3_vfs_register(&vfs, 1) == SQLITE_OK);
}

/* ---- the journal ---- */

void test_vfs_forget(void)
{
	pthread_mutex_lock(&state.lock);
	for (size_t i = 0; i < state.count; i++)
		free(state.entries[i].data);
	free(state.entries);
	state.entries = NULL;
	state.count = state.room = 0;
	state.recording = false;
	pthread_mutex_unlock(&state.lock);
}

static void recording_set(bool recording)
{
	pthread_mutex_lock(&state.lock);
	state.recording = recording;
	pthread_mutex_unlock(&state.lock);
}

void test_vfs_record(void)
{
	test_vfs_forget();
	recording_set(true);
}

void test_vfs_stop(void)
{
	recording_set(false);
}

size_t test_vfs_length(void)
{
	pthread_mutex_lock(&state.lock);
	size_t length = state.count;
	pthread_mutex_unlock(&state.lock);
	return length;
}

static size_t last_sync(size_t moment, enum file_kind file)
{
	size_t last = 0;

	for (size_t i = 0; i < moment; i++) {
		if (state.entries[i].file == file && state.entries[i].what == ENTRY_SYNC)
			last = i;
	}
	return last;
}

static void write_sectors(int fd, const struct entry *entry, bool is_safe, unsigned *seed)
{
	for (size_t done = 0; done < entry->length; done += SECTOR) {
		size_t left = entry->length - done, length = left < SECTOR ? left : SECTOR;
		if (is_safe || rand_r(seed) % 2)
			ensure(pwrite(fd, entry->data + done, length,
				      (off_t)(entry->at + (sqlite3_int64)done)) == (ssize_t)length);
	}
}

/* Of the writes that no sync covers some survive whole, some in part, most in a run from the oldest
 * on. */
static void file_rebuild(const char *path, enum file_kind file, size_t moment, unsigned *seed)
{
	int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	size_t synced = last_sync(moment, file);
	const int survival = rand_r(seed) % 101;

	ensure(fd >= 0);
	for (size_t i = 0; i < moment; i++) {
		const struct entry *entry = &state.entries[i];
		bool is_safe = i < synced;
		if (entry->file != file || entry->what == ENTRY_SYNC)
			continue;
		int fate = is_safe ? 0 : rand_r(seed) % 100;
		if (fate >= survival && !is_safe)
			continue;
		if (entry->what == ENTRY_TRUNCATE)
			ensure(ftruncate(fd, (off_t)entry->at) == 0);
		else
			write_sectors(fd, entry, is_safe || fate % 2, seed);
	}
	close(fd);
}

void test_vfs_cut(size_t moment, unsigned seed, const char *folder)
{
	static const char *const names[] = {
		[FILE_DATABASE] = "greffier.db", [FILE_LOG] = "greffier.db-wal"};
	char path[200];

	ensure(moment <= state.count);
	for (enum file_kind file = FILE_DATABASE; file <= FILE_LOG; file++) {
		snprintf(path, sizeof(path), "%s/%s", folder, names[file]);
		file_rebuild(path, file, moment, &seed);
	}
}

static sqlite3 *database_open(const char *folder)
{
	sqlite3 *handle = NULL;
	char path[200];

	snprintf(path, sizeof(path), "%s/greffier.db", folder);
	ensure(sqlite3_open(path, &handle) == SQLITE_OK);
	return handle;
}

void test_vfs_checkpoint(const char *folder)
{
	sqlite3 *handle = database_open(folder);

	sqlite3_busy_timeout(handle, 20);
	(void)sqlite3_wal_checkpoint_v2(handle, NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
	sqlite3_close(handle);
}

static int on_integrity(void *arg, int count, char **values, char **names)
{
	snprintf(arg, 200, "%s", values[0]);
	return 0;
}

bool test_vfs_is_sound(const char *folder, char ret_problem[200])
{
	sqlite3 *handle = database_open(folder);

	ret_problem[0] = '\0';
	int result = sqlite3_exec(handle, "PRAGMA integrity_check(1)", on_integrity, ret_problem,
				  NULL);
	if (result != SQLITE_OK)
		snprintf(ret_problem, 200, "%s", sqlite3_errmsg(handle));
	sqlite3_close(handle);
	return strcmp(ret_problem, "ok") == 0;
}

/* ---- calls that fail ---- */

const char *vfs_fault_name(enum vfs_fault kind)
{
	static const char *const names[] = {
		[VFS_FAULT_READ] = "read",
		[VFS_FAULT_WRITE] = "write",
		[VFS_FAULT_FULL] = "write (full)",
		[VFS_FAULT_SYNC] = "fsync",
	};
	return names[kind];
}

void test_vfs_fail(enum vfs_fault kind, unsigned delay, unsigned repeat)
{
	pthread_mutex_lock(&state.lock);
	state.fault = kind;
	state.delay = delay;
	state.repeat = repeat;
	state.failed = 0;
	state.faulty = true;
	pthread_mutex_unlock(&state.lock);
}

unsigned test_vfs_heal(void)
{
	pthread_mutex_lock(&state.lock);
	state.faulty = false;
	unsigned failed = state.failed;
	pthread_mutex_unlock(&state.lock);
	return failed;
}
