/* group_commit.c – see group_commit.h. */
#include "store/group_commit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/turns.h"
#include "store/db_sqlite.h"

/* Freed by the last member that has read the verdict, or when it ends and nobody is left to read
 * it. */
struct group {
	unsigned members;	/* released savepoints */
	unsigned unread;	/* members that will still ask for the verdict */
	struct settle *settles; /* members that want to be called */
	struct mono_time opened;
	bool done, ok;
	struct error err;
	bool topics[STORE_TOPIC_COUNT];
};

struct group_commit {
	struct db *writer;
	void (*on_committed)(const bool topics[STORE_TOPIC_COUNT], void *arg);
	bool (*confirm)(void *arg, struct error *err);
	void *arg;
	pthread_mutex_t lock; /* over what follows; never held while SQLite works */
	pthread_cond_t group_done;
	bool writer_taken;
	struct turns turns;  /* who waits for the writer */
	unsigned waiting;    /* how many they are */
	struct group *group; /* the open one; NULL when no outer transaction is open */
	uint64_t count;
};

struct group_commit *group_commit_new(struct db *writer,
				      void (*on_committed)(const bool topics[STORE_TOPIC_COUNT],
							   void *arg),
				      bool (*confirm)(void *arg, struct error *err), void *arg)
{
	struct group_commit *gc = calloc(1, sizeof(*gc));

	ensure(gc);
	gc->writer = writer;
	gc->on_committed = on_committed;
	gc->confirm = confirm;
	gc->arg = arg;
	pthread_mutex_init(&gc->lock, NULL);
	turns_init(&gc->turns);
	pthread_cond_init(&gc->group_done, NULL);
	return gc;
}

void group_commit_free(struct group_commit *gc)
{
	if (!gc)
		return;
	ensure(!gc->writer_taken && !gc->group);
	sqlite_db_close(gc->writer);
	pthread_cond_destroy(&gc->group_done);
	pthread_mutex_destroy(&gc->lock);
	free(gc);
}

/* A thread that waits for the writer; on its stack. */
struct waiter {
	struct turn turn; /* first, so that a turn is its waiter */
	pthread_cond_t called;
	bool has_writer;
};

/* The lock is held. A writer that was left free goes to the first who waits, if they are quick. */
static void writer_wait(struct group_commit *gc, uint64_t key)
{
	struct waiter waiter = {.called = PTHREAD_COND_INITIALIZER};

	turns_add(&gc->turns, &waiter.turn, key);
	gc->waiting++;
	while (!waiter.has_writer && (gc->writer_taken || gc->turns.first != &waiter.turn))
		pthread_cond_wait(&waiter.called, &gc->lock);
	if (!waiter.has_writer) {
		ensure(turns_take(&gc->turns) == &waiter.turn);
		gc->waiting--;
	}
	pthread_cond_destroy(&waiter.called);
}

static void writer_take(struct group_commit *gc, uint64_t key)
{
	pthread_mutex_lock(&gc->lock);
	if (gc->writer_taken || turns_has_others(&gc->turns, key))
		writer_wait(gc, key);
	gc->writer_taken = true;
	pthread_mutex_unlock(&gc->lock);
}

/* The lock is held. As long as all who wait are of one account, the writer is left free, so that a
 * thread of that account that is running already can take it at once: waking another one for each
 * transaction costs a sixth of the processor time. When several accounts wait, the writer goes from
 * hand to hand. */
static void writer_give(struct group_commit *gc)
{
	struct waiter *first = (struct waiter *)gc->turns.first;

	gc->writer_taken = false;
	if (!first)
		return;
	if (turns_has_others(&gc->turns, first->turn.key)) {
		(void)turns_take(&gc->turns);
		gc->waiting--;
		gc->writer_taken = first->has_writer = true;
	}
	pthread_cond_signal(&first->called);
}

/* The writer is held, the lock is not. */
static bool group_open(struct group_commit *gc, struct error *err)
{
	if (gc->group)
		return true;
	if (!sqlite_db_control(gc->writer, "BEGIN IMMEDIATE", err))
		return false;
	struct group *group = calloc(1, sizeof(*group));
	ensure(group);
	group->opened = mono_now();
	gc->group = group;
	return true;
}

/* Ends the open group with a verdict. The writer and the lock are held. The group lives until
 * group_tell. */
static struct group *group_close(struct group_commit *gc, bool ok, const struct error *err)
{
	struct group *group = gc->group;

	gc->group = NULL;
	gc->count += ok;
	group->done = true;
	group->ok = ok;
	if (!ok)
		group->err = *err;
	group->unread++; /* the teller's own */
	pthread_cond_broadcast(&gc->group_done);
	return group;
}

/* The lock is held. */
static void group_release(struct group *group)
{
	if (--group->unread == 0)
		free(group);
}

/* The lock is not held: on_committed and the members' callbacks may take locks of their own. */
static void group_tell(struct group_commit *gc, struct group *group)
{
	/* Nobody adds to the list of a group that is done. */
	if (group->ok)
		gc->on_committed(group->topics, gc->arg);
	for (struct settle *settle = group->settles, *next; settle; settle = next) {
		next = settle->next; /* the callback may end the settle's life */
		settle->on_settled(group->ok ? NULL : &group->err, settle->arg);
	}
	pthread_mutex_lock(&gc->lock);
	group_release(group);
	pthread_mutex_unlock(&gc->lock);
}

/* The writer is held, the lock is not. A failed COMMIT leaves nothing open: the next group can work
 * again. */
static bool outer_commit(struct group_commit *gc, struct error *err)
{
	struct error ignored = {0};

	if (sqlite_db_control(gc->writer, "COMMIT", err))
		return gc->confirm(gc->arg, err);
	if (!sqlite_db_lost_transaction(gc->writer, &ignored))
		(void)sqlite_db_control(gc->writer, "ROLLBACK", &ignored);
	return false;
}

static bool group_is_ripe(struct group_commit *gc)
{
	pthread_mutex_lock(&gc->lock);
	bool ripe = gc->waiting == 0 || gc->group->members >= GROUP_MEMBERS_MAX ||
		    mono_since(mono_now(), gc->group->opened).us >= GROUP_AGE_MAX_US;
	pthread_mutex_unlock(&gc->lock);
	return ripe;
}

/* Called by whoever holds the writer, when its savepoint is closed: commits the group if it is
 * time, and gives the writer back. */
static void writer_finish(struct group_commit *gc)
{
	struct error err = {0};
	bool ends = group_is_ripe(gc), ok = false;

	if (sqlite_db_lost_transaction(gc->writer, &err)) {
		ends = true; /* all of it is rolled back: disk full, I/O error */
	} else if (ends && gc->group->members == 0) {
		(void)sqlite_db_control(gc->writer, "ROLLBACK", &err);
	} else if (ends) {
		ok = outer_commit(gc, &err);
	}
	struct group *ended = NULL;
	pthread_mutex_lock(&gc->lock);
	if (ends)
		ended = group_close(gc, ok, &err);
	writer_give(gc);
	pthread_mutex_unlock(&gc->lock);
	if (ended)
		group_tell(gc, ended);
}

struct db *group_commit_begin(struct group_commit *gc, uint64_t key, struct error *err)
{
	writer_take(gc, key);
	if (group_open(gc, err) && sqlite_db_control(gc->writer, "SAVEPOINT member", err))
		return gc->writer;
	if (gc->group) {
		writer_finish(gc);
		return NULL;
	}
	pthread_mutex_lock(&gc->lock);
	writer_give(gc);
	pthread_mutex_unlock(&gc->lock);
	return NULL;
}

struct group *group_commit_end(struct group_commit *gc, const bool topics[STORE_TOPIC_COUNT],
			       struct error *err)
{
	struct group *group = gc->group;

	if (!sqlite_db_control(gc->writer, "RELEASE member", err)) {
		group_commit_abandon(gc);
		return NULL;
	}
	pthread_mutex_lock(&gc->lock);
	group->members++;
	group->unread++;
	for (int topic = 0; topic < STORE_TOPIC_COUNT; topic++)
		group->topics[topic] |= topics[topic];
	pthread_mutex_unlock(&gc->lock);
	writer_finish(gc);
	return group;
}

/* The lock is held, the group is done. */
static bool verdict_take(struct group *group, struct error *err)
{
	bool ok = group->ok;

	if (!ok)
		*err = group->err;
	group_release(group);
	return ok;
}

bool group_commit_wait(struct group_commit *gc, struct group *group, struct error *err)
{
	pthread_mutex_lock(&gc->lock);
	while (!group->done)
		pthread_cond_wait(&gc->group_done, &gc->lock);
	bool ok = verdict_take(group, err);
	pthread_mutex_unlock(&gc->lock);
	return ok;
}

enum settle_result group_commit_settle(struct group_commit *gc, struct group *group,
				       struct settle *settle, struct error *err)
{
	enum settle_result result = SETTLE_LATER;

	pthread_mutex_lock(&gc->lock);
	if (group->done) {
		result = verdict_take(group, err) ? SETTLE_DURABLE : SETTLE_FAILED;
	} else {
		settle->next = group->settles;
		group->settles = settle;
		group->unread--; /* will be told instead */
	}
	pthread_mutex_unlock(&gc->lock);
	return result;
}

void group_commit_abandon(struct group_commit *gc)
{
	struct error ignored = {0};

	if (!sqlite_db_lost_transaction(gc->writer, &ignored)) {
		(void)sqlite_db_control(gc->writer, "ROLLBACK TO member", &ignored);
		(void)sqlite_db_control(gc->writer, "RELEASE member", &ignored);
	}
	writer_finish(gc);
}

/* Whoever held the writer last has left the outer transaction open when somebody waits, and we do:
 * so it is ended here. */
void group_commit_hold(struct group_commit *gc)
{
	struct error err = {0};
	struct group *ended = NULL;

	writer_take(gc, 0);
	if (!gc->group)
		return;
	bool any = gc->group->members > 0, ok = false;
	if (any)
		ok = outer_commit(gc, &err);
	else
		(void)sqlite_db_control(gc->writer, "ROLLBACK", &err);
	pthread_mutex_lock(&gc->lock);
	ended = group_close(gc, ok, &err);
	pthread_mutex_unlock(&gc->lock);
	group_tell(gc, ended);
}

void group_commit_go_on(struct group_commit *gc)
{
	pthread_mutex_lock(&gc->lock);
	writer_give(gc);
	pthread_mutex_unlock(&gc->lock);
}

unsigned group_commit_waiting(struct group_commit *gc)
{
	pthread_mutex_lock(&gc->lock);
	unsigned waiting = gc->waiting;
	pthread_mutex_unlock(&gc->lock);
	return waiting;
}

uint64_t group_commit_count(struct group_commit *gc)
{
	pthread_mutex_lock(&gc->lock);
	uint64_t count = gc->count;
	pthread_mutex_unlock(&gc->lock);
	return count;
}
