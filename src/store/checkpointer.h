/* checkpointer.h – a thread that copies SQLite's write-ahead log back into the database, so that
 * no commit has to do it. Inside src/store only.
 *
 * A passive checkpoint runs beside the writer. It never catches up with a writer that does not
 * pause, and the log would grow without limit. When the log has passed its limit, the writer is
 * therefore paused for the last, short part, and the log starts again from its beginning.
 *
 * Each checkpoint sorts the pages that it finds and syncs twice, and copies a page that many
 * commits changed only once. It therefore runs after the log has grown considerably, not after
 * each commit. */
#ifndef GREFFIER_STORE_CHECKPOINTER_H
#define GREFFIER_STORE_CHECKPOINTER_H

#include "store/group_commit.h"

/* Log pages since the last passive checkpoint before the next one: 16 MB. */
#define CHECKPOINT_PAGES 4000
#define CHECKPOINT_LIMIT 16000 /* log pages before the writer is paused: 64 MB */

struct checkpointer;

/* Starts the thread for the log of `writer`. `path` is the path of the database. */
struct checkpointer *checkpointer_start(const char *path, struct db *writer,
					struct group_commit *group_commit, struct error *err);
/* Call it before the writer is closed. NULL is accepted. */
void checkpointer_stop_and_free(struct checkpointer *checkpointer);

#endif
