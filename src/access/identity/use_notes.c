/* use_notes.c – see use_notes.h. */
#include "access/identity/use_notes.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"

#define FEW_CALLS 4

void use_notes_init(struct use_notes *notes, size_t note_limit, size_t call_limit)
{
	ensure(note_limit <= INT16_MAX);
	*notes = (struct use_notes){
		.note_limit = note_limit,
		.call_limit = call_limit,
	};
	notes->notes = calloc(note_limit, sizeof(*notes->notes));
	notes->calls = calloc(call_limit, sizeof(*notes->calls));
	map_init(&notes->map);
	ensure(notes->notes && notes->calls);
}

void use_notes_done(struct use_notes *notes)
{
	free(notes->notes);
	free(notes->calls);
	map_done(&notes->map);
}

/* ---- finding ---- */

static size_t id_length(enum note_kind kind, const char *id)
{
	return kind == NOTE_APP ? strlen(id) : KEYED_HASH_BYTES;
}

struct note_key {
	enum note_kind kind;
	const char *id;
};

static bool note_is(const struct map_entry *link, const void *arg)
{
	ensure(link);
	const struct note *note = map_of(link, struct note, link);
	const struct note_key *key = arg;
	const size_t length = id_length(key->kind, key->id);

	return note->kind == key->kind && length == id_length(note->kind, note->id) &&
	       memcmp(note->id, key->id, length) == 0;
}

static struct note *note_look(const struct use_notes *notes, enum note_kind kind, const char *id,
			      uint64_t *ret_hash)
{
	const struct note_key key = {kind, id};

	*ret_hash = map_hash(&notes->map, id, id_length(kind, id));
	return map_of(map_find(&notes->map, *ret_hash, note_is, &key), struct note, link);
}

struct note *use_note_find(const struct use_notes *notes, enum note_kind kind, const char *id)
{
	uint64_t hash;
	return note_look(notes, kind, id, &hash);
}

/* NULL when the table is full. */
static struct note *note_get(struct use_notes *notes, enum note_kind kind, const char *id)
{
	uint64_t hash;
	struct note *note = note_look(notes, kind, id, &hash);

	if (note || notes->count == notes->note_limit)
		return note;
	note = &notes->notes[notes->count++];
	*note = (struct note){.kind = kind};
	memcpy(note->id, id, id_length(kind, id));
	map_add(&notes->map, hash, &note->link);
	return note;
}

/* There is room. */
static struct note *note_get_certain(struct use_notes *notes, enum note_kind kind, const char *id)
{
	struct note *note = note_get(notes, kind, id);

	ensure(note);
	return note;
}

/* ---- noting ---- */

static void address_set(char address[NOTE_ADDRESS_MAX], const char *text)
{
	size_t length = strnlen(text, NOTE_ADDRESS_MAX - 1);

	memcpy(address, text, length);
	address[length] = '\0';
}

static void touch(struct note *note, struct wall_time now, const char *address)
{
	if (now.us < note->last.us)
		return;
	note->last = now;
	address_set(note->address, address);
}

static enum status_class class_of(int status)
{
	if (status < 300)
		return STATUS_2XX;
	if (status < 400)
		return STATUS_3XX;
	return status < 500 ? STATUS_4XX : STATUS_5XX;
}

static uint32_t *kept_of(struct note *note, int status)
{
	return status < 400 ? &note->kept_good : &note->kept_bad;
}

/* Half of the room is for those that have few calls in it yet; of the other half an app gets,
 * of each kind, a quarter of what is free at most. So those that flood leave room for newcomers. */
static bool may_keep(const struct use_notes *notes, struct note *note, int status)
{
	size_t half = notes->call_limit / 2, alike = *kept_of(note, status);

	if (note->kept_good + note->kept_bad < FEW_CALLS)
		return notes->call_count < notes->call_limit;
	return alike < NOTE_CALLS_MAX && notes->call_count < half &&
	       alike * 4 < half - notes->call_count;
}

static struct kept_call *call_keep(struct use_notes *notes, struct note *note, int status)
{
	++*kept_of(note, status);
	return &notes->calls[notes->call_count++];
}

void use_note_call(struct use_notes *notes, const char *client_id, const struct noted_call *call)
{
	struct note *note = note_get(notes, NOTE_APP, client_id);

	if (!note)
		return;
	note->counted = call->at;
	note->counts.calls[class_of(call->status)]++;
	if (call->is_let_in) {
		note->let_in++;
		touch(note, call->at, call->address);
	}
	if (!may_keep(notes, note, call->status)) {
		note->counts.not_logged++;
		return;
	}
	struct kept_call *kept = call_keep(notes, note, call->status);
	kept->note = (uint32_t)(note - notes->notes);
	kept->status = call->status;
	kept->at = call->at;
	kept->duration = call->duration;
	kept->method = call->method;
	kept->route = call->route;
	kept->request = call->request;
	address_set(kept->address, call->address);
}

void use_note_token(struct use_notes *notes, const char *client_id, bool with_old_secret,
		    struct wall_time now, const char *address)
{
	struct note *note = note_get(notes, NOTE_APP, client_id);

	if (!note)
		return;
	note->counted = now;
	note->counts.tokens++;
	touch(note, now, address);
	if (with_old_secret) {
		note->old_secret = now;
		address_set(note->old_secret_address, address);
	}
}

void use_note_hash(struct use_notes *notes, enum note_kind kind,
		   const unsigned char hash[KEYED_HASH_BYTES], struct wall_time now,
		   const char *address)
{
	struct note *note = note_get(notes, kind, (const char *)hash);

	if (note)
		touch(note, now, address);
}

/* ---- merging ---- */

static void note_add(struct note *note, const struct note *from)
{
	if (from->last.us > note->last.us)
		touch(note, from->last, from->address);
	if (from->old_secret.us > note->old_secret.us) {
		note->old_secret = from->old_secret;
		address_set(note->old_secret_address, from->old_secret_address);
	}
	if (from->counted.us > note->counted.us)
		note->counted = from->counted;
	note->let_in += from->let_in;
	for (int class = 0; class < STATUS_CLASS_COUNT; class ++)
		note->counts.calls[class] += from->counts.calls[class];
	note->counts.tokens += from->counts.tokens;
	note->counts.not_logged += from->counts.not_logged;
}

bool use_notes_merge(struct use_notes *notes, const struct use_notes *from)
{
	if (from->count > notes->note_limit - notes->count ||
	    from->call_count > notes->call_limit - notes->call_count)
		return false;
	for (size_t i = 0; i < from->count; i++)
		note_add(note_get_certain(notes, from->notes[i].kind, from->notes[i].id),
			 &from->notes[i]);
	for (size_t i = 0; i < from->call_count; i++) {
		const struct kept_call *call = &from->calls[i];
		struct note *note = note_get_certain(notes, NOTE_APP, from->notes[call->note].id);
		if (*kept_of(note, call->status) >= NOTE_CALLS_MAX) {
			note->counts.not_logged++;
			continue;
		}
		struct kept_call *kept = call_keep(notes, note, call->status);
		*kept = *call;
		kept->note = (uint32_t)(note - notes->notes);
	}
	return true;
}

void use_notes_clear(struct use_notes *notes)
{
	map_clear(&notes->map);
	notes->count = notes->call_count = 0;
}

/* ---- for the store ---- */

static int by_note_and_time(const void *a, const void *b)
{
	const struct kept_call *one = a, *other = b;

	if (one->note != other->note)
		return one->note < other->note ? -1 : 1;
	if (one->at.us != other->at.us)
		return one->at.us < other->at.us ? -1 : 1;
	return one->request < other->request ? -1 : one->request > other->request;
}

static int by_id(const void *a, const void *b)
{
	const struct note *one = *(const struct note *const *)a;
	const struct note *other = *(const struct note *const *)b;

	return one->kind != other->kind ? (int)one->kind - (int)other->kind
					: memcmp(one->id, other->id, sizeof(one->id));
}

const struct note **use_notes_order(struct use_notes *notes, struct arena *arena)
{
	const struct note **order = arena_alloc(arena, (notes->count + 1) * sizeof(*order));

	qsort(notes->calls, notes->call_count, sizeof(notes->calls[0]), by_note_and_time);
	for (size_t i = notes->call_count; i > 0; i--)
		notes->notes[notes->calls[i - 1].note].first_call = (uint32_t)(i - 1);
	for (size_t i = 0; i < notes->count; i++)
		order[i] = &notes->notes[i];
	qsort(order, notes->count, sizeof(*order), by_id);
	return order;
}

void use_note_calls(const struct use_notes *notes, const struct note *note, struct arena *arena,
		    struct app_call **ret_calls, size_t *ret_count)
{
	size_t count = note->kept_good + note->kept_bad;
	struct app_call *calls = arena_alloc(arena, (count + 1) * sizeof(*calls));

	for (size_t i = 0; i < count; i++) {
		const struct kept_call *kept = &notes->calls[note->first_call + i];
		calls[i] = (struct app_call){
			.at = kept->at,
			.method = kept->method,
			.route = kept->route,
			.status = kept->status,
			.duration = kept->duration,
			.address = kept->address,
			.request = (int64_t)kept->request,
		};
	}
	*ret_calls = calls;
	*ret_count = count;
}
