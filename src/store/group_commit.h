/* group_commit.h – one writer connection for many threads, and one fsync for many transactions.
 *
 * Transactions take the writer one after another; each is a savepoint in one outer transaction, the group. Whoever
 * gives the writer back commits the group when nobody waits for the writer, when the group is full, or when it is
 * old enough; everybody else in it waits for that commit. So a lone transaction commits at once, and under load a
 * group grows for as long as the last fsync takes. Inside src/store only. */
#ifndef GREFFIER_STORE_GROUP_COMMIT_H
#define GREFFIER_STORE_GROUP_COMMIT_H

#include <stdint.h>

#include "store/db_driver.h"

#define GROUP_MEMBERS_MAX 128
#define GROUP_AGE_MAX_US 2000

struct group_commit;

/* Takes the writer's connection. */
struct group_commit *group_commit_new(struct db *writer);
void group_commit_free(struct group_commit *group_commit);

/* Waits for the writer and opens a savepoint; NULL when the database refuses. */
struct db *group_commit_begin(struct group_commit *group_commit, struct error *err);
/* Gives the writer back and returns when the change is durable, or is not. *ret_announce is set for one member of the
 * group, with the topics of all: it announces them. `topics` is this member's on the way in. */
bool group_commit_end(struct group_commit *group_commit, bool topics[STORE_TOPIC_COUNT],
		      bool *ret_announce, struct error *err);
void group_commit_abandon(struct group_commit *group_commit);

/* How many groups have been committed: for tests and figures. */
uint64_t group_commit_count(struct group_commit *group_commit);

#endif
