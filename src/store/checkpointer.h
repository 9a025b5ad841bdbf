/* checkpointer.h – folds SQLite's write-ahead log back into the database, on a thread of its own, so that no commit has to
 * wait for it. Inside src/store only.
 *
 * A passive checkpoint works beside the writer but can never catch up with one that does not pause, and then the log only
 * grows. So when it has grown past its limit, the writer is held for the last, short piece; the log then starts anew. Each
 * checkpoint sorts what it finds and syncs twice, and what many commits change is copied once: so it is done when the log has
 * grown by a good piece, not after each commit. */
#ifndef GREFFIER_STORE_CHECKPOINTER_H
#define GREFFIER_STORE_CHECKPOINTER_H

#include "store/group_commit.h"

#define CHECKPOINT_PAGES 4000  /* of log since the last one, before a passive checkpoint: 16 MB */
#define CHECKPOINT_LIMIT 16000 /* of log, before the writer is held: 64 MB */

struct checkpointer;

/* Watches the writer's log. `path` is the database's. */
struct checkpointer *checkpointer_start(const char *path, struct db *writer,
					struct group_commit *group_commit, struct error *err);
/* Before the writer is closed. NULL is fine. */
void checkpointer_stop_and_free(struct checkpointer *checkpointer);

#endif
