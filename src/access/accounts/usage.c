/* usage.c – tables of notes, each swapped for an empty one when it is written. */
#include "access/accounts/usage.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "access/identity/use_notes.h"
#include "base/ensure.h"
#include "base/log.h"
#include "loop/alarm.h"
#include "store/api_key_store.h"
#include "store/client_app_use_store.h"

/* Threads share a table by chance only: no lock is taken by all of them. */
#define STRIPES 8
#define NOTES_MAX 16384 /* credentials of a stripe between two writes; others go uncounted */
#define CALLS_MAX 1024	/* of a stripe: one app fills its NOTE_CALLS_MAX */
#define WRITTEN_NOTES_MAX 32767 /* gathered of all stripes; more are written in a second go */
#define WRITTEN_AT_ONCE 256	/* notes and calls in a transaction */

struct stripe {
	_Alignas(64) pthread_mutex_t lock;
	struct use_notes notes;
};

struct usage {
	struct session *session;
	struct alarm *alarm;
	struct stripe stripes[STRIPES];
	atomic_bool has_notes;
	/* The thread's own. */
	struct use_notes spare, gathered;
	bool gathers; /* there are notes, written at `write_due` */
	struct mono_time write_due;
};

/* ---- noting ---- */

/* Threads' stacks lie apart by the same large step: multiplying spreads their bits. */
static struct stripe *stripe_lock(struct usage *usage)
{
	uint64_t thread = (uint64_t)(uintptr_t)pthread_self() >> 12;
	struct stripe *stripe =
		&usage->stripes[(thread * UINT64_C(0x9e3779b97f4a7c15)) >> 32 & (STRIPES - 1)];

	pthread_mutex_lock(&stripe->lock);
	return stripe;
}

/* The first note since the last write wakes the thread. */
static void stripe_unlock(struct usage *usage, struct stripe *stripe, bool was_empty)
{
	bool is_first = was_empty && stripe->notes.count > 0;

	pthread_mutex_unlock(&stripe->lock);
	if (!is_first)
		return;
	usage->has_notes = true;
	alarm_wake(usage->alarm);
}

void usage_note_token(struct usage *usage, const char *client_id, bool with_old_secret,
		      struct wall_time now, const char *address)
{
	if (!usage)
		return;
	struct stripe *stripe = stripe_lock(usage);
	bool was_empty = stripe->notes.count == 0;
	use_note_token(&stripe->notes, client_id, with_old_secret, now, address);
	stripe_unlock(usage, stripe, was_empty);
}

void usage_note_call(struct usage *usage, const char *client_id, const struct noted_call *call)
{
	if (!usage)
		return;
	struct stripe *stripe = stripe_lock(usage);
	bool was_empty = stripe->notes.count == 0;
	use_note_call(&stripe->notes, client_id, call);
	stripe_unlock(usage, stripe, was_empty);
}

static void hash_note(struct usage *usage, enum note_kind kind,
		      const unsigned char hash[KEYED_HASH_BYTES], struct wall_time now,
		      const char *address)
{
	if (!usage)
		return;
	struct stripe *stripe = stripe_lock(usage);
	bool was_empty = stripe->notes.count == 0;
	use_note_hash(&stripe->notes, kind, hash, now, address);
	stripe_unlock(usage, stripe, was_empty);
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

static void note_add_to(const struct note *note, struct arena *arena, struct client_app *app)
{
	app->tokens_issued += note->counts.tokens;
	app->calls += note->let_in;
	if (note->last.us > app->last_used.us) {
		app->last_used = note->last;
		app->last_used_address = arena_strdup(arena, note->address);
	}
	if (note->old_secret.us > app->old_secret_used.us) {
		app->old_secret_used = note->old_secret;
		app->old_secret_address = arena_strdup(arena, note->old_secret_address);
	}
}

void usage_add_pending(struct usage *usage, struct arena *arena, struct client_app *app)
{
	for (size_t i = 0; usage && i < STRIPES; i++) {
		struct stripe *stripe = &usage->stripes[i];
		pthread_mutex_lock(&stripe->lock);
		const struct note *note = use_note_find(&stripe->notes, NOTE_APP, app->client_id);
		if (note)
			note_add_to(note, arena, app);
		pthread_mutex_unlock(&stripe->lock);
	}
}

/* ---- writing ---- */

static bool app_write(struct db *db, struct arena *arena, const struct use_notes *notes,
		      const struct note *note, struct error *err)
{
	struct app_call *calls;
	size_t count;

	use_note_calls(notes, note, arena, &calls, &count);
	const struct client_app_use use = {
		.client_id = note->id,
		.last_used = note->last,
		.last_used_address = note->address,
		.old_secret_used = note->old_secret,
		.old_secret_address = note->old_secret_address,
		.let_in = note->let_in,
		.counted = note->counted,
		.counts = note->counts,
		.calls = calls,
		.call_count = count,
	};
	return client_app_note_use(db, &use, APP_CALLS_KEPT, err);
}

static bool note_write(struct db *db, struct arena *arena, const struct use_notes *notes,
		       const struct note *note, struct error *err)
{
	const struct bytes hash = {(const unsigned char *)note->id, KEYED_HASH_BYTES};

	switch (note->kind) {
	case NOTE_APP:
		return app_write(db, arena, notes, note, err);
	case NOTE_KEY:
		return api_key_note_use(db, hash, note->last, note->address, err);
	case NOTE_SESSION:
		return login_session_note_use(db, hash, note->last, err);
	}
	return true;
}

/* A few at a time, from *at on: a transaction holds SQLite's writer, and there are others who want
 * it. */
static bool some_write(struct usage *usage, struct arena *arena, const struct note **order,
		       size_t *at, struct error *err)
{
	const struct use_notes *notes = &usage->gathered;

	scoped(txn) struct txn *txn = txn_begin(usage->session, err);
	if (!txn)
		return false;
	for (size_t written = 0; *at < notes->count && written < WRITTEN_AT_ONCE; ++*at) {
		const struct note *note = order[*at];
		if (!note_write(txn_db(txn), arena, notes, note, err))
			return false;
		written += 1 + note->kept_good + note->kept_bad;
	}
	return txn_commit(&txn, err);
}

static void gathered_write(struct usage *usage)
{
	scoped(arena) struct arena *arena = arena_new();
	struct use_notes *notes = &usage->gathered;
	struct error err = {0};
	size_t at = 0;

	/* In one order everywhere: two nodes that write the same rows do not block each other for
	 * good. */
	const struct note **order = use_notes_order(notes, arena);
	while (at < notes->count) {
		if (some_write(usage, arena, order, &at, &err))
			continue;
		log_warn(
			"usage",
			"the last use of at least %zu credentials was not stored (statistics only): %s",
			notes->count - at, err.technical);
		break;
	}
	use_notes_clear(notes);
}

/* Gives the stripe an empty table. */
static void stripe_empty(struct usage *usage, struct stripe *stripe)
{
	struct use_notes *spare = &usage->spare;

	pthread_mutex_lock(&stripe->lock);
	if (stripe->notes.count > 0) {
		struct use_notes full = stripe->notes;
		stripe->notes = *spare;
		*spare = full;
	}
	pthread_mutex_unlock(&stripe->lock);
	if (!use_notes_merge(&usage->gathered, spare)) {
		gathered_write(usage);
		ensure(use_notes_merge(&usage->gathered, spare));
	}
	use_notes_clear(spare);
}

static void pending_write(struct usage *usage)
{
	for (size_t i = 0; i < STRIPES; i++)
		stripe_empty(usage, &usage->stripes[i]);
	if (usage->gathered.count > 0)
		gathered_write(usage);
}

/* ---- the thread ---- */

/* The first note begins to gather; USAGE_WRITE_EVERY_S later all are written. */
static struct mono_time run(struct alarm *alarm, void *arg)
{
	struct usage *usage = arg;

	if (!usage->gathers) {
		if (!atomic_exchange(&usage->has_notes, false))
			return ALARM_NEVER;
		usage->gathers = true;
		usage->write_due = mono_add(mono_now(), duration_s(USAGE_WRITE_EVERY_S));
	}
	if (mono_now().us < usage->write_due.us)
		return usage->write_due;
	usage->has_notes = false; /* before they are read */
	usage->gathers = false;
	pending_write(usage);
	return ALARM_AT_ONCE;
}

static void tables_init(struct usage *usage)
{
	for (size_t i = 0; i < STRIPES; i++) {
		ensure(pthread_mutex_init(&usage->stripes[i].lock, NULL) == 0);
		use_notes_init(&usage->stripes[i].notes, NOTES_MAX, CALLS_MAX);
	}
	use_notes_init(&usage->spare, NOTES_MAX, CALLS_MAX);
	use_notes_init(&usage->gathered, WRITTEN_NOTES_MAX, (size_t)STRIPES * CALLS_MAX);
}

static void tables_done(struct usage *usage)
{
	for (size_t i = 0; i < STRIPES; i++) {
		use_notes_done(&usage->stripes[i].notes);
		pthread_mutex_destroy(&usage->stripes[i].lock);
	}
	use_notes_done(&usage->spare);
	use_notes_done(&usage->gathered);
}

static void usage_free(struct usage *usage)
{
	alarm_free(usage->alarm);
	session_close(usage->session);
	tables_done(usage);
	free(usage);
}

struct usage *usage_start(struct store *store, struct error *err)
{
	struct usage *usage = aligned_alloc(_Alignof(struct usage), sizeof(*usage));

	ensure(usage);
	*usage = (struct usage){.session = NULL};
	tables_init(usage);
	usage->alarm = alarm_new("usage", run, usage);
	usage->session = session_open(store, err);
	if (usage->session && alarm_start(usage->alarm, err))
		return usage;
	usage_free(usage);
	return NULL;
}

void usage_stop_and_free(struct usage *usage)
{
	if (!usage)
		return;
	alarm_stop(usage->alarm);
	pending_write(usage);
	usage_free(usage);
}
