/* health.c – see health.h. */
#include "store/health.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/ensure.h"
#include "base/log.h"
#include "loop/alarm.h"
#include "store/store_clock.h"

#define ROW_LIFE_S 86400 /* rows of servers that are gone */

struct health {
	struct store *store;
	struct session *session; /* the writer's */
	struct alarm *writer, *watcher;
	pthread_mutex_t lock; /* over what follows; never held while the store works */
	bool probing;	      /* the writer was woken for a probe and has not reported its result */
	bool wall_moved;      /* since the last probe began */
	int64_t wall_ahead_us; /* of the monotonic clock, as the watcher last saw it */
	struct mono_time began, ended, asked; /* the last probe; the last question */
	struct error last;		      /* of the last probe that ended */
	enum store_trouble said;	      /* in the log; the watcher's own */
};

static const char WRITE[] = "INSERT INTO write_probe (node, written_us) VALUES ($1, $2)"
			    " ON CONFLICT (node) DO UPDATE SET written_us = excluded.written_us";
static const char PRUNE[] = "DELETE FROM write_probe WHERE written_us < $1";

static bool row_write(struct health *health, bool prunes, struct error *err)
{
	const struct wall_time now = session_queue_now(health->session);
	scoped(txn) struct txn *txn = txn_begin(health->session, err);

	return txn &&
	       (!prunes ||
		db_run(txn_db(txn), PRUNE, ARGS(arg_time(wall_add(now, duration_s(-ROW_LIFE_S)))),
		       NULL, err)) &&
	       db_run(txn_db(txn), WRITE, ARGS(arg_text(health->store->token), arg_time(now)), NULL,
		      err) &&
	       txn_commit(&txn, err);
}

/* The lock is held. */
static int64_t ms_since(struct mono_time earlier)
{
	return mono_since(mono_now(), earlier).us / 1000;
}

/* The lock is held. */
static enum store_trouble judge(const struct health *health)
{
	if (store_is_gone(health->store))
		return STORE_TROUBLE_GONE;
	if (health->probing && ms_since(health->began) >= HEALTH_SILENT_MS)
		return STORE_TROUBLE_SILENT;
	if (health->last.code == ERROR_STORE_FULL)
		return STORE_TROUBLE_FULL;
	return health->last.code == ERROR_NONE ? STORE_TROUBLE_NONE : STORE_TROUBLE_REFUSES;
}

struct store_health health_read(struct health *health)
{
	pthread_mutex_lock(&health->lock);
	health->asked = mono_now();
	const struct store_health read = {judge(health), ms_since(health->ended)};
	pthread_mutex_unlock(&health->lock);
	return read;
}

const char *store_trouble_text(enum store_trouble trouble)
{
	static const char *const texts[] = {
		[STORE_TROUBLE_NONE] = "",
		[STORE_TROUBLE_FULL] = "the disk is full",
		[STORE_TROUBLE_SILENT] = "the database does not answer",
		[STORE_TROUBLE_GONE] = "the data folder is gone",
		[STORE_TROUBLE_REFUSES] = "the database refuses writes",
	};
	return texts[trouble];
}

/* The watcher's thread, without the lock. */
static void change_log(struct health *health, enum store_trouble now, const struct error *last)
{
	if (now == health->said)
		return;
	health->said = now;
	if (now == STORE_TROUBLE_NONE)
		log_info("store", "writing works again");
	else
		log_error("store",
			  "writing has stopped: %s (%s); changes are answered 503, and "
			  "deliveries wait",
			  store_trouble_text(now), *last->technical ? last->technical : "-");
}

static struct mono_time writer_run(struct alarm *alarm, void *arg)
{
	struct health *health = arg;

	pthread_mutex_lock(&health->lock);
	bool probing = health->probing;
	pthread_mutex_unlock(&health->lock);
	if (!probing)
		return ALARM_NEVER;
	struct error err = {0};
	(void)(row_write(health, false, &err) && session_clock_look(health->session, &err));
	pthread_mutex_lock(&health->lock);
	health->probing = false;
	health->ended = mono_now();
	health->last = err;
	pthread_mutex_unlock(&health->lock);
	return ALARM_NEVER;
}

static int64_t wall_ahead_us(void)
{
	return wall_now().us - mono_now().us;
}

/* The lock is held. When this machine's wall clock was set, the writer looks at the store's clock
 * at once: it may be the same. */
static void wall_watch(struct health *health)
{
	const int64_t ahead_us = wall_ahead_us();

	health->wall_moved |= llabs(ahead_us - health->wall_ahead_us) > CLOCK_STEP_US;
	health->wall_ahead_us = ahead_us;
}

/* The lock is held. */
static bool is_due(const struct health *health)
{
	bool is_watched = health->last.code != ERROR_NONE ||
			  ms_since(health->asked) < HEALTH_ASKED_S * 1000;

	return !health->probing &&
	       (health->wall_moved ||
		ms_since(health->began) >=
			(is_watched ? HEALTH_INTERVAL_MS : HEALTH_IDLE_INTERVAL_MS));
}

static struct mono_time watcher_run(struct alarm *alarm, void *arg)
{
	struct health *health = arg;

	pthread_mutex_lock(&health->lock);
	wall_watch(health);
	bool due = is_due(health);
	if (due) {
		health->probing = true;
		health->wall_moved = false;
		health->began = mono_now();
	}
	const enum store_trouble now = judge(health);
	const struct error last = health->last;
	pthread_mutex_unlock(&health->lock);
	if (due)
		alarm_wake(health->writer);
	change_log(health, now, &last);
	store_look(health->store);
	return mono_add(mono_now(), duration_ms(HEALTH_WATCH_MS));
}

struct health *health_start(struct store *store, struct error *err)
{
	struct health *health = calloc(1, sizeof(*health));

	ensure(health);
	ensure(pthread_mutex_init(&health->lock, NULL) == 0);
	health->store = store;
	health->writer = alarm_new("store-probe", writer_run, health);
	health->watcher = alarm_new("store-health", watcher_run, health);
	health->session = session_open(store, err);
	if (!health->session) {
		health_stop_and_free(health);
		return NULL;
	}
	health->wall_ahead_us = wall_ahead_us();
	health->began = mono_now();
	(void)row_write(health, true, &health->last);
	health->ended = health->asked = mono_now();
	if (alarm_start(health->writer, err) && alarm_start(health->watcher, err))
		return health;
	health_stop_and_free(health);
	return NULL;
}

void health_stop_and_free(struct health *health)
{
	if (!health)
		return;
	alarm_free(health->watcher); /* it wakes the writer */
	alarm_free(health->writer);
	session_close(health->session);
	pthread_mutex_destroy(&health->lock);
	free(health);
}
