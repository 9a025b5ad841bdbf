/* clockwork.c – see clockwork.h. */
#include "clockwork/clockwork.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "access/accounts/usage.h"
#include "base/ensure.h"
#include "base/log.h"
#include "notify/endpoint_hidden.h"
#include "notify/fan_out.h"
#include "notify/replay.h"
#include "notify/statistics.h"
#include "signing/package_divide.h"
#include "store/search_text.h"
#include "store/store_clock.h"

#define SEARCH_TEXTS_S 600
#define ENDPOINTS_S 60
#define APP_USE_S 3600
#define APP_USE_BATCH 500 /* rows removed in one transaction */
#define PACKAGES_S 60
#define SETTLES_LOOK_S 60 /* until the clock is looked at again, when it was set forward */
#define EVENTS_S 2	  /* events of so long are counted together */
#define QUEUES_S 60
#define STATISTICS_PRUNE_S 600
#define STORE_WAIT_S 5 /* when the store refuses */

struct job {
	const char *name;
	/* Both are queue times. */
	bool (*step)(struct clockwork *clockwork, struct wall_time now, struct wall_time *ret_next,
		     struct error *err);
	bool is_woken; /* by clockwork_wake */
};

static bool fan_outs_run(struct clockwork *clockwork, struct wall_time now,
			 struct wall_time *ret_next, struct error *err);
static bool replays_run(struct clockwork *clockwork, struct wall_time now,
			struct wall_time *ret_next, struct error *err);
static bool retention_run(struct clockwork *clockwork, struct wall_time now,
			  struct wall_time *ret_next, struct error *err);

static bool search_texts_run(struct clockwork *clockwork, struct wall_time now,
			     struct wall_time *ret_next, struct error *err);

static bool endpoints_run(struct clockwork *clockwork, struct wall_time now,
			  struct wall_time *ret_next, struct error *err);

static bool packages_run(struct clockwork *clockwork, struct wall_time now,
			 struct wall_time *ret_next, struct error *err);

static bool event_counts_run(struct clockwork *clockwork, struct wall_time now,
			     struct wall_time *ret_next, struct error *err);

static bool queue_samples_run(struct clockwork *clockwork, struct wall_time now,
			      struct wall_time *ret_next, struct error *err);

static bool statistics_run(struct clockwork *clockwork, struct wall_time now,
			   struct wall_time *ret_next, struct error *err);

static bool app_use_run(struct clockwork *clockwork, struct wall_time now,
			struct wall_time *ret_next, struct error *err);

static const struct job jobs[] = {
	{"fan-outs", fan_outs_run, true},
	{"replays", replays_run, true},
	{"retention", retention_run, false},
	{"search texts", search_texts_run, false},
	{"endpoints", endpoints_run, false},
	{"event counts", event_counts_run, false},
	{"queue samples", queue_samples_run, false},
	{"statistics", statistics_run, false},
	{"client apps' use", app_use_run, false},
	{"packages", packages_run, false},
};
#define EVENT_COUNTS 5 /* in that list */

struct clockwork {
	struct clockwork_config config;
	struct session *session;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool woken, stopping;
	bool noted;		/* has_events was set: not asleep for longer than EVENTS_S */
	atomic_bool has_events; /* that are in no statistics yet */
	/* The thread's own. */
	struct wall_time due[ARRAY_SIZE(jobs)]; /* 0: not by the clock */
	struct fan_out_round fan_outs;
};

static bool fan_outs_run(struct clockwork *clockwork, struct wall_time now,
			 struct wall_time *ret_next, struct error *err)
{
	return fan_out_step(clockwork->session, &clockwork->fan_outs, now, ret_next, err);
}

static bool replays_run(struct clockwork *clockwork, struct wall_time now,
			struct wall_time *ret_next, struct error *err)
{
	return replay_step(clockwork->session, now, ret_next, err);
}

static bool retention_run(struct clockwork *clockwork, struct wall_time now,
			  struct wall_time *ret_next, struct error *err)
{
	struct wall_time store_now = session_now(clockwork->session), next;

	*ret_next = wall_add(now, duration_s(SETTLES_LOOK_S));
	if (!store_clock_is_settled(clockwork->config.store))
		return true; /* what looks old may not be */
	if (!retention_step(clockwork->session, &clockwork->config.retention, store_now, &next,
			    err))
		return false;
	*ret_next = wall_add(now, wall_since(next, store_now));
	return true;
}

/* Only nodes of version 0.3 leave work here: rows that were there, and those they write meanwhile.
 */
static bool search_texts_run(struct clockwork *clockwork, struct wall_time now,
			     struct wall_time *ret_next, struct error *err)
{
	bool more;

	if (!search_texts_fill(clockwork->session, &more, err))
		return false;
	*ret_next = wall_add(now, duration_s(more ? 0 : SEARCH_TEXTS_S));
	return true;
}

/* The same of what endpoints show. */
static bool endpoints_run(struct clockwork *clockwork, struct wall_time now,
			  struct wall_time *ret_next, struct error *err)
{
	bool more;

	if (!endpoints_conceal_step(clockwork->session, clockwork->config.keyring, &more, err))
		return false;
	*ret_next = wall_add(now, duration_s(more ? 0 : ENDPOINTS_S));
	return true;
}

/* The same of packages that are one text. */
static bool packages_run(struct clockwork *clockwork, struct wall_time now,
			 struct wall_time *ret_next, struct error *err)
{
	bool more;

	if (!packages_divide_step(clockwork->session, &more, err))
		return false;
	*ret_next = wall_add(now, duration_s(more ? 0 : PACKAGES_S));
	return true;
}

/* Then again when there are events: clockwork_note_events. */
static bool event_counts_run(struct clockwork *clockwork, struct wall_time now,
			     struct wall_time *ret_next, struct error *err)
{
	bool more;

	atomic_store(&clockwork->has_events, false);
	if (!statistics_count_events(clockwork->session, &more, err))
		return false;
	*ret_next = more ? now : wall_from_us(0);
	return true;
}

static bool queue_samples_run(struct clockwork *clockwork, struct wall_time now,
			      struct wall_time *ret_next, struct error *err)
{
	*ret_next = wall_add(now, duration_s(QUEUES_S));
	return statistics_sample_queues(clockwork->session, session_now(clockwork->session), now,
					err);
}

static bool statistics_run(struct clockwork *clockwork, struct wall_time now,
			   struct wall_time *ret_next, struct error *err)
{
	*ret_next = wall_add(now, duration_s(STATISTICS_PRUNE_S));
	return !store_clock_is_settled(clockwork->config.store) ||
	       statistics_prune(clockwork->session, session_now(clockwork->session), err);
}

/* Counts and calls of client apps that are too old. */
static bool app_use_run(struct clockwork *clockwork, struct wall_time now,
			struct wall_time *ret_next, struct error *err)
{
	int64_t removed;

	*ret_next = wall_add(now, duration_s(SETTLES_LOOK_S));
	if (!store_clock_is_settled(clockwork->config.store))
		return true; /* what looks old may not be */
	const struct wall_time cutoff = wall_add(session_now(clockwork->session),
						 duration_s(-APP_USE_KEPT_DAYS * 86400));
	scoped(txn) struct txn *txn = txn_begin(clockwork->session, err);
	if (!txn || !client_app_use_prune(txn_db(txn), cutoff, APP_USE_BATCH, &removed, err) ||
	    !txn_commit(&txn, err))
		return false;
	*ret_next = wall_add(now, duration_s(removed == APP_USE_BATCH ? 0 : APP_USE_S));
	return true;
}

static struct wall_time first_due(const struct clockwork *clockwork)
{
	struct wall_time first = {0};

	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		struct wall_time due = clockwork->due[i];
		if (due.us && (!first.us || due.us < first.us))
			first = due;
	}
	return first;
}

static bool is_called(const struct clockwork *clockwork)
{
	return clockwork->woken || clockwork->noted || clockwork->stopping;
}

/* With the lock held. */
static void sleep_until(struct clockwork *clockwork, struct wall_time due)
{
	int64_t wait_us = wall_since(due, session_queue_now(clockwork->session)).us;
	struct timespec at;

	if (due.us == 0) {
		while (!is_called(clockwork))
			pthread_cond_wait(&clockwork->wake, &clockwork->lock);
		return;
	}
	if (wait_us <= 0)
		return;
	clock_gettime(CLOCK_MONOTONIC, &at);
	int64_t ns = at.tv_nsec + wait_us % 1000000 * 1000;
	at.tv_sec += wait_us / 1000000 + ns / 1000000000;
	at.tv_nsec = ns % 1000000000;
	while (!is_called(clockwork) &&
	       pthread_cond_timedwait(&clockwork->wake, &clockwork->lock, &at) != ETIMEDOUT)
		;
}

static void due_run(struct clockwork *clockwork, bool woken)
{
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++) {
		struct wall_time now = session_queue_now(clockwork->session);
		struct error err = {0};
		bool is_due = clockwork->due[i].us && clockwork->due[i].us <= now.us;
		if (!is_due && !(woken && jobs[i].is_woken))
			continue;
		if (jobs[i].step(clockwork, now, &clockwork->due[i], &err))
			continue;
		log_error("clockwork", "%s: %s (%s); tried again shortly", jobs[i].name,
			  error_message(err.code), err.technical);
		clockwork->due[i] = wall_add(now, duration_s(STORE_WAIT_S));
	}
}

static void *run(void *arg)
{
	struct clockwork *clockwork = arg;

	pthread_mutex_lock(&clockwork->lock);
	while (!clockwork->stopping) {
		clockwork->noted = false;
		if (atomic_load(&clockwork->has_events) && !clockwork->due[EVENT_COUNTS].us)
			clockwork->due[EVENT_COUNTS] = wall_add(
				session_queue_now(clockwork->session), duration_s(EVENTS_S));
		sleep_until(clockwork, first_due(clockwork));
		bool woken = clockwork->woken;
		clockwork->woken = false;
		if (clockwork->stopping)
			break;
		pthread_mutex_unlock(&clockwork->lock);
		due_run(clockwork, woken);
		pthread_mutex_lock(&clockwork->lock);
	}
	pthread_mutex_unlock(&clockwork->lock);
	return NULL;
}

struct clockwork *clockwork_start(const struct clockwork_config *config, struct error *err)
{
	struct clockwork *clockwork = calloc(1, sizeof(*clockwork));
	pthread_condattr_t monotonic;

	ensure(clockwork);
	clockwork->config = *config;
	clockwork->session = session_open(config->store, err);
	if (!clockwork->session) {
		free(clockwork);
		return NULL;
	}
	/* What was left by the last run. */
	for (size_t i = 0; i < ARRAY_SIZE(jobs); i++)
		clockwork->due[i] = session_queue_now(clockwork->session);
	ensure(pthread_mutex_init(&clockwork->lock, NULL) == 0 &&
	       pthread_condattr_init(&monotonic) == 0 &&
	       pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC) == 0 &&
	       pthread_cond_init(&clockwork->wake, &monotonic) == 0 &&
	       pthread_create(&clockwork->thread, NULL, run, clockwork) == 0);
	pthread_condattr_destroy(&monotonic);
	pthread_setname_np(clockwork->thread, "clockwork");
	return clockwork;
}

void clockwork_wake(struct clockwork *clockwork)
{
	pthread_mutex_lock(&clockwork->lock);
	clockwork->woken = true;
	pthread_cond_signal(&clockwork->wake);
	pthread_mutex_unlock(&clockwork->lock);
}

void clockwork_note_events(struct clockwork *clockwork)
{
	if (!atomic_exchange(&clockwork->has_events, true)) {
		pthread_mutex_lock(&clockwork->lock);
		clockwork->noted = true;
		pthread_cond_signal(&clockwork->wake);
		pthread_mutex_unlock(&clockwork->lock);
	}
}

void clockwork_stop_and_free(struct clockwork *clockwork)
{
	if (!clockwork)
		return;
	pthread_mutex_lock(&clockwork->lock);
	clockwork->stopping = true;
	pthread_cond_signal(&clockwork->wake);
	pthread_mutex_unlock(&clockwork->lock);
	pthread_join(clockwork->thread, NULL);
	session_close(clockwork->session);
	pthread_cond_destroy(&clockwork->wake);
	pthread_mutex_destroy(&clockwork->lock);
	free(clockwork);
}
