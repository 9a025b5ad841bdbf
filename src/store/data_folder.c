/* data_folder.c – see data_folder.h. */
#include "store/data_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ensure.h"

struct data_folder {
	char *database_path, *lock_path;
	int database_fd, lock_fd;
};

static char *copy(const char *text)
{
	char *copied = strdup(text);
	ensure(copied);
	return copied;
}

static bool file_open(const char *path, int *ret_fd, struct error *err)
{
	*ret_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	return *ret_fd >= 0 ||
	       error_set(err, ERROR_CONFIGURATION, "cannot open %s: %s", path, strerror(errno));
}

/* "" when the lock file says nothing: somebody has removed it. */
static void holder_read(int lock_fd, char ret_holder[32])
{
	ssize_t length = pread(lock_fd, ret_holder, 31, 0);

	ret_holder[length > 0 ? (size_t)length : 0] = '\0';
	ret_holder[strcspn(ret_holder, "\n")] = '\0';
}

static bool lock_take(const struct data_folder *folder, int fd, struct error *err)
{
	char holder[32];

	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		return true;
	if (errno != EWOULDBLOCK)
		return error_set(err, ERROR_CONFIGURATION, "cannot lock %s: %s",
				 folder->database_path, strerror(errno));
	holder_read(folder->lock_fd, holder);
	return error_set(err, ERROR_CONFIGURATION,
			 "a server runs on this data folder already (process %s): stop it, or give "
			 "another --data",
			 *holder ? holder : "unknown");
}

static bool holder_write(const struct data_folder *folder, struct error *err)
{
	return (ftruncate(folder->lock_fd, 0) == 0 &&
		dprintf(folder->lock_fd, "%d\n", (int)getpid()) > 0) ||
	       error_set(err, ERROR_CONFIGURATION, "cannot write %s", folder->lock_path);
}

struct data_folder *data_folder_take(const char *database_path, const char *lock_path,
				     struct error *err)
{
	struct data_folder *folder = calloc(1, sizeof(*folder));

	ensure(folder);
	*folder = (struct data_folder){copy(database_path), copy(lock_path), -1, -1};
	if (file_open(lock_path, &folder->lock_fd, err) &&
	    file_open(database_path, &folder->database_fd, err) &&
	    lock_take(folder, folder->database_fd, err) &&
	    lock_take(folder, folder->lock_fd, err) && holder_write(folder, err))
		return folder;
	data_folder_give_back(folder);
	return NULL;
}

static void fd_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

void data_folder_give_back(struct data_folder *folder)
{
	if (!folder)
		return;
	fd_close(folder->database_fd);
	fd_close(folder->lock_fd);
	free(folder->database_path);
	free(folder->lock_path);
	free(folder);
}

bool data_folder_is_there(const struct data_folder *folder)
{
	struct stat held, found;

	if (fstat(folder->database_fd, &held) != 0)
		return true; /* the file system is in trouble, and not away */
	if (stat(folder->database_path, &found) == 0)
		return held.st_dev == found.st_dev && held.st_ino == found.st_ino;
	return errno != ENOENT && errno != ENOTDIR && errno != ESTALE;
}
