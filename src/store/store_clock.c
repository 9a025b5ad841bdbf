/* store_clock.c – see store_clock.h and clock_view.h. */
#include "store/store_clock.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "store/clock_view.h"
#include "store/db_driver.h"
#include "store/rows.h"

#define READING_MAX_US INT64_C(1000000) /* a reading that took longer says too little */
#define WALL_OFF_US \
	INT64_C(5000000) /* PostgreSQL: of this machine's wall clock; then it is logged */

/* ---- pure ---- */

int64_t clock_drift_us(const struct clock_view *view, int64_t store_us, int64_t mono_us)
{
	return store_us - atomic_load(&view->steps_us) - (mono_us + atomic_load(&view->ahead_us));
}

int64_t clock_new_step_us(const struct clock_view *view, int64_t drift_us, int64_t recorded_us)
{
	const int64_t step_us = drift_us - (recorded_us - atomic_load(&view->steps_us));

	if (llabs(drift_us) <= CLOCK_STEP_US)
		return 0;
	return llabs(step_us) > CLOCK_STEP_US ? step_us : 0;
}

int64_t clock_step_at_start_us(int64_t queue_us, int64_t seen_us)
{
	return seen_us > queue_us + CLOCK_STEP_US ? queue_us - seen_us : 0;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

int64_t clock_settles_us(int64_t settles_us, int64_t queue_us, int64_t step_us)
{
	return step_us > CLOCK_LEAP_US
		       ? later(settles_us, queue_us + duration_s(CLOCK_SETTLES_S).us)
		       : settles_us;
}

int64_t clock_settles_at_start_us(int64_t settles_us, int64_t queue_us, int64_t seen_us)
{
	return seen_us && queue_us - seen_us > duration_s(CLOCK_GAP_S).us
		       ? later(settles_us, queue_us + duration_s(CLOCK_SETTLES_AT_START_S).us)
		       : settles_us;
}

void clock_step_text(int64_t step_us, char ret_text[CLOCK_STEP_TEXT])
{
	const long long s = (llabs(step_us) + 500000) / 1000000;

	if (s >= 86400)
		snprintf(ret_text, CLOCK_STEP_TEXT, "%lld d %lld h %lld min", s / 86400,
			 s / 3600 % 24, s / 60 % 60);
	else if (s >= 60)
		snprintf(ret_text, CLOCK_STEP_TEXT, "%lld h %lld min %lld s", s / 3600, s / 60 % 60,
			 s % 60);
	else
		snprintf(ret_text, CLOCK_STEP_TEXT, "%lld s", s);
}

/* ---- telling the time ---- */

struct wall_time store_queue_now(const struct store *store)
{
	return wall_from_us(mono_now().us + atomic_load(&store->clock.ahead_us));
}

struct wall_time store_now(const struct store *store)
{
	return wall_from_us(store_queue_now(store).us + atomic_load(&store->clock.steps_us));
}

struct wall_time session_now(const struct session *session)
{
	return store_now(session->store);
}

struct wall_time session_queue_now(const struct session *session)
{
	return store_queue_now(session->store);
}

struct wall_time txn_queue_now(const struct txn *txn)
{
	return session_queue_now(txn->session);
}

struct wall_time store_shown(const struct store *store, struct wall_time queue_time)
{
	return queue_time.us ? wall_from_us(queue_time.us + atomic_load(&store->clock.steps_us))
			     : queue_time;
}

struct wall_time session_shown(const struct session *session, struct wall_time queue_time)
{
	return store_shown(session->store, queue_time);
}

bool store_clock_is_settled(const struct store *store)
{
	return store_queue_now(store).us >= atomic_load(&store->clock.settles_us);
}

struct wall_time store_leases_over(const struct store *store)
{
	return mono_now().us < atomic_load(&store->clock.sure_from_us) ? wall_from_us(0)
								       : store_queue_now(store);
}

/* ---- reading it ---- */

struct reading {
	struct wall_time store; /* halfway between asking and answer */
	struct mono_time mono;	/* then, too */
	bool is_slow;
};

static bool clock_read(struct session *session, struct reading *ret_reading, struct error *err)
{
	const struct mono_time begun = mono_now();
	struct wall_time now;

	if (!session_clock(session, &now, err))
		return false;
	const int64_t took_us = mono_since(mono_now(), begun).us;
	*ret_reading = (struct reading){now, {begun.us + took_us / 2}, took_us > READING_MAX_US};
	return true;
}

struct recorded {
	int64_t steps_us, settles_us, seen_us;
};

static const char READ[] =
	"SELECT steps_us, settles_us, (SELECT COALESCE(MAX(written_us), 0) FROM write_probe) "
	"AS seen_us FROM clock";

static bool recorded_read(struct db *db, struct recorded *ret_recorded, struct error *err)
{
	scoped(rows) struct rows *rows = db_query(db, READ, NO_ARGS, err);
	bool found;

	if (!rows || !rows_first(rows, &found, err))
		return false;
	if (!found)
		return error_set(err, ERROR_UNEXPECTED, "the table clock has no row");
	*ret_recorded = (struct recorded){rows_int(rows, "steps_us"), rows_int(rows, "settles_us"),
					  rows_int(rows, "seen_us")};
	return true;
}

static const char LOCK[] = "UPDATE clock SET steps_us = steps_us";
static const char SAVE[] = "UPDATE clock SET steps_us = $1, settles_us = $2";

static bool recorded_save(struct db *db, const struct recorded *recorded, struct error *err)
{
	return db_run(db, SAVE, ARGS(arg_int(recorded->steps_us), arg_int(recorded->settles_us)),
		      NULL, err);
}

static void step_log(const struct session *session, int64_t step_us, const char *when)
{
	char text[CLOCK_STEP_TEXT];

	clock_step_text(step_us, text);
	log_warn(
		"clock",
		"the clock of %s was set %s by %s%s; deliveries, replays and mails keep their schedule%s",
		store_is_postgresql(session->store) ? "the database" : "this machine",
		step_us > 0 ? "forward" : "back", text, when,
		step_us > CLOCK_LEAP_US ? ", and nothing is deleted for its age during one day"
					: "");
}

static void unsure_for(struct clock_view *view, int64_t s)
{
	atomic_store(&view->sure_from_us, mono_now().us + duration_s(s).us);
}

static void view_set(struct clock_view *view, const struct reading *reading,
		     const struct recorded *recorded)
{
	atomic_store(&view->steps_us, recorded->steps_us);
	atomic_store(&view->settles_us, recorded->settles_us);
	atomic_store(&view->ahead_us, reading->store.us - recorded->steps_us - reading->mono.us);
}

/* Another node may have noticed the same step, and recorded it: then it is only taken over. */
static bool step_take(struct session *session, const struct reading *reading, int64_t drift_us,
		      struct error *err)
{
	struct clock_view *view = &session->store->clock;
	const int64_t queue_us = reading->mono.us + atomic_load(&view->ahead_us);
	struct recorded recorded = {0};

	scoped(txn) struct txn *txn = txn_begin(session, err);
	if (!txn || !db_run(txn_db(txn), LOCK, NO_ARGS, NULL, err) ||
	    !recorded_read(txn_db(txn), &recorded, err))
		return false;
	const int64_t step_us = clock_new_step_us(view, drift_us, recorded.steps_us);
	recorded.steps_us += step_us;
	recorded.settles_us = clock_settles_us(recorded.settles_us, queue_us, step_us);
	if ((step_us && !recorded_save(txn_db(txn), &recorded, err)) || !txn_commit(&txn, err))
		return false;
	if (llabs(drift_us) > CLOCK_STEP_US)
		step_log(session, step_us ? step_us : drift_us, "");
	else
		unsure_for(view, CLOCK_UNSURE_S);
	view_set(view, reading, &recorded);
	return true;
}

/* All that a node stores is by the database's clock. What its own one is good for: the log,
 * certificates. */
static void wall_compare(struct session *session, const struct reading *reading)
{
	struct clock_view *view = &session->store->clock;
	const int64_t age_us = mono_since(mono_now(), reading->mono).us;
	const int64_t off_us = wall_now().us - age_us - reading->store.us;
	char text[CLOCK_STEP_TEXT];

	if (llabs(off_us - view->wall_off_us) <= WALL_OFF_US)
		return;
	view->wall_off_us = off_us;
	clock_step_text(off_us, text);
	if (llabs(off_us) <= WALL_OFF_US)
		log_info("clock",
			 "the clock of this machine agrees with the database's clock again");
	else
		log_warn(
			"clock",
			"the clock of this machine is %s %s the database's, which is used for "
			"all stored and sent dates; correct it, because certificates and the log use it",
			text, off_us > 0 ? "ahead of" : "behind");
}

static bool look(struct session *session, struct error *err)
{
	struct clock_view *view = &session->store->clock;
	struct recorded recorded = {0};
	struct reading reading;

	if (!clock_read(session, &reading, err) ||
	    !recorded_read(session_db(session), &recorded, err))
		return false;
	if (reading.is_slow)
		return true;
	if (store_is_postgresql(session->store))
		wall_compare(session, &reading);
	const int64_t drift_us = clock_drift_us(view, reading.store.us, reading.mono.us);
	if (llabs(drift_us) > CLOCK_STEP_US || recorded.steps_us != atomic_load(&view->steps_us))
		return step_take(session, &reading, drift_us, err);
	atomic_fetch_add(&view->ahead_us, drift_us);
	atomic_store(&view->settles_us, recorded.settles_us);
	return true;
}

bool session_clock_look(struct session *session, struct error *err)
{
	struct clock_view *view = &session->store->clock;

	if (pthread_mutex_trylock(&view->looking) != 0)
		return true;
	bool ok = look(session, err);
	pthread_mutex_unlock(&view->looking);
	return ok;
}

/* ---- at the start ---- */

/* What a server finds: the clock may have been set while none ran. *ret_step_us: by so much, back.
 * False: there is no news. */
static bool start_judge(const struct reading *reading, struct recorded *recorded,
			int64_t *ret_step_us)
{
	const int64_t queue_us = reading->store.us - recorded->steps_us;
	const int64_t settles_us = clock_settles_at_start_us(recorded->settles_us, queue_us,
							     recorded->seen_us);
	const bool is_news = settles_us != recorded->settles_us;

	*ret_step_us = clock_step_at_start_us(queue_us, recorded->seen_us);
	recorded->steps_us += *ret_step_us;
	recorded->settles_us = settles_us;
	return is_news || *ret_step_us;
}

static bool start_record(struct session *session, const struct reading *reading,
			 struct recorded *ret_recorded, struct error *err)
{
	int64_t step_us;

	scoped(txn) struct txn *txn = txn_begin(session, err);
	if (!txn || !db_run(txn_db(txn), LOCK, NO_ARGS, NULL, err) ||
	    !recorded_read(txn_db(txn), ret_recorded, err))
		return false;
	(void)start_judge(reading, ret_recorded, &step_us);
	if (!recorded_save(txn_db(txn), ret_recorded, err) || !txn_commit(&txn, err))
		return false;
	if (step_us)
		step_log(session, step_us, " or more while no server ran");
	return true;
}

static bool start_look(struct session *session, const struct reading *reading,
		       struct recorded *ret_recorded, struct error *err)
{
	struct error refused = {0};
	struct recorded judged;
	int64_t step_us;

	if (!recorded_read(session_db(session), ret_recorded, err))
		return false;
	judged = *ret_recorded;
	if (!start_judge(reading, &judged, &step_us))
		return true;
	if (start_record(session, reading, &judged, &refused))
		*ret_recorded = judged;
	else /* a read-only store can still serve reads */
		log_warn("clock", "the state of the clock at the start was not stored: %s",
			 refused.technical);
	return true;
}

bool store_clock_start(struct store *store, struct error *err)
{
	scoped(session) struct session *session = session_open(store, err);
	struct recorded recorded = {0};
	struct reading reading;

	if (!session || !clock_read(session, &reading, err) ||
	    !(store->config.exclusive ? start_look(session, &reading, &recorded, err)
				      : recorded_read(session_db(session), &recorded, err)))
		return error_wrap(err, "reading the store's clock");
	view_set(&store->clock, &reading, &recorded);
	if (store_is_postgresql(store))
		unsure_for(&store->clock, CLOCK_UNSURE_AT_START_S);
	if (store_is_postgresql(store))
		wall_compare(session, &reading);
	return true;
}
