/* usage.h – when and how often credentials are used: counted in memory and stored every few
 * seconds by a separate thread.
 *
 * A call must not cost a write, nor a lock shared by all calls. A crash loses a few seconds of
 * statistics. Thread-safe. */
#ifndef GREFFIER_ACCESS_USAGE_H
#define GREFFIER_ACCESS_USAGE_H

#include "context/actor.h"
#include "access/identity/use_notes.h"
#include "base/error.h"
#include "store/client_app_store.h"
#include "store/store.h"

struct usage;

/* Longest time before a use is stored. */
#define USAGE_WRITE_EVERY_S 3
/* Number of calls stored per client app, newest first: about 2 MB of database, or a quarter of
 * an hour of ten calls per second. Older calls, and calls beyond the share of an app
 * (use_notes.h), are only counted. */
#define APP_CALLS_KEPT 10000
/* How long counts and calls are kept. */
#define APP_USE_KEPT_DAYS 30

struct usage *usage_start(struct store *store, struct error *err);
/* Stores the remaining uses and stops the thread. NULL is accepted. */
void usage_stop_and_free(struct usage *usage);

/* In all of these functions `usage` may be NULL: nothing is counted. */
void usage_note_token(struct usage *usage, const char *client_id, bool with_old_secret,
		      struct wall_time now, const char *address);
/* Records a call when it ends; a stream, when it begins. */
void usage_note_call(struct usage *usage, const char *client_id, const struct noted_call *call);
void usage_note_key(struct usage *usage, const unsigned char hash[KEYED_HASH_BYTES],
		    struct wall_time now, const char *address);
void usage_note_session(struct usage *usage, const unsigned char hash[KEYED_HASH_BYTES],
			struct wall_time now);

/* Adds to `app` what this node has counted but not stored yet. Uses that are being stored appear
 * a moment later. */
void usage_add_pending(struct usage *usage, struct arena *arena, struct client_app *app);

#endif
