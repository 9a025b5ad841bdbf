/* use_notes.h – a table of what credentials were used for since it was last emptied. In memory, for one thread at a time: usage.c
 * has one for each group of threads, and locks it.
 *
 * Counts are exact as long as there is room for the credential. Calls of client apps are kept one by one only up to a share, so that
 * an app that floods neither fills the log nor keeps others out of it: the rest is counted as not logged. */
#ifndef GREFFIER_ACCESS_USE_NOTES_H
#define GREFFIER_ACCESS_USE_NOTES_H

#include "base/map.h"
#include "context/actor.h"
#include "store/client_app_use_store.h"

#define NOTE_ADDRESS_MAX 46 /* bytes, with the NUL: INET6_ADDRSTRLEN */
/* Calls of one app that are kept until the table is emptied: so many that were answered 2xx or 3xx, and as many others, so that
 * success does not hide refusals. Emptied every 3 seconds (usage.h): some 60 a second for the log. */
#define NOTE_CALLS_MAX 100

enum note_kind { NOTE_APP, NOTE_KEY, NOTE_SESSION };

struct note {
	enum note_kind kind;
	struct map_entry link;
	char id[CLIENT_ID_LENGTH_MAX + 1]; /* a client id; or a hash's bytes */
	struct wall_time last, old_secret, counted;
	char address[NOTE_ADDRESS_MAX], old_secret_address[NOTE_ADDRESS_MAX];
	int64_t let_in;
	struct app_counts counts;
	uint32_t kept_good, kept_bad; /* calls in the table */
	uint32_t first_call;          /* of use_notes_order */
};

/* A call of a client app, at its end. */
struct noted_call {
	bool is_let_in;            /* by the app's networks and rate: counts as use */
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

/* Room for `note_limit` credentials, 32767 at most, and `call_limit` calls. Memory is touched only when it is used. */
void use_notes_init(struct use_notes *notes, size_t note_limit, size_t call_limit);
void use_notes_done(struct use_notes *notes);

/* NULL when there is none. `id`: a client id, or KEYED_HASH_BYTES bytes. */
struct note *use_note_find(const struct use_notes *notes, enum note_kind kind, const char *id);
/* These do nothing when the table is full: statistics are not worth waiting for. */
void use_note_call(struct use_notes *notes, const char *client_id, const struct noted_call *call);
void use_note_token(struct use_notes *notes, const char *client_id, bool with_old_secret,
		    struct wall_time now, const char *address);
void use_note_hash(struct use_notes *notes, enum note_kind kind,
		   const unsigned char hash[KEYED_HASH_BYTES], struct wall_time now,
		   const char *address);

/* Adds what `from` holds. False when there is no room for all of it: nothing was added. */
MUST_CHECK bool use_notes_merge(struct use_notes *notes, const struct use_notes *from);
/* Costs what the table holds. */
void use_notes_clear(struct use_notes *notes);

/* For the store: all notes, by kind and id, in the arena; the table is not used any more then but for use_note_calls, and cleared. */
const struct note **use_notes_order(struct use_notes *notes, struct arena *arena);
/* The calls of one of them, in order of time; in the arena. */
void use_note_calls(const struct use_notes *notes, const struct note *note, struct arena *arena,
		    struct app_call **ret_calls, size_t *ret_count);

#endif
