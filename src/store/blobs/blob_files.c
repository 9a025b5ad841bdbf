/* blob_files.c – large blobs on SQLite: one file for each, below `blobs` in the data folder.
 *
 *   blobs/3f/3f1c…e2      sealed pieces, one behind the other
 *
 * 256 folders, so that none grows without end. Files and folders are the server's alone. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ensure.h"
#include "store/blobs/blob_place.h"
#include "store/db_driver.h"

#define FOLDER "blobs"
#define PATH_MAX_LENGTH 4096

struct blob_path {
	char root[PATH_MAX_LENGTH], folder[PATH_MAX_LENGTH], file[PATH_MAX_LENGTH];
};

static bool path_make(const struct session *session, const char *id, struct blob_path *ret_path,
		      struct error *err)
{
	const char *directory = session->store->config.directory;
	int length;

	ensure(strlen(id) == BLOB_ID_LENGTH);
	(void)snprintf(ret_path->root, PATH_MAX_LENGTH, "%s/" FOLDER, directory);
	(void)snprintf(ret_path->folder, PATH_MAX_LENGTH, "%s/" FOLDER "/%.2s", directory, id);
	length = snprintf(ret_path->file, PATH_MAX_LENGTH, "%s/" FOLDER "/%.2s/%s", directory, id,
			  id);
	return length < PATH_MAX_LENGTH ||
	       error_set(err, ERROR_CONFIGURATION, "the path of the data folder is too long");
}

static bool refused(struct error *err, const char *what, const char *path)
{
	const bool is_full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG;

	return error_set(err, is_full ? ERROR_STORE_FULL : ERROR_STORE_UNAVAILABLE, "%s %s: %s",
			 what, path, strerror(errno));
}

static bool folder_sync(const char *path, struct error *err)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return refused(err, "cannot open", path);
	/* EINVAL: this file system syncs no folders, and need not. */
	bool synced = fsync(fd) == 0 || errno == EINVAL;
	if (!synced)
		(void)refused(err, "cannot sync", path);
	close(fd);
	return synced;
}

/* Makes a folder in another one. Its name is durable when this returns true; another writer may
 * have made it a moment before. */
static bool folder_make(const char *parent, const char *path, struct error *err)
{
	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return refused(err, "cannot make", path);
	return folder_sync(parent, err);
}

static bool file_make(struct blob_hold *hold, struct error *err)
{
	struct blob_path path;

	if (!path_make(hold->session, hold->id, &path, err))
		return false;
	hold->fd = open(path.file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (hold->fd < 0 && errno == ENOENT) {
		if (!folder_make(hold->session->store->config.directory, path.root, err) ||
		    !folder_make(path.root, path.folder, err))
			return false;
		hold->fd = open(path.file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	}
	return hold->fd >= 0 || refused(err, "cannot make", path.file);
}

static bool files_append(struct blob_hold *hold, uint64_t number, struct bytes sealed,
			 struct error *err)
{
	const unsigned char *at = sealed.data;
	size_t left = sealed.length;

	(void)number;
	if (hold->fd < 0 && !file_make(hold, err))
		return false;
	while (left > 0) {
		ssize_t written = write(hold->fd, at, left);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return refused(err, "cannot write the document", hold->id);
		at += written;
		left -= (size_t)written;
	}
	return true;
}

static bool files_flush(struct blob_hold *hold, struct error *err)
{
	(void)hold;
	(void)err;
	return true;
}

static bool files_finish(struct blob_hold *hold, struct error *err)
{
	struct blob_path path;

	if (!path_make(hold->session, hold->id, &path, err))
		return false;
	return fsync(hold->fd) == 0 ? folder_sync(path.folder, err)
				    : refused(err, "cannot sync", path.file);
}

static bool files_read(struct blob_hold *hold, uint64_t number, unsigned char *ret_sealed,
		       size_t length, struct error *err)
{
	struct blob_path path;
	size_t done = 0;

	if (!path_make(hold->session, hold->id, &path, err))
		return false;
	if (hold->fd < 0)
		hold->fd = open(path.file, O_RDONLY | O_CLOEXEC);
	if (hold->fd < 0)
		return error_set(err, ERROR_UNEXPECTED,
				 "%s: %s. If the database was restored from a backup, restore the "
				 "folder " FOLDER " of the same time too",
				 path.file, strerror(errno));
	while (done < length) {
		ssize_t got = pread(hold->fd, ret_sealed + done, length - done,
				    (off_t)(number * BLOB_SEALED_SIZE + done));
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return error_set(err, ERROR_UNEXPECTED, "%s: %s", path.file,
					 got == 0 ? "is cut short" : strerror(errno));
		done += (size_t)got;
	}
	return true;
}

static void files_close(struct blob_hold *hold)
{
	if (hold->fd >= 0)
		close(hold->fd);
	hold->fd = -1;
}

static bool files_remove(struct session *session, const char *account, const char *id,
			 struct error *err)
{
	struct blob_path path;

	(void)account;
	return path_make(session, id, &path, err) && (unlink(path.file) == 0 || errno == ENOENT ||
						      refused(err, "cannot remove", path.file));
}

const struct blob_place blob_files = {
	.append = files_append,
	.flush = files_flush,
	.finish = files_finish,
	.read = files_read,
	.close = files_close,
	.remove = files_remove,
};
