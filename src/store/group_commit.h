/* group_commit.h – lets many threads share one writer connection, and many transactions share
 * one fsync. Inside src/store only.
 *
 * Transactions use the writer one after another. Each is a savepoint in one outer transaction,
 * the group. A thread that releases the writer commits the group when no other thread waits,
 * when the group is full, or when it is old enough. All other members of the group wait for that
 * commit.
 *
 * A single transaction therefore commits at once, and under load a group grows while the last
 * fsync runs. The writer then goes to the thread whose turn it is (turns.h). */
#ifndef GREFFIER_STORE_GROUP_COMMIT_H
#define GREFFIER_STORE_GROUP_COMMIT_H

#include <stdint.h>

#include "store/db_driver.h"

#define GROUP_MEMBERS_MAX 128
#define GROUP_AGE_MAX_US 4000

struct group_commit;
struct group; /* transactions that share a COMMIT */

/* Makes a group commit for the writer connection. After each COMMIT the committing thread calls
 * `confirm`, which may declare the group failed by returning false with err. It then calls
 * `on_committed` with the topics of all members. */
struct group_commit *group_commit_new(struct db *writer,
				      void (*on_committed)(const bool topics[STORE_TOPIC_COUNT],
							   void *arg),
				      bool (*confirm)(void *arg, struct error *err), void *arg);
void group_commit_free(struct group_commit *group_commit);

/* Waits for the writer and opens a savepoint. Returns NULL when the database refuses. `key`
 * names the account of the transaction (turns.h): transactions of one account run in order, and
 * accounts take turns. Key 0 means no account. */
struct db *group_commit_begin(struct group_commit *group_commit, uint64_t key, struct error *err);
/* Closes the savepoint and releases the writer. Returns NULL with err when nothing was stored.
 * Otherwise pass the result to one of the next two functions. */
struct group *group_commit_end(struct group_commit *group_commit,
			       const bool topics[STORE_TOPIC_COUNT], struct error *err);
/* Waits for the group's COMMIT. Returns true when the change is durable. */
bool group_commit_wait(struct group_commit *group_commit, struct group *group, struct error *err);
/* Calls `settle` when the COMMIT has ended, instead of waiting: see store.h. */
enum settle_result group_commit_settle(struct group_commit *group_commit, struct group *group,
				       struct settle *settle, struct error *err);
void group_commit_abandon(struct group_commit *group_commit);

/* Pauses the writer: waits until no transaction is open and admits none until
 * group_commit_go_on. */
void group_commit_hold(struct group_commit *group_commit);
void group_commit_go_on(struct group_commit *group_commit);

/* Number of transactions that wait for the writer, and of groups committed so far. For tests and
 * figures. */
unsigned group_commit_waiting(struct group_commit *group_commit);
uint64_t group_commit_count(struct group_commit *group_commit);

#endif
