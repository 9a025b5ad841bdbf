/* use_notes.h – a table of the uses of credentials since it was last emptied. For one thread at
 * a time: usage.c has one table per group of threads and locks it.
 *
 * Counts are exact while there is room for the credential. Single calls of a client app are kept
 * up to a share, so that a busy app neither fills the list nor crowds out others; further calls
 * are counted as not logged. */
#ifndef GREFFIER_ACCESS_USE_NOTES_H
#define GREFFIER_ACCESS_USE_NOTES_H

#include "base/map.h"
#include "context/actor.h"
#include "store/client_app_use_store.h"

#define NOTE_ADDRESS_MAX 46 /* bytes, with the NUL: INET6_ADDRSTRLEN */
/* Calls of one app kept until the table is emptied: this many with status 2xx or 3xx, and as
 * many others, so that successes do not hide refusals. The table is emptied every 3 seconds
 * (usage.h), which allows about 60 calls per second. */
#define NOTE_CALLS_MAX 100

enum note_kind { NOTE_APP, NOTE_KEY, NOTE_SESSION };

struct note {
	enum note_kind kind;
	struct map_entry link;
	char id[CLIENT_ID_LENGTH_MAX + 1]; /* a client id, or the bytes of a hash */
	struct wall_time last, old_secret, counted;
	char address[NOTE_ADDRESS_MAX], old_secret_address[NOTE_ADDRESS_MAX];
	int64_t let_in;
	struct app_counts counts;
	uint32_t kept_good, kept_bad; /* calls in the table */
	uint32_t first_call;          /* set by use_notes_order */
};

/* A finished call of a client app. */
struct noted_call {
	bool is_let_in;            /* the app's networks and rate admitted it: it counts as use */
	struct wall_time at;
	const char *method, *route; /* constants */
	int status;
	struct duration duration;
	const char *address;
	uint64_t request;
};

struct kept_call {
	uint32_t note; /* index */
	int status;
	struct wall_time at;
	struct duration duration;
	const char *method, *route;
	uint64_t request;
	char address[NOTE_ADDRESS_MAX];
};

struct use_notes {
	struct note *notes;
	size_t count, note_limit;
	struct map map;
	struct kept_call *calls;
	size_t call_count, call_limit;
};

/* Makes room for `note_limit` credentials (at most 32767) and `call_limit` calls. Memory is
 * touched only when used. */
void use_notes_init(struct use_notes *notes, size_t note_limit, size_t call_limit);
void use_notes_done(struct use_notes *notes);

/* Returns NULL when there is none. `id` is a client id or KEYED_HASH_BYTES bytes. */
struct note *use_note_find(const struct use_notes *notes, enum note_kind kind, const char *id);
/* These do nothing when the table is full, because statistics must not delay calls. */
void use_note_call(struct use_notes *notes, const char *client_id, const struct noted_call *call);
void use_note_token(struct use_notes *notes, const char *client_id, bool with_old_secret,
		    struct wall_time now, const char *address);
void use_note_hash(struct use_notes *notes, enum note_kind kind,
		   const unsigned char hash[KEYED_HASH_BYTES], struct wall_time now,
		   const char *address);

/* Adds the contents of `from`. Returns false and adds nothing when there is not enough room. */
MUST_CHECK bool use_notes_merge(struct use_notes *notes, const struct use_notes *from);
/* Empties the table. Its cost depends on what the table holds. */
void use_notes_clear(struct use_notes *notes);

/* Sorts all notes by kind and id for the store, in the arena. Afterwards the table may only be
 * used by use_note_calls and cleared. */
const struct note **use_notes_order(struct use_notes *notes, struct arena *arena);
/* Returns the calls of one note by time, in the arena. */
void use_note_calls(const struct use_notes *notes, const struct note *note, struct arena *arena,
		    struct app_call **ret_calls, size_t *ret_count);

#endif
