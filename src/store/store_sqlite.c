/* store_sqlite.c – a data folder: the database file, its one writer, and the word between
 * processes.
 *
 * A server and the command line share the folder. SQLite keeps their writes apart; what one
 * commits, the other learns through greffier.notify: a process that has announced something writes
 * to that file, and a server watches it (inotify), because a callback does not reach across
 * processes. */
#include "store/store_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/ensure.h"
#include "store/checkpointer.h"
#include "store/data_folder.h"
#include "store/db_sqlite.h"
#include "store/group_commit.h"
#include "store/migrations.h"

#define WRITER_CACHE_KIB 8192
#define READER_CACHE_KIB 1024

struct sqlite_store {
	char *database_path, *notify_path;
	struct data_folder *folder; /* a server's */
	struct group_commit *group_commit;
	struct checkpointer *checkpointer; /* in a server */
	pthread_t watcher;
	bool watching;
	int watch_fd, stop_fd;
};

static struct sqlite_store *of(const struct store *store)
{
	return store->engine;
}

static char *path_in(const struct store *store, const char *name)
{
	char *path;
	ensure(asprintf(&path, "%s/%s", store->config.directory, name) > 0);
	return path;
}

static bool folder_take(struct store *store, struct error *err)
{
	char *lock_path = path_in(store, "greffier.lock");

	of(store)->folder = data_folder_take(of(store)->database_path, lock_path, err);
	free(lock_path);
	return of(store)->folder != NULL;
}

static char *dialect(const char *script)
{
	static const struct {
		const char *from, *to;
	} words[] = {{"BIGINT", "INTEGER"}, {"BYTEA", "BLOB"}, {"\n);", "\n) STRICT;"}};
	char *translated = calloc(1, strlen(script) * 2 + 1), *out = translated;

	ensure(translated);
	while (*script) {
		size_t taken = 0;
		for (size_t i = 0; i < ARRAY_SIZE(words) && !taken; i++) {
			if (strncmp(script, words[i].from, strlen(words[i].from)) == 0) {
				out = stpcpy(out, words[i].to);
				taken = strlen(words[i].from);
			}
		}
		if (!taken) {
			*out++ = *script;
			taken = 1;
		}
		script += taken;
	}
	return translated;
}

const struct migration_rules sqlite_migration_rules = {.begin = "BEGIN IMMEDIATE",
						       .dialect = dialect};

static void *watch(void *arg)
{
	struct store *store = arg;
	struct sqlite_store *engine = of(store);
	struct pollfd fds[] = {{engine->watch_fd, POLLIN, 0}, {engine->stop_fd, POLLIN, 0}};
	char events[4096];

	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (fds[1].revents)
			return NULL;
		if (fds[0].revents && read(engine->watch_fd, events, sizeof(events)) > 0)
			store_announce_all(store);
	}
}

static bool watcher_start(struct store *store, struct error *err)
{
	struct sqlite_store *engine = of(store);
	int fd = open(engine->notify_path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0)
		close(fd);
	engine->watch_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	engine->stop_fd = eventfd(0, EFD_CLOEXEC);
	if (fd < 0 || engine->watch_fd < 0 || engine->stop_fd < 0 ||
	    inotify_add_watch(engine->watch_fd, engine->notify_path, IN_MODIFY) < 0 ||
	    pthread_create(&engine->watcher, NULL, watch, store) != 0)
		return error_set(err, ERROR_CONFIGURATION, "cannot watch %s: %s",
				 engine->notify_path, strerror(errno));
	pthread_setname_np(engine->watcher, "store-watch");
	engine->watching = true;
	return true;
}

static void notify_others(const struct sqlite_store *engine)
{
	int fd = open(engine->notify_path, O_WRONLY | O_CLOEXEC);

	if (fd < 0) /* no server has ever run here */
		return;
	ssize_t ignored = pwrite(fd, ".", 1, 0);
	(void)ignored;
	close(fd);
}

static void on_committed(const bool topics[STORE_TOPIC_COUNT], void *arg)
{
	const struct store *store = arg;
	bool any = false;

	store_announce(store, topics);
	for (int topic = 0; topic < STORE_TOPIC_COUNT; topic++)
		any |= topics[topic];
	if (any && !store->config.exclusive)
		notify_others(of(store));
}

/* After each COMMIT: to a file that nobody will find again it is none. */
static bool confirm(void *arg, struct error *err)
{
	struct store *store = arg;

	store_look(store);
	return !store_is_gone(store) || error_set(err, ERROR_STORE_GONE, NULL);
}

bool sqlite_store_is_there(const struct store *store)
{
	return !of(store)->folder || data_folder_is_there(of(store)->folder);
}

bool sqlite_store_open(struct store *store, struct error *err)
{
	struct sqlite_store *engine = calloc(1, sizeof(*engine));

	ensure(engine);
	store->engine = engine;
	engine->watch_fd = engine->stop_fd = -1;
	engine->database_path = path_in(store, "greffier.db");
	engine->notify_path = path_in(store, "greffier.notify");
	if (store->config.exclusive && !folder_take(store, err))
		return false;
	struct db *writer = sqlite_db_open(engine->database_path, true, WRITER_CACHE_KIB, err);
	if (!writer)
		return false;
	engine->group_commit = group_commit_new(writer, on_committed, confirm, store);
	if (!migrate(writer, &sqlite_migration_rules, err))
		return false;
	if (!store->config.exclusive)
		return true;
	engine->checkpointer = checkpointer_start(engine->database_path, writer,
						  engine->group_commit, err);
	return engine->checkpointer && (!store->config.on_topic || watcher_start(store, err));
}

static void watcher_stop(struct sqlite_store *engine)
{
	if (!engine->watching)
		return;
	ensure(eventfd_write(engine->stop_fd, 1) == 0);
	pthread_join(engine->watcher, NULL);
}

static void fd_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

void sqlite_store_close(struct store *store)
{
	struct sqlite_store *engine = of(store);

	watcher_stop(engine);
	checkpointer_stop_and_free(engine->checkpointer);
	group_commit_free(engine->group_commit);
	fd_close(engine->watch_fd);
	fd_close(engine->stop_fd);
	data_folder_give_back(engine->folder); /* after SQLite: data_folder.h */
	free(engine->database_path);
	free(engine->notify_path);
	free(engine);
}

struct db *sqlite_session_db_open(struct store *store, struct error *err)
{
	return sqlite_db_open(of(store)->database_path, false, READER_CACHE_KIB, err);
}

bool sqlite_session_db_check(struct db *db, struct error *err)
{
	return true;
}

struct db *sqlite_txn_begin(struct session *session, struct error *err)
{
	return group_commit_begin(of(session->store)->group_commit, session->turn_key, err);
}

bool sqlite_txn_commit(struct session *session, const bool topics[STORE_TOPIC_COUNT],
		       struct error *err)
{
	struct group_commit *gc = of(session->store)->group_commit;
	struct group *group = group_commit_end(gc, topics, err);

	if (!group)
		return false;
	if (!session->defers)
		return group_commit_wait(gc, group, err);
	session->pending = group;
	return true;
}

bool sqlite_wait(struct session *session, struct error *err)
{
	struct group *group = session->pending;

	session->pending = NULL;
	return group_commit_wait(of(session->store)->group_commit, group, err);
}

enum settle_result sqlite_settle(struct session *session, struct settle *settle, struct error *err)
{
	struct group *group = session->pending;

	if (!group)
		return SETTLE_DURABLE;
	session->pending = NULL;
	return group_commit_settle(of(session->store)->group_commit, group, settle, err);
}

void sqlite_txn_rollback(struct session *session)
{
	group_commit_abandon(of(session->store)->group_commit);
}
