/* tally.c – see tally.h. A list of entries, in the order in which they were begun, and a table to
 * find them by. */
#include "outbound/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/counts.h"
#include "base/ensure.h"
#include "base/memory.h"
#include "notify/latency.h"
#include "store/tally_store.h"

#define MINUTE_US INT64_C(60000000)
/* Beyond that, each cycle writes: it adds fewer entries than it writes. */
#define ENTRIES_WANTED 2048
#define ENTRIES_AT_ONCE (4 * OUTCOMES)
#define OUTCOMES 256 /* of one cycle: OUTCOME_BATCH_MAX */
#define SLOTS 8192   /* more than there can be entries */

struct entry {
	char *account, *endpoint;
	int64_t minute;
	struct counts counts;
};

struct tally {
	const char *node;
	struct entry *entries;
	size_t count, room;
	size_t writing;	       /* the first so many are in the txn that runs */
	uint16_t slots[SLOTS]; /* index + 1 */
	struct counts attempt; /* the one that is being counted */
	struct wall_time due;
};

struct tally *tally_new(const char *node)
{
	struct tally *tally = calloc(1, sizeof(*tally));

	ensure(tally);
	tally->node = node;
	tally->due.us = INT64_MAX;
	return tally;
}

static void entry_done(struct entry *entry)
{
	free(entry->account);
	free(entry->endpoint);
	counts_done(&entry->counts);
}

void tally_free(struct tally *tally)
{
	if (!tally)
		return;
	for (size_t i = 0; i < tally->count; i++)
		entry_done(&tally->entries[i]);
	free(tally->entries);
	counts_done(&tally->attempt);
	free(tally);
}

/* ---- counting ---- */

static uint64_t hash_add(uint64_t hash, const char *text)
{
	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 1099511628211u;
	return hash * 31;
}

static bool entry_is_of(const struct entry *entry, const char *account, const char *endpoint,
			int64_t minute)
{
	return entry->minute == minute && strcmp(entry->endpoint, endpoint) == 0 &&
	       strcmp(entry->account, account) == 0;
}

/* Where it is, or may be put. The ids are ours, so nobody chooses their hashes. */
static size_t slot_of(const struct tally *tally, const char *account, const char *endpoint,
		      int64_t minute)
{
	uint64_t hash = hash_add(hash_add(1469598103934665603u + (uint64_t)minute, account),
				 endpoint);
	size_t slot = hash % SLOTS;

	while (tally->slots[slot] &&
	       !entry_is_of(&tally->entries[tally->slots[slot] - 1], account, endpoint, minute))
		slot = (slot + 1) % SLOTS;
	return slot;
}

static struct entry *entry_add(struct tally *tally, const char *account, const char *endpoint,
			       int64_t minute)
{
	ensure(tally->count < SLOTS / 2);
	if (tally->count == tally->room) {
		tally->room = tally->room * 2 + 16;
		tally->entries = realloc(tally->entries, tally->room * sizeof(*tally->entries));
		ensure(tally->entries);
	}
	struct entry *entry = &tally->entries[tally->count++];
	*entry = (struct entry){
		.account = memory_dup(account), .endpoint = memory_dup(endpoint), .minute = minute};
	return entry;
}

static struct entry *entry_get(struct tally *tally, const char *account, const char *endpoint,
			       int64_t minute)
{
	size_t slot = slot_of(tally, account, endpoint, minute);

	if (tally->slots[slot])
		return &tally->entries[tally->slots[slot] - 1];
	struct entry *entry = entry_add(tally, account, endpoint, minute);
	tally->slots[slot] = (uint16_t)tally->count;
	return entry;
}

static bool took_its_time(const struct outcome *outcome)
{
	return outcome->http_status > 0 || outcome->error_class == ERROR_CLASS_TIMEOUT;
}

static void attempt_count(struct counts *counts, const struct job *job,
			  const struct verdict_record *verdict, bool stale)
{
	const struct outcome *outcome = &job->sending.outcome;
	char number[16];

	counts_add(counts, "A", "", 1);
	if (outcome_is_success(outcome))
		counts_add(counts, "S", "", 1);
	if (!stale && verdict->state != DELIVERY_PENDING)
		counts_add(counts, verdict->state == DELIVERY_DELIVERED ? "D" : "F", "", 1);
	counts_add(counts, "t:", job->claim.event.type, 1);
	snprintf(number, sizeof(number), "%ld", outcome->http_status);
	if (outcome->http_status > 0)
		counts_add(counts, "s:", number, 1);
	else
		counts_add(counts, "x:", error_class_name(outcome->error_class), 1);
	snprintf(number, sizeof(number), "%zu", latency_class(job->sending.took));
	if (took_its_time(outcome))
		counts_add(counts, "l:", number, 1);
}

void tally_note(struct tally *tally, const struct job *job, const struct verdict_record *verdict,
		bool stale, struct wall_time shown, struct wall_time now)
{
	const char *account = job->claim.event.account;
	const int64_t minute = shown.us / MINUTE_US;

	tally->attempt.length = 0;
	attempt_count(&tally->attempt, job, verdict, stale);
	counts_merge(&entry_get(tally, account, job->claim.endpoint.id, minute)->counts,
		     &tally->attempt);
	counts_merge(&entry_get(tally, account, TALLY_OF_ACCOUNT, minute)->counts, &tally->attempt);
	if (tally->due.us == INT64_MAX)
		tally->due = wall_add(now, duration_s(TALLY_WRITE_EVERY_S));
	if (tally->count > ENTRIES_WANTED)
		tally->due = now;
}

/* ---- writing ---- */

struct wall_time tally_due(const struct tally *tally)
{
	return tally ? tally->due : wall_from_us(INT64_MAX);
}

static struct tally_part part_of(const struct tally *tally, const struct entry *entry)
{
	return (struct tally_part){entry->account, entry->endpoint, tally->node,
				   wall_from_us(entry->minute * MINUTE_US), &entry->counts};
}

static int part_compare(const void *a, const void *b)
{
	return tally_part_compare(a, b);
}

static size_t share_of(const struct tally *tally, bool all)
{
	size_t share = tally->count > ENTRIES_WANTED ? ENTRIES_AT_ONCE : TALLY_WRITE_MAX;

	return all || share > tally->count ? tally->count : share;
}

bool tally_write(struct tally *tally, struct db *db, struct wall_time now, bool all,
		 struct error *err)
{
	bool ok = true;

	if (tally->count == 0 || (!all && now.us < tally->due.us))
		return true;
	tally->writing = share_of(tally, all);
	struct tally_part *parts = malloc(tally->writing * sizeof(*parts));
	ensure(parts);
	for (size_t i = 0; i < tally->writing; i++)
		parts[i] = part_of(tally, &tally->entries[i]);
	qsort(parts, tally->writing, sizeof(*parts), part_compare);
	for (size_t i = 0; ok && i < tally->writing; i++)
		ok = tally_add(db, &parts[i], err);
	free(parts);
	return ok;
}

static void written_forget(struct tally *tally)
{
	for (size_t i = 0; i < tally->writing; i++)
		entry_done(&tally->entries[i]);
	tally->count -= tally->writing;
	memmove(tally->entries, tally->entries + tally->writing,
		tally->count * sizeof(*tally->entries));
	memset(tally->slots, 0, sizeof(tally->slots));
	for (size_t i = 0; i < tally->count; i++) {
		const struct entry *entry = &tally->entries[i];
		tally->slots[slot_of(tally, entry->account, entry->endpoint, entry->minute)] =
			(uint16_t)(i + 1);
	}
}

void tally_settle(struct tally *tally, struct wall_time now, bool written)
{
	if (tally->writing == 0)
		return;
	if (written)
		written_forget(tally);
	tally->writing = 0;
	tally->due = tally->count > 0 ? wall_add(now, duration_s(TALLY_WRITE_EVERY_S))
				      : wall_from_us(INT64_MAX);
}
