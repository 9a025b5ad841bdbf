/* tally.c – see tally.h. A list of entries, in the order in which they were begun, and a table to
 * find them by. */
#include "outbound/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/counts.h"
#include "base/ensure.h"
#include "base/map.h"
#include "base/memory.h"
#include "notify/latency.h"
#include "store/tally_store.h"

#define MINUTE_US INT64_C(60000000)
/* Beyond that, each cycle writes: it adds fewer entries than it writes. */
#define ENTRIES_WANTED 2048
#define ENTRIES_AT_ONCE (4 * OUTCOMES)
#define OUTCOMES 256 /* of one cycle: OUTCOME_BATCH_MAX */

struct entry {
	struct map_entry link;
	char *account, *endpoint;
	int64_t minute;
	struct counts counts;
};

struct tally {
	const char *node;
	struct entry **entries;
	size_t count, room;
	size_t writing; /* the first so many are in the txn that runs */
	struct map map;
	struct counts attempt; /* the one that is being counted */
	struct wall_time due;
};

struct tally *tally_new(const char *node)
{
	struct tally *tally = calloc(1, sizeof(*tally));

	ensure(tally);
	map_init(&tally->map);
	tally->node = node;
	tally->due.us = INT64_MAX;
	return tally;
}

static void entry_free(struct entry *entry)
{
	free(entry->account);
	free(entry->endpoint);
	counts_done(&entry->counts);
	free(entry);
}

void tally_free(struct tally *tally)
{
	if (!tally)
		return;
	for (size_t i = 0; i < tally->count; i++)
		entry_free(tally->entries[i]);
	map_done(&tally->map);
	free(tally->entries);
	counts_done(&tally->attempt);
	free(tally);
}

/* ---- counting ---- */

struct entry_key {
	const char *account, *endpoint;
	int64_t minute;
};

static bool entry_is(const struct map_entry *link, const void *arg)
{
	const struct entry *entry = map_of(link, struct entry, link);
	const struct entry_key *key = arg;

	return entry->minute == key->minute && strcmp(entry->endpoint, key->endpoint) == 0 &&
	       strcmp(entry->account, key->account) == 0;
}

static struct entry *entry_add(struct tally *tally, const struct entry_key *key)
{
	struct entry *entry = malloc(sizeof(*entry));

	ensure(entry);
	if (tally->count == tally->room) {
		tally->room = tally->room * 2 + 16;
		tally->entries = realloc(tally->entries, tally->room * sizeof(*tally->entries));
		ensure(tally->entries);
	}
	*entry = (struct entry){.account = memory_dup(key->account),
				.endpoint = memory_dup(key->endpoint),
				.minute = key->minute};
	return tally->entries[tally->count++] = entry;
}

static struct entry *entry_get(struct tally *tally, const char *account, const char *endpoint,
			       int64_t minute)
{
	const struct entry_key key = {account, endpoint, minute};
	const uint64_t hash = map_hash_text(&tally->map, endpoint) + (uint64_t)minute;
	struct entry *entry = map_of(map_find(&tally->map, hash, entry_is, &key), struct entry,
				     link);

	if (!entry) {
		entry = entry_add(tally, &key);
		map_add(&tally->map, hash, &entry->link);
	}
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
		parts[i] = part_of(tally, tally->entries[i]);
	qsort(parts, tally->writing, sizeof(*parts), part_compare);
	for (size_t i = 0; ok && i < tally->writing; i++)
		ok = tally_add(db, &parts[i], err);
	free(parts);
	return ok;
}

static void written_forget(struct tally *tally)
{
	for (size_t i = 0; i < tally->writing; i++) {
		map_remove(&tally->map, &tally->entries[i]->link);
		entry_free(tally->entries[i]);
	}
	tally->count -= tally->writing;
	memmove(tally->entries, tally->entries + tally->writing,
		tally->count * sizeof(*tally->entries));
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
