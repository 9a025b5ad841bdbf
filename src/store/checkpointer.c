/* checkpointer.c – see checkpointer.h. */
#include "store/checkpointer.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/ensure.h"
#include "base/log.h"
#include "store/db_sqlite.h"

#define CACHE_KIB 256

struct checkpointer {
	struct db *db;
	struct db *writer;
	struct group_commit *group_commit;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	int pages; /* of log, as the last commit left it; 0: looked at */
	int next;  /* pages of log at which to look again */
	bool stopping;
	bool complained;
};

/* On the committing thread. */
static int on_commit(void *arg, sqlite3 *handle, const char *name, int pages)
{
	struct checkpointer *checkpointer = arg;

	pthread_mutex_lock(&checkpointer->lock);
	if (pages + CHECKPOINT_PAGES < checkpointer->next) /* the log has begun anew */
		checkpointer->next = CHECKPOINT_PAGES;
	if (pages >= checkpointer->next) {
		checkpointer->next = pages + CHECKPOINT_PAGES;
		checkpointer->pages = pages;
		pthread_cond_signal(&checkpointer->changed);
	}
	pthread_mutex_unlock(&checkpointer->lock);
	return SQLITE_OK;
}

static void checkpoint(struct checkpointer *checkpointer)
{
	int result = sqlite3_wal_checkpoint_v2(sqlite_db_handle(checkpointer->db), NULL,
					       SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	bool failed = result != SQLITE_OK && result != SQLITE_BUSY;

	if (failed && !checkpointer->complained)
		log_warn("store",
			 "the write-ahead log cannot be folded back and grows: %s (disk full?)",
			 sqlite3_errstr(result));
	checkpointer->complained = failed;
}

static void *checkpointer_main(void *arg)
{
	struct checkpointer *checkpointer = arg;

	for (;;) {
		pthread_mutex_lock(&checkpointer->lock);
		while (!checkpointer->pages && !checkpointer->stopping)
			pthread_cond_wait(&checkpointer->changed, &checkpointer->lock);
		int pages = checkpointer->pages;
		bool stopping = checkpointer->stopping;
		checkpointer->pages = 0;
		pthread_mutex_unlock(&checkpointer->lock);
		if (stopping)
			return NULL;
		checkpoint(checkpointer);
		if (pages < CHECKPOINT_LIMIT)
			continue;
		group_commit_hold(checkpointer->group_commit);
		checkpoint(checkpointer);
		group_commit_go_on(checkpointer->group_commit);
	}
}

struct checkpointer *checkpointer_start(const char *path, struct db *writer,
					struct group_commit *group_commit, struct error *err)
{
	struct checkpointer *checkpointer = calloc(1, sizeof(*checkpointer));

	ensure(checkpointer);
	checkpointer->writer = writer;
	checkpointer->group_commit = group_commit;
	checkpointer->next = CHECKPOINT_PAGES;
	pthread_mutex_init(&checkpointer->lock, NULL);
	pthread_cond_init(&checkpointer->changed, NULL);
	checkpointer->db = sqlite_db_open(path, false, CACHE_KIB, err);
	if (!checkpointer->db ||
	    pthread_create(&checkpointer->thread, NULL, checkpointer_main, checkpointer) != 0) {
		sqlite_db_close(checkpointer->db);
		free(checkpointer);
		return NULL;
	}
	pthread_setname_np(checkpointer->thread, "checkpointer");
	/* Takes the place of the automatic checkpoint. */
	sqlite3_wal_hook(sqlite_db_handle(writer), on_commit, checkpointer);
	return checkpointer;
}

void checkpointer_stop_and_free(struct checkpointer *checkpointer)
{
	if (!checkpointer)
		return;
	sqlite3_wal_hook(sqlite_db_handle(checkpointer->writer), NULL, NULL);
	pthread_mutex_lock(&checkpointer->lock);
	checkpointer->stopping = true;
	pthread_cond_signal(&checkpointer->changed);
	pthread_mutex_unlock(&checkpointer->lock);
	pthread_join(checkpointer->thread, NULL);
	sqlite_db_close(checkpointer->db);
	pthread_cond_destroy(&checkpointer->changed);
	pthread_mutex_destroy(&checkpointer->lock);
	free(checkpointer);
}
