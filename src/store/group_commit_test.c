/* group_commit_test.c – who gets the writer next: many transactions of one account delay those of
 * another by one, and each account's keep their order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>

#include "base/ensure.h"
#include "store/db_sqlite.h"
#include "store/group_commit.h"

#define CROWD 64
#define ORDER_MAX (CROWD + 8)

/* What took the writer, in order. Whoever holds the writer may write here: nobody else does. */
struct record {
	struct group_commit *group_commit;
	int order[ORDER_MAX];
	size_t count;
};

struct member {
	struct record *record;
	uint64_t key;
	int name;
	pthread_t thread;
};

static void nobody_is_woken(const bool topics[STORE_TOPIC_COUNT], void *arg) {}

static bool confirmed(void *arg, struct error *err)
{
	return true;
}

static void commit(struct group_commit *group_commit)
{
	const bool no_topics[STORE_TOPIC_COUNT] = {false};
	struct error err = {0};
	struct group *group = group_commit_end(group_commit, no_topics, &err);

	ensure(group && group_commit_wait(group_commit, group, &err));
}

static void *take_a_turn(void *arg)
{
	struct member *member = arg;
	struct record *record = member->record;
	struct error err = {0};

	ensure(group_commit_begin(record->group_commit, member->key, &err));
	record->order[record->count++] = member->name;
	commit(record->group_commit);
	return NULL;
}

/* Starts a member, and returns when it waits for the writer. */
static void join(struct member *member)
{
	unsigned before = group_commit_waiting(member->record->group_commit);

	ensure(pthread_create(&member->thread, NULL, take_a_turn, member) == 0);
	while (group_commit_waiting(member->record->group_commit) == before)
		sched_yield();
}

static struct group_commit *open_in(const char *directory)
{
	char path[128];
	struct error err = {0};

	snprintf(path, sizeof(path), "%s/greffier.db", directory);
	struct db *writer = sqlite_db_open(path, true, 1024, &err);
	ensure(writer);
	return group_commit_new(writer, nobody_is_woken, confirmed, NULL);
}

static void remove_all(const char *directory)
{
	static const char *const names[] = {"greffier.db", "greffier.db-wal", "greffier.db-shm"};
	char path[128];

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, names[i]);
		unlink(path);
	}
	rmdir(directory);
}

static void accounts_have_turns_at_the_writer(void **state)
{
	char directory[] = "/tmp/greffier-turns-XXXXXX";
	struct member members[CROWD + 2];
	struct error err = {0};

	ensure(mkdtemp(directory));
	struct record record = {.group_commit = open_in(directory)};
	ensure(group_commit_begin(record.group_commit, 1, &err)); /* all others wait */
	for (int i = 0; i < CROWD + 2; i++) {
		/* The last two are of another account, and of none. */
		members[i] = (struct member){&record, i < CROWD ? 1 : i == CROWD ? 2 : 0, i, 0};
		join(&members[i]);
	}
	commit(record.group_commit);
	for (int i = 0; i < CROWD + 2; i++)
		pthread_join(members[i].thread, NULL);

	const int first[] = {0, CROWD, CROWD + 1, 1, 2, 3};
	assert_int_equal(record.count, CROWD + 2);
	assert_memory_equal(record.order, first, sizeof(first));
	for (int i = 3; i < CROWD + 2; i++)
		assert_int_equal(record.order[i], i - 2);
	assert_true(group_commit_count(record.group_commit) >= 1);
	group_commit_free(record.group_commit);
	remove_all(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accounts_have_turns_at_the_writer),
	};
	return cmocka_run_group_tests_name("store/group_commit", tests, NULL, NULL);
}
