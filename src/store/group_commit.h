/* group_commit.h – one writer connection for many threads, and one fsync for many transactions.
 *
 * Transactions take the writer one after another; each is a savepoint in one outer transaction, the group. Whoever
 * gives the writer back commits the group when nobody waits for the writer, when the group is full, or when it is
 * old enough; everybody else in it waits for that commit. So a lone transaction commits at once, and under load a
 * group grows for as long as the last fsync takes. The writer then goes to the thread whose turn it is (turns.h). Inside src/store only. */
#ifndef GREFFIER_STORE_GROUP_COMMIT_H
#define GREFFIER_STORE_GROUP_COMMIT_H

#include <stdint.h>

#include "store/db_driver.h"

#define GROUP_MEMBERS_MAX 128
#define GROUP_AGE_MAX_US 4000

struct group_commit;
struct group; /* transactions that share a COMMIT */

/* Takes the writer's connection. The committing thread calls `confirm` after each COMMIT: false, with err, when the group
 * counts as failed all the same. Then it calls `on_committed`, with the topics of all members of the group. */
struct group_commit *group_commit_new(struct db *writer,
				      void (*on_committed)(const bool topics[STORE_TOPIC_COUNT],
							   void *arg),
				      bool (*confirm)(void *arg, struct error *err), void *arg);
void group_commit_free(struct group_commit *group_commit);

/* Waits for the writer and opens a savepoint; NULL when the database refuses. `key` is whom the transaction is for (turns.h): one
 * account's transactions are served in the order they came, and accounts in turn. Key 0 is for those of no account. */
struct db *group_commit_begin(struct group_commit *group_commit, uint64_t key, struct error *err);
/* Closes the savepoint and gives the writer back. NULL: err says why, nothing was stored. The group must be handed to one
 * of the next two. */
struct group *group_commit_end(struct group_commit *group_commit,
			       const bool topics[STORE_TOPIC_COUNT], struct error *err);
/* Waits for the group's COMMIT: true when the change is durable. */
bool group_commit_wait(struct group_commit *group_commit, struct group *group, struct error *err);
/* Or has `settle` called when it is over; store.h. */
enum settle_result group_commit_settle(struct group_commit *group_commit, struct group *group,
				       struct settle *settle, struct error *err);
void group_commit_abandon(struct group_commit *group_commit);

/* Keeps every transaction out: waits until none is open, and lets nobody in until _go_on. */
void group_commit_hold(struct group_commit *group_commit);
void group_commit_go_on(struct group_commit *group_commit);

/* How many transactions wait for the writer, and how many groups have been committed: for tests and figures. */
unsigned group_commit_waiting(struct group_commit *group_commit);
uint64_t group_commit_count(struct group_commit *group_commit);

#endif
