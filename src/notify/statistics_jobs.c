/* statistics_jobs.c – the scheduled jobs of statistics.h. */
#include <string.h>

#include "notify/statistics.h"
#include "store/tally_store.h"

#define ACCOUNTS_AT_ONCE 50 /* before other jobs of the clockwork have their turn */
#define SAMPLES_AT_ONCE 200
#define PRUNED_AT_ONCE 500

/* ---- events ---- */

/* Read before the txn begins: on SQLite it keeps others from writing. */
static bool events_of_account_count(struct session *session, const char *account, bool *ret_more,
				    struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	struct tally_events events;
	bool ours;

	if (!tally_read_events(session_db(session), arena, account, &events, err))
		return false;
	*ret_more = events.more;
	scoped(txn) struct txn *txn = txn_begin(session, err);
	if (!txn || !tally_write_events(txn_db(txn), &events, &ours, err))
		return false;
	return !ours || txn_commit(&txn, err);
}

bool statistics_count_events(struct session *session, bool *ret_more, struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *account = "";
	bool any_more = false, more;

	for (int i = 0; i < ACCOUNTS_AT_ONCE; i++) {
		if (!tally_find_uncounted(session_db(session), arena, account, &account, err))
			return false;
		if (!account) {
			*ret_more = any_more;
			return true;
		}
		if (!events_of_account_count(session, account, &more, err))
			return false;
		any_more |= more;
	}
	*ret_more = true;
	return true;
}

/* ---- queues ---- */

static bool samples_note(struct session *session, const struct tally_sample *samples, size_t count,
			 struct wall_time now, struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(session, err);

	if (!txn)
		return false;
	for (size_t i = 0; i < count; i++) {
		if (!tally_note_queue(txn_db(txn), &samples[i], now, err))
			return false;
	}
	return txn_commit(&txn, err);
}

/* Of an account: the sum of its endpoints' queues, and the oldest of all. Notes it when the next
 * endpoint is of another one. */
static bool account_finish(struct session *session, struct tally_sample *sum, const char *next,
			   struct wall_time now, struct error *err)
{
	if (sum->account && (!next || strcmp(sum->account, next) != 0)) {
		if (!samples_note(session, sum, 1, now, err))
			return false;
		*sum = (struct tally_sample){.account = NULL};
	}
	return true;
}

static bool sum_add(struct session *session, struct arena *arena, struct tally_sample *sum,
		    const struct tally_sample *sample, struct wall_time now, struct error *err)
{
	if (!account_finish(session, sum, sample->account, now, err))
		return false;
	if (!sum->account)
		*sum = (struct tally_sample){.account = arena_strdup(arena, sample->account),
					     .endpoint = TALLY_OF_ACCOUNT};
	sum->pending += sample->pending;
	if (sample->oldest_s > sum->oldest_s)
		sum->oldest_s = sample->oldest_s;
	return true;
}

/* In the order of the keys: endpoints of one account stand together. */
bool statistics_sample_queues(struct session *session, struct wall_time now,
			      struct wall_time queue_now, struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	struct tally_sample samples[SAMPLES_AT_ONCE], sum = {.account = NULL};
	const char *account = "", *endpoint = "";
	size_t count = SAMPLES_AT_ONCE;

	while (count == SAMPLES_AT_ONCE) {
		if (!tally_list_queues(session_db(session), arena, account, endpoint, queue_now,
				       SAMPLES_AT_ONCE, samples, &count, err) ||
		    (count > 0 && !samples_note(session, samples, count, now, err)))
			return false;
		for (size_t i = 0; i < count; i++) {
			if (!sum_add(session, arena, &sum, &samples[i], now, err))
				return false;
			account = samples[i].account;
			endpoint = samples[i].endpoint;
		}
	}
	return account_finish(session, &sum, NULL, now, err);
}

/* ---- what is old ---- */

static bool some_prune(struct session *session, enum tally_length length, struct wall_time now,
		       int64_t *ret_removed, struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(session, err);

	return txn && tally_prune(txn_db(txn), length, now, PRUNED_AT_ONCE, ret_removed, err) &&
	       txn_commit(&txn, err);
}

bool statistics_prune(struct session *session, struct wall_time now, struct error *err)
{
	for (int length = 0; length < TALLY_LENGTH_COUNT; length++) {
		int64_t removed = PRUNED_AT_ONCE;
		while (removed == PRUNED_AT_ONCE) {
			if (!some_prune(session, (enum tally_length)length, now, &removed, err))
				return false;
		}
	}
	return true;
}
