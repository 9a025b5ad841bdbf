/* checkpointer.c – see checkpointer.h. */
#include "store/checkpointer.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/ensure.h"
#include "base/log.h"
#include "loop/alarm.h"
#include "store/db_sqlite.h"

#define CACHE_KIB 256

struct checkpointer {
	struct db *db;
	struct db *writer;
	struct group_commit *group_commit;
	struct alarm *alarm;
	atomic_int pages; /* of log, as the last commit left it; 0: looked at */
	int next;	  /* pages of log at which to look again; the committing thread's */
	bool complained;
};

/* On the committing thread. */
static int on_commit(void *arg, sqlite3 *handle, const char *name, int pages)
{
	struct checkpointer *checkpointer = arg;

	if (pages + CHECKPOINT_PAGES < checkpointer->next) /* the log has begun anew */
		checkpointer->next = CHECKPOINT_PAGES;
	if (pages >= checkpointer->next) {
		checkpointer->next = pages + CHECKPOINT_PAGES;
		checkpointer->pages = pages;
		alarm_wake(checkpointer->alarm);
	}
	return SQLITE_OK;
}

static void checkpoint(struct checkpointer *checkpointer)
{
	int result = sqlite3_wal_checkpoint_v2(sqlite_db_handle(checkpointer->db), NULL,
					       SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	bool failed = result != SQLITE_OK && result != SQLITE_BUSY;

	if (failed && !checkpointer->complained)
		log_warn("store",
			 "the write-ahead log cannot be checkpointed and grows: %s (disk full?)",
			 sqlite3_errstr(result));
	checkpointer->complained = failed;
}

static struct mono_time checkpointer_run(struct alarm *alarm, void *arg)
{
	struct checkpointer *checkpointer = arg;
	const int pages = atomic_exchange(&checkpointer->pages, 0);

	if (pages == 0)
		return ALARM_NEVER;
	checkpoint(checkpointer);
	if (pages >= CHECKPOINT_LIMIT) {
		group_commit_hold(checkpointer->group_commit);
		checkpoint(checkpointer);
		group_commit_go_on(checkpointer->group_commit);
	}
	return ALARM_NEVER;
}

static void checkpointer_free(struct checkpointer *checkpointer)
{
	alarm_free(checkpointer->alarm);
	sqlite_db_close(checkpointer->db);
	free(checkpointer);
}

struct checkpointer *checkpointer_start(const char *path, struct db *writer,
					struct group_commit *group_commit, struct error *err)
{
	struct checkpointer *checkpointer = calloc(1, sizeof(*checkpointer));

	ensure(checkpointer);
	checkpointer->writer = writer;
	checkpointer->group_commit = group_commit;
	checkpointer->next = CHECKPOINT_PAGES;
	checkpointer->alarm = alarm_new("checkpointer", checkpointer_run, checkpointer);
	checkpointer->db = sqlite_db_open(path, false, CACHE_KIB, err);
	if (!checkpointer->db || !alarm_start(checkpointer->alarm, err)) {
		checkpointer_free(checkpointer);
		return NULL;
	}
	/* Takes the place of the automatic checkpoint. */
	sqlite3_wal_hook(sqlite_db_handle(writer), on_commit, checkpointer);
	return checkpointer;
}

void checkpointer_stop_and_free(struct checkpointer *checkpointer)
{
	if (!checkpointer)
		return;
	sqlite3_wal_hook(sqlite_db_handle(checkpointer->writer), NULL, NULL);
	checkpointer_free(checkpointer);
}
