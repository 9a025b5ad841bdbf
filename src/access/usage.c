/* usage.c – a table of notes, swapped for an empty one when it is written. */
#include "access/usage.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "access/guess.h"
#include "base/ensure.h"
#include "base/log.h"
#include "store/api_key_store.h"
#include "store/email_change_store.h"
#include "store/store_clock.h"

#define SLOTS 32768
#define NOTES_MAX 16384	    /* distinct credentials between two writes; more are not counted */
#define WRITTEN_AT_ONCE 256 /* notes in a transaction */
#define ADDRESS_MAX 46
#define PRUNE_EVERY_S 600

enum note_kind {
	NOTE_APP,
	NOTE_KEY,
	NOTE_SESSION
};

struct note {
	enum note_kind kind;
	char id[CLIENT_ID_LENGTH_MAX + 1]; /* a client id; or a hash's bytes */
	struct wall_time last, old_secret;
	char address[ADDRESS_MAX];
	int64_t tokens, calls;
};

struct notes {
	struct note notes[NOTES_MAX];
	uint16_t slots[SLOTS]; /* index + 1 */
	size_t count;
};

struct usage {
	struct store *store;
	struct session *session;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	struct notes *notes, *spare;
	bool stopping;
};

static size_t id_length(enum note_kind kind, const char *id)
{
	return kind == NOTE_APP ? strlen(id) : KEYED_HASH_BYTES;
}

static size_t hash_of(enum note_kind kind, const char *id)
{
	uint64_t hash = 1469598103934665603u + kind;

	for (size_t i = 0, length = id_length(kind, id); i < length; i++)
		hash = (hash ^ (unsigned char)id[i]) * 1099511628211u;
	return hash % SLOTS;
}

static bool note_is_of(const struct note *note, enum note_kind kind, const char *id)
{
	return note->kind == kind && id_length(kind, id) == id_length(kind, note->id) &&
	       memcmp(note->id, id, id_length(kind, id)) == 0;
}

/* NULL when there is none. The ids are ours, so nobody chooses their hashes. */
static struct note *note_find(struct notes *notes, enum note_kind kind, const char *id,
			      size_t *ret_slot)
{
	size_t slot = hash_of(kind, id);

	while (notes->slots[slot] && !note_is_of(&notes->notes[notes->slots[slot] - 1], kind, id))
		slot = (slot + 1) % SLOTS;
	*ret_slot = slot;
	return notes->slots[slot] ? &notes->notes[notes->slots[slot] - 1] : NULL;
}

/* With the lock held. NULL when the table is full: statistics are not worth waiting for. */
static struct note *note_get(struct usage *usage, enum note_kind kind, const char *id)
{
	struct notes *notes = usage->notes;
	size_t slot;
	struct note *note = note_find(notes, kind, id, &slot);

	if (note || notes->count == NOTES_MAX)
		return note;
	note = &notes->notes[notes->count++];
	*note = (struct note){.kind = kind};
	memcpy(note->id, id, id_length(kind, id));
	notes->slots[slot] = (uint16_t)notes->count;
	if (notes->count == 1)
		pthread_cond_signal(&usage->wake);
	return note;
}

static void note_touch(struct note *note, struct wall_time now, const char *address)
{
	note->last = now;
	strncpy(note->address, address, sizeof(note->address) - 1);
}

void usage_note_token(struct usage *usage, const char *client_id, bool with_old_secret,
		      struct wall_time now, const char *address)
{
	if (!usage)
		return;
	pthread_mutex_lock(&usage->lock);
	struct note *note = note_get(usage, NOTE_APP, client_id);
	if (note) {
		note_touch(note, now, address);
		note->tokens++;
		if (with_old_secret)
			note->old_secret = now;
	}
	pthread_mutex_unlock(&usage->lock);
}

void usage_note_call(struct usage *usage, const char *client_id, struct wall_time now,
		     const char *address)
{
	if (!usage)
		return;
	pthread_mutex_lock(&usage->lock);
	struct note *note = note_get(usage, NOTE_APP, client_id);
	if (note) {
		note_touch(note, now, address);
		note->calls++;
	}
	pthread_mutex_unlock(&usage->lock);
}

static void hash_note(struct usage *usage, enum note_kind kind,
		      const unsigned char hash[KEYED_HASH_BYTES], struct wall_time now,
		      const char *address)
{
	if (!usage)
		return;
	pthread_mutex_lock(&usage->lock);
	struct note *note = note_get(usage, kind, (const char *)hash);
	if (note)
		note_touch(note, now, address);
	pthread_mutex_unlock(&usage->lock);
}

void usage_note_key(struct usage *usage, const unsigned char hash[KEYED_HASH_BYTES],
		    struct wall_time now, const char *address)
{
	hash_note(usage, NOTE_KEY, hash, now, address);
}

void usage_note_session(struct usage *usage, const unsigned char hash[KEYED_HASH_BYTES],
			struct wall_time now)
{
	hash_note(usage, NOTE_SESSION, hash, now, "");
}

void usage_add_pending(struct usage *usage, struct arena *arena, struct client_app *app)
{
	size_t slot;

	if (!usage)
		return;
	pthread_mutex_lock(&usage->lock);
	const struct note *note = note_find(usage->notes, NOTE_APP, app->client_id, &slot);
	if (note) {
		app->tokens_issued += note->tokens;
		app->calls += note->calls;
		if (note->last.us > app->last_used.us) {
			app->last_used = note->last;
			app->last_used_address = arena_strdup(arena, note->address);
		}
		if (note->old_secret.us > app->old_secret_used.us)
			app->old_secret_used = note->old_secret;
	}
	pthread_mutex_unlock(&usage->lock);
}

static bool note_write(struct db *db, const struct note *note, struct error *err)
{
	const struct bytes hash = {(const unsigned char *)note->id, KEYED_HASH_BYTES};
	const struct client_app_use use = {
		.client_id = note->id,
		.last_used = note->last,
		.last_used_address = note->address,
		.old_secret_used = note->old_secret,
		.tokens_issued = note->tokens,
		.calls = note->calls,
	};

	switch (note->kind) {
	case NOTE_APP:
		return client_app_note_use(db, &use, err);
	case NOTE_KEY:
		return api_key_note_use(db, hash, note->last, note->address, err);
	case NOTE_SESSION:
		return login_session_note_use(db, hash, note->last, err);
	}
	return true;
}

/* Rows are taken in one order everywhere: two nodes that write the same ones do not block each
 * other for good. */
static int by_id(const void *a, const void *b)
{
	const struct note *one = a, *other = b;
	return one->kind != other->kind ? (int)one->kind - (int)other->kind
					: memcmp(one->id, other->id, sizeof(one->id));
}

static bool some_write(struct usage *usage, const struct note *notes, size_t count,
		       struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(usage->session, err);
	if (!txn)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!note_write(txn_db(txn), &notes[i], err))
			return false;
	}
	return txn_commit(&txn, err);
}

/* A few at a time: a transaction holds SQLite's writer, and there are others who want it. */
static bool notes_write(struct usage *usage, struct notes *notes, struct error *err)
{
	qsort(notes->notes, notes->count, sizeof(notes->notes[0]), by_id);
	for (size_t at = 0; at < notes->count; at += WRITTEN_AT_ONCE) {
		size_t left = notes->count - at;
		if (!some_write(usage, &notes->notes[at],
				left < WRITTEN_AT_ONCE ? left : WRITTEN_AT_ONCE, err))
			return false;
	}
	return true;
}

static void pending_write(struct usage *usage)
{
	struct error err = {0};

	pthread_mutex_lock(&usage->lock);
	struct notes *notes = usage->notes;
	bool is_empty = notes->count == 0;
	if (!is_empty)
		usage->notes = usage->spare;
	pthread_mutex_unlock(&usage->lock);
	if (is_empty)
		return;
	if (!notes_write(usage, notes, &err))
		log_warn("usage", "the last use of %zu credentials was not written down: %s",
			 notes->count, err.technical);
	/* Notes are made anew when they are given out: only what was used is ever touched. */
	memset(notes->slots, 0, sizeof(notes->slots));
	notes->count = 0;
	usage->spare = notes;
}

/* A revoked token may live again when a clock that was set forward is set back: it is not forgotten
 * before. */
static bool ended_forget(struct usage *usage, struct txn *txn, struct error *err)
{
	const struct wall_time now = store_now(usage->store);

	return !store_clock_is_settled(usage->store) ||
	       (ended_prune(txn_db(txn), now, err) && email_change_prune(txn_db(txn), now, err));
}

static void prune(struct usage *usage)
{
	struct error err = {0};
	scoped(txn) struct txn *txn = txn_begin(usage->session, &err);

	const struct wall_time now = store_queue_now(usage->store);

	if (!txn || !ended_forget(usage, txn, &err) || !sessions_prune(txn_db(txn), now, &err) ||
	    !guess_count_prune(txn_db(txn), wall_add(now, duration_s(-GUESSES_KEPT_S)),
			       wall_add(now, duration_s(-GUESSES_IN_ALL_KEPT_S)), &err) ||
	    !txn_commit(&txn, &err))
		log_warn("usage", "sessions that have ended were not removed: %s", err.technical);
}

static struct timespec moment(int seconds)
{
	struct timespec at;
	clock_gettime(CLOCK_MONOTONIC, &at);
	at.tv_sec += seconds;
	return at;
}

/* Sleeps until there is something to write, then gathers for a while. */
static void *run(void *arg)
{
	struct usage *usage = arg;
	struct mono_time pruned = mono_now();

	pthread_mutex_lock(&usage->lock);
	while (!usage->stopping) {
		const struct timespec later = moment(PRUNE_EVERY_S);
		while (!usage->stopping && usage->notes->count == 0 &&
		       pthread_cond_timedwait(&usage->wake, &usage->lock, &later) != ETIMEDOUT)
			;
		const struct timespec enough = moment(USAGE_WRITE_EVERY_S);
		while (!usage->stopping && usage->notes->count > 0 &&
		       pthread_cond_timedwait(&usage->wake, &usage->lock, &enough) != ETIMEDOUT)
			;
		pthread_mutex_unlock(&usage->lock);
		pending_write(usage);
		if (mono_since(mono_now(), pruned).us > (int64_t)PRUNE_EVERY_S * 1000000) {
			prune(usage);
			pruned = mono_now();
		}
		pthread_mutex_lock(&usage->lock);
	}
	pthread_mutex_unlock(&usage->lock);
	return NULL;
}

struct usage *usage_start(struct store *store, struct error *err)
{
	struct usage *usage = calloc(1, sizeof(*usage));
	pthread_condattr_t monotonic;

	ensure(usage);
	usage->store = store;
	usage->notes = calloc(1, sizeof(*usage->notes));
	usage->spare = calloc(1, sizeof(*usage->spare));
	ensure(usage->notes && usage->spare && pthread_mutex_init(&usage->lock, NULL) == 0 &&
	       pthread_condattr_init(&monotonic) == 0 &&
	       pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 &&
	       pthread_cond_init(&usage->wake, &monotonic) == 0);
	pthread_condattr_destroy(&monotonic);
	usage->session = session_open(store, err);
	if (usage->session) {
		ensure(pthread_create(&usage->thread, NULL, run, usage) == 0);
		pthread_setname_np(usage->thread, "usage");
		return usage;
	}
	free(usage->notes);
	free(usage->spare);
	free(usage);
	return NULL;
}

void usage_stop_and_free(struct usage *usage)
{
	if (!usage)
		return;
	pthread_mutex_lock(&usage->lock);
	usage->stopping = true;
	pthread_cond_signal(&usage->wake);
	pthread_mutex_unlock(&usage->lock);
	pthread_join(usage->thread, NULL);
	pending_write(usage);
	session_close(usage->session);
	pthread_cond_destroy(&usage->wake);
	pthread_mutex_destroy(&usage->lock);
	free(usage->notes);
	free(usage->spare);
	free(usage);
}
