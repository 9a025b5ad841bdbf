/* fan_out.c – see fan_out.h. */
#include "notify/fan_out.h"

#include <stdio.h>

#include "notify/event.h"
#include "store/delivery_store.h"
#include "store/fan_out_store.h"

#define IDLE_S 60	   /* looks anyway, in case a notification of another node was lost */
#define OTHERS_WAIT_MS 200 /* until an account that another node is at is looked at again */
/* Events of a piece: on PostgreSQL the lanes of all of them are locked before it begins, so their
 * number follows what fits into its time. */
#define EVENTS_MIN 4
#define EVENTS_FIRST 32
#define EVENTS_MAX 256
/* The first piece works for so long; each later one follows what the commit of the last one took.
 */
#define WORK_FIRST_US 20000
#define WORK_MIN_US 2000
/* Whose turn it is at the writer (session_act_for): no account has this id. */
#define TURN "fan-out"

struct piece {
	struct txn *txn;
	struct arena *arena;
	struct fan_out_cursor cursor;
	struct wall_time now;
	struct mono_time begun;
	int64_t work_us;
	int64_t deliveries;
};

static bool time_is_over(const struct piece *piece)
{
	return mono_since(mono_now(), piece->begun).us >= piece->work_us;
}

/* In the one order, and all that the piece may come to: event_store.c. */
static bool lanes_lock(const struct piece *piece, const struct event *events, size_t count,
		       struct error *err)
{
	const char **lanes = arena_alloc(piece->arena, (2 * count + 1) * sizeof(*lanes));

	for (size_t i = 0; i < count; i++) {
		lanes[2 * i] = events[i].package;
		lanes[2 * i + 1] = events[i].id;
	}
	return delivery_lock_lanes(txn_db(piece->txn), piece->cursor.account, lanes, 2 * count,
				   err);
}

/* Its deliveries from the cursor on, or those of them that the time allows. */
static bool event_do(struct piece *piece, const struct event *event, struct error *err)
{
	struct event_matcher matcher = {event_matches, NULL, NULL};
	const struct fan_out fan_out = {*event, &matcher, true};
	const char *after = event->sequence == piece->cursor.next ? piece->cursor.after : "";

	if (!fan_out_recall(txn_db(piece->txn), piece->arena, event, &matcher, err))
		return false;
	piece->cursor.next = event->sequence;
	do {
		if (event->expunged.us)
			after = NULL;
		else if (!fan_out_chunk(txn_db(piece->txn), piece->arena, &fan_out, after,
					piece->now, &after, &piece->deliveries, err))
			return false;
	} while (after && !time_is_over(piece));
	piece->cursor.after = after ? after : "";
	if (!after)
		piece->cursor.next++;
	return true;
}

/* *ret_fitted: how many of the events it came to the end of. */
static bool events_do(struct piece *piece, const struct event *events, size_t count,
		      size_t *ret_fitted, struct error *err)
{
	size_t done = 0;

	while (done < count && !time_is_over(piece)) {
		if (!event_do(piece, &events[done], err))
			return false;
		if (piece->cursor.next <= events[done].sequence)
			break; /* the time is over within an event */
		done++;
	}
	*ret_fitted = done;
	return true;
}

static size_t events_adapt(size_t asked, size_t fitted)
{
	size_t next = fitted >= asked ? asked * 2 : fitted + 1;

	return next < EVENTS_MIN ? EVENTS_MIN : next > EVENTS_MAX ? EVENTS_MAX : next;
}

static bool piece_do(struct piece *piece, struct fan_out_round *round, struct error *err)
{
	struct fan_out_cursor *cursor = &piece->cursor;
	struct event *events;
	size_t count, fitted;

	if (!event_list(txn_db(piece->txn), piece->arena, cursor->account, cursor->next - 1,
			(int64_t)round->events, &events, &count, err) ||
	    !lanes_lock(piece, events, count, err) ||
	    !events_do(piece, events, count, &fitted, err))
		return false;
	if (count < round->events && fitted == count)
		cursor->next = cursor->last + 1; /* the events that are missing were removed */
	round->events = events_adapt(round->events, fitted);
	if (piece->deliveries > 0)
		txn_announce(piece->txn, STORE_TOPIC_DUE);
	return fan_out_save(txn_db(piece->txn), cursor, err);
}

/* Half of the way to what would have taken FAN_OUT_PIECE_MS: a slow disk shows in the commit. */
static int64_t work_adapt(int64_t work_us, int64_t took_us)
{
	int64_t piece_us = duration_ms(FAN_OUT_PIECE_MS).us;
	int64_t fits_us = work_us * piece_us / (took_us > 0 ? took_us : 1);
	int64_t next_us = (work_us + fits_us) / 2;

	return next_us < WORK_MIN_US ? WORK_MIN_US : next_us > piece_us ? piece_us : next_us;
}

static bool account_do(struct session *session, struct fan_out_round *round, const char *account,
		       struct wall_time now, bool *ret_ours, struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	scoped(txn) struct txn *txn = txn_begin(session, err);
	struct piece piece = {.txn = txn,
			      .arena = arena,
			      .now = now,
			      .begun = mono_now(),
			      .work_us = round->work_us};

	if (!txn || !fan_out_take(txn_db(txn), arena, account, &piece.cursor, ret_ours, err) ||
	    (*ret_ours && !piece_do(&piece, round, err)) || !txn_commit(&txn, err))
		return false;
	const int64_t took_us = mono_since(mono_now(), piece.begun).us;
	if (*ret_ours && took_us >= round->work_us) /* else there was no more to do */
		round->work_us = work_adapt(round->work_us, took_us);
	return true;
}

bool fan_out_step(struct session *session, struct fan_out_round *round, struct wall_time now,
		  struct wall_time *ret_next, struct error *err)
{
	scoped(arena) struct arena *arena = arena_new();
	const char *account;
	bool ours;

	if (!fan_out_find(session_db(session), arena, round->account, &account, err))
		return false;
	*ret_next = wall_add(now, duration_s(IDLE_S));
	if (!account)
		return true;
	snprintf(round->account, sizeof(round->account), "%s", account);
	if (round->events == 0) {
		round->events = EVENTS_FIRST;
		round->work_us = WORK_FIRST_US;
	}
	session_act_for(session, TURN);
	bool done = account_do(session, round, account, now, &ours, err);
	session_act_for(session, NULL);
	if (!done)
		return false;
	*ret_next = ours ? now : wall_add(now, duration_ms(OTHERS_WAIT_MS));
	return true;
}
