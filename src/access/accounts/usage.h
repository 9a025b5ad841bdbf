/* usage.h – when credentials were last used, and how often: counted in memory, written down every few seconds.
 *
 * A call must not cost a write, nor a lock that all calls take. What a crash loses is a few seconds of statistics. A thread of its
 * own writes. Thread-safe. */
#ifndef GREFFIER_ACCESS_USAGE_H
#define GREFFIER_ACCESS_USAGE_H

#include "context/actor.h"
#include "access/identity/use_notes.h"
#include "base/error.h"
#include "store/client_app_store.h"
#include "store/store.h"

struct usage;

/* How long a note may wait before it is written. */
#define USAGE_WRITE_EVERY_S 3
/* Calls of each client app that are kept to look at, the newest ones: about 2 MB of database, a quarter of an hour of an app that
 * makes ten calls a second. What is older, and what floods (use_notes.h), is in the counts only. */
#define APP_CALLS_KEPT 10000
/* Counts and calls. */
#define APP_USE_KEPT_DAYS 30

struct usage *usage_start(struct store *store, struct error *err);
/* Writes what is left. NULL is fine. */
void usage_stop_and_free(struct usage *usage);

/* `usage` may be NULL in all of these: nobody counts. */
void usage_note_token(struct usage *usage, const char *client_id, bool with_old_secret,
		      struct wall_time now, const char *address);
/* At the call's end; of a stream, at its beginning. */
void usage_note_call(struct usage *usage, const char *client_id, const struct noted_call *call);
void usage_note_key(struct usage *usage, const unsigned char hash[KEYED_HASH_BYTES],
		    struct wall_time now, const char *address);
void usage_note_session(struct usage *usage, const unsigned char hash[KEYED_HASH_BYTES],
			struct wall_time now);

/* Adds what this node has not yet written to what was read from the store. What is being written shows a moment later. */
void usage_add_pending(struct usage *usage, struct arena *arena, struct client_app *app);

#endif
