/* usage.h – when credentials were last used and how often: counted in memory, written down every few seconds.
 *
 * A call must not cost a write. What a crash loses is a few seconds of statistics. A thread of its own writes, and forgets
 * sessions and tokens that have ended. Thread-safe. */
#ifndef GREFFIER_ACCESS_USAGE_H
#define GREFFIER_ACCESS_USAGE_H

#include "access/caller.h"
#include "base/error.h"
#include "store/client_app_store.h"
#include "store/store.h"

struct usage;

/* How long a note may wait before it is written. */
#define USAGE_WRITE_EVERY_S 3

struct usage *usage_start(struct store *store, struct error *err);
/* Writes what is left. NULL is fine. */
void usage_stop_and_free(struct usage *usage);

/* `usage` may be NULL in all of these: nobody counts. */
void usage_note_token(struct usage *usage, const char *client_id, bool with_old_secret,
		      struct wall_time now, const char *address);
void usage_note_call(struct usage *usage, const char *client_id, struct wall_time now,
		     const char *address);
void usage_note_key(struct usage *usage, const unsigned char hash[KEYED_HASH_BYTES],
		    struct wall_time now, const char *address);
void usage_note_session(struct usage *usage, const unsigned char hash[KEYED_HASH_BYTES],
			struct wall_time now);

/* Adds what this node has not yet written to what was read from the store. */
void usage_add_pending(struct usage *usage, struct arena *arena, struct client_app *app);

#endif
