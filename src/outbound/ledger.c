/* ledger.c – one thread, one loop of cycles. A cycle is one transaction: it records the outcomes
 * that have come in and claims what is due; only after its commit do jobs die and others begin. If
 * the store refuses, the outcomes are kept and the cycle is tried again: nothing that was sent is
 * forgotten. */
#include "outbound/ledger.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/ensure.h"
#include "base/log.h"
#include "outbound/cycle.h"

/* To an endpoint that fails: one in sixteen of the requests in flight; what is due beyond that is
 * put off. */
#define FAILING_SHARE_DIVISOR 16
#define STORE_RETRY_FIRST_MS 50
#define STORE_RETRY_MAX_MS 5000
/* At a stop: then what is not recorded is left to the next start, which repeats it. */
#define STORE_TRIES_AT_STOP 3

struct ledger {
	struct outbound_config config;
	void (*send)(struct job *jobs, void *arg);
	void *arg;
	struct session *session;
	pthread_t thread;
	bool started;

	pthread_mutex_t lock; /* over the rest of this paragraph */
	pthread_cond_t changed;
	struct job *outcomes, **outcomes_last;
	bool woken, quiescing, finishing;
	unsigned in_flight; /* jobs with the sender, in `outcomes` or in the cycle */
	bool may_send;	    /* a cycle runs that began before `quiescing` */

	/* The thread's own. */
	struct health *health;
	struct queue_view queue;
	int store_retry_ms; /* 0: the store is well */
	unsigned tries_at_stop;
};

static void in_flight_add(struct ledger *ledger, long difference)
{
	pthread_mutex_lock(&ledger->lock);
	ledger->in_flight = (unsigned)((long)ledger->in_flight + difference);
	pthread_cond_broadcast(&ledger->changed); /* ledger_quiesce may be waiting for zero */
	pthread_mutex_unlock(&ledger->lock);
}

static void claims_send(struct ledger *ledger, const struct cycle *cycle)
{
	struct job *ready = NULL, **last = &ready;

	for (size_t i = 0; i < cycle->claim_count; i++) {
		struct job *job = job_new(&cycle->claims[i]);
		if (!job_prepare(job, &ledger->config, wall_now())) {
			ledger_outcome(ledger, job); /* an attempt that failed before it began */
			continue;
		}
		*last = job;
		last = &job->next;
	}
	if (ready)
		ledger->send(ready, ledger->arg);
}

/* ---- the loop ---- */

/* The lock is held. */
static void outcomes_take(struct ledger *ledger, struct cycle *cycle)
{
	while (ledger->outcomes && cycle->outcome_count < OUTCOME_BATCH_MAX) {
		struct job *job = ledger->outcomes;
		ledger->outcomes = job->next;
		job->next = NULL;
		cycle->outcomes[cycle->outcome_count++] = job;
	}
	if (!ledger->outcomes)
		ledger->outcomes_last = &ledger->outcomes;
}

static void outcomes_give_back(struct ledger *ledger, const struct cycle *cycle)
{
	pthread_mutex_lock(&ledger->lock);
	for (size_t i = 0; i < cycle->outcome_count; i++) {
		struct job *job = cycle->outcomes[i];
		job->next = ledger->outcomes;
		if (!ledger->outcomes)
			ledger->outcomes_last = &job->next;
		ledger->outcomes = job;
	}
	pthread_mutex_unlock(&ledger->lock);
}

/* Until `until` or until something changes, whichever is first. The lock is held. */
static void wait_until(struct ledger *ledger, struct wall_time until)
{
	int64_t wait_us = until.us - wall_now().us;
	struct timespec deadline;

	if (wait_us <= 0)
		return;
	if (until.us == INT64_MAX) {
		pthread_cond_wait(&ledger->changed, &ledger->lock);
		return;
	}
	clock_gettime(CLOCK_MONOTONIC, &deadline);
	int64_t ns = deadline.tv_nsec + wait_us % 1000000 * 1000;
	deadline.tv_sec += wait_us / 1000000 + ns / 1000000000;
	deadline.tv_nsec = ns % 1000000000;
	pthread_cond_timedwait(&ledger->changed, &ledger->lock, &deadline);
}

/* The lock is held. */
static bool there_is_work(struct ledger *ledger)
{
	if (ledger->outcomes)
		return true;
	if (ledger->quiescing)
		return false;
	if (ledger->woken || wall_now().us >= ledger->queue.next_due.us)
		ledger->queue.may_be_due = true;
	ledger->woken = false;
	return ledger->queue.may_be_due && ledger->in_flight < ledger->config.in_flight_limit;
}

/* False when it is time to end: asked to, and nothing is left to record. */
static bool work_wait(struct ledger *ledger, struct cycle *cycle)
{
	bool work;

	pthread_mutex_lock(&ledger->lock);
	while (!(work = there_is_work(ledger)) && !ledger->finishing)
		wait_until(ledger, ledger->queue.may_be_due || ledger->quiescing
					   ? wall_from_us(INT64_MAX)
					   : ledger->queue.next_due);
	if (ledger->woken) {
		ledger->queue.may_be_due = true;
		ledger->woken = false;
	}
	cycle->quiescing = ledger->quiescing;
	cycle->in_flight = ledger->in_flight;
	ledger->may_send = work && !cycle->quiescing;
	outcomes_take(ledger, cycle);
	pthread_mutex_unlock(&ledger->lock);
	return work;
}

static void store_refused(struct ledger *ledger, const struct cycle *cycle, const struct error *err)
{
	if (ledger->store_retry_ms == 0)
		log_error("ledger",
			  "the store refuses verdicts and claims; nothing is lost, deliveries "
			  "wait: %s",
			  err->technical);
	ledger->store_retry_ms = ledger->store_retry_ms * 2 > STORE_RETRY_MAX_MS
					 ? STORE_RETRY_MAX_MS
					 : ledger->store_retry_ms * 2;
	if (ledger->store_retry_ms == 0)
		ledger->store_retry_ms = STORE_RETRY_FIRST_MS;
	ledger->queue.may_be_due = true;
	outcomes_give_back(ledger, cycle);
	const struct timespec wait = {ledger->store_retry_ms / 1000,
				      ledger->store_retry_ms % 1000 * 1000000L};
	nanosleep(&wait, NULL);
}

static void cycle_finish(struct ledger *ledger, struct cycle *cycle)
{
	if (ledger->store_retry_ms) {
		log_info("ledger", "the store takes verdicts and claims again");
		ledger->store_retry_ms = 0;
	}
	cycle_forget_outcomes(cycle);
	in_flight_add(ledger, (long)cycle->claim_count - (long)cycle->outcome_count);
	claims_send(ledger, cycle);
}

static void cycle_over(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->lock);
	ledger->may_send = false;
	pthread_cond_broadcast(&ledger->changed); /* ledger_quiesce may be waiting for this */
	pthread_mutex_unlock(&ledger->lock);
}

static void cycle_begin(struct ledger *ledger, struct cycle *cycle)
{
	cycle->config = &ledger->config;
	cycle->session = ledger->session;
	cycle->health = ledger->health;
	cycle->queue = &ledger->queue;
	cycle->outcome_count = cycle->claim_count = 0;
}

/* A store that refuses must not prevent a stop: the leases end by themselves, and the attempts are
 * repeated. */
static bool is_hopeless(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->lock);
	bool hopeless = ledger->finishing && ++ledger->tries_at_stop >= STORE_TRIES_AT_STOP;
	pthread_mutex_unlock(&ledger->lock);
	return hopeless;
}

static void outcomes_drop(struct ledger *ledger)
{
	unsigned dropped = 0;

	for (struct job *job = ledger->outcomes, *next; job; job = next, dropped++) {
		next = job->next;
		job_free(job);
	}
	log_error("ledger",
		  "%u attempts could not be recorded before the stop; they will be repeated",
		  dropped);
}

static void *ledger_main(void *arg)
{
	struct ledger *ledger = arg;
	struct cycle *cycle = malloc(sizeof(*cycle));
	bool hopeless = false;

	ensure(cycle);
	while (!hopeless) {
		struct error err = {0};
		cycle_begin(ledger, cycle);
		if (!work_wait(ledger, cycle))
			break;
		cycle->arena = arena_new();
		cycle->now = wall_now();
		if (cycle_commit(cycle, &err)) {
			cycle_finish(ledger, cycle);
		} else {
			store_refused(ledger, cycle, &err);
			hopeless = is_hopeless(ledger);
		}
		arena_free(cycle->arena);
		cycle_over(ledger);
	}
	if (hopeless)
		outcomes_drop(ledger);
	free(cycle);
	return NULL;
}

/* ---- from other threads ---- */

static void ledger_free(struct ledger *ledger)
{
	session_close(ledger->session);
	health_free(ledger->health);
	pthread_cond_destroy(&ledger->changed);
	pthread_mutex_destroy(&ledger->lock);
	free(ledger);
}

/* On SQLite no other process can hold a lease: what the last one held is due at once. */
static bool leases_end(struct ledger *ledger, struct error *err)
{
	if (store_is_postgresql(ledger->config.store))
		return true;
	scoped(txn) struct txn *txn = txn_begin(ledger->session, err);
	return txn && lane_release_all(txn_db(txn), wall_now(), err) && txn_commit(&txn, err);
}

struct ledger *ledger_new(const struct outbound_config *config,
			  void (*send)(struct job *jobs, void *arg), void *arg, struct error *err)
{
	struct ledger *ledger = calloc(1, sizeof(*ledger));
	pthread_condattr_t attributes;
	unsigned failing_share = config->in_flight_limit / FAILING_SHARE_DIVISOR;

	ensure(ledger);
	ledger->config = *config;
	ledger->send = send;
	ledger->arg = arg;
	ledger->outcomes_last = &ledger->outcomes;
	ledger->queue.may_be_due = true;
	ledger->queue.next_due = wall_from_us(INT64_MAX);
	ledger->health = health_new(failing_share ? failing_share : 1);
	pthread_mutex_init(&ledger->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&ledger->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	ledger->session = session_open(config->store, err);
	if (!ledger->session || !leases_end(ledger, err)) {
		(void)error_wrap(err, "starting deliveries");
		ledger_free(ledger);
		return NULL;
	}
	return ledger;
}

bool ledger_start(struct ledger *ledger, struct error *err)
{
	ledger->started = pthread_create(&ledger->thread, NULL, ledger_main, ledger) == 0;
	if (!ledger->started)
		return error_set(err, ERROR_IO, "cannot start the ledger's thread");
	pthread_setname_np(ledger->thread, "ledger");
	return true;
}

void ledger_wake(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->lock);
	if (!ledger->woken)
		pthread_cond_broadcast(&ledger->changed);
	ledger->woken = true;
	pthread_mutex_unlock(&ledger->lock);
}

void ledger_outcome(struct ledger *ledger, struct job *job)
{
	job->next = NULL;
	pthread_mutex_lock(&ledger->lock);
	if (!ledger->outcomes)
		pthread_cond_broadcast(&ledger->changed);
	*ledger->outcomes_last = job;
	ledger->outcomes_last = &job->next;
	pthread_mutex_unlock(&ledger->lock);
}

void ledger_quiesce(struct ledger *ledger, struct duration patience)
{
	struct wall_time until = wall_add(wall_now(), patience);

	pthread_mutex_lock(&ledger->lock);
	ledger->quiescing = true;
	pthread_cond_broadcast(&ledger->changed);
	/* The cycle under way is waited for in any case: when it is over, nothing is sent any more.
	 */
	while (ledger->may_send)
		pthread_cond_wait(&ledger->changed, &ledger->lock);
	while (ledger->in_flight > 0 && wall_now().us < until.us)
		wait_until(ledger, until);
	pthread_mutex_unlock(&ledger->lock);
}

void ledger_finish_and_free(struct ledger *ledger)
{
	if (!ledger)
		return;
	pthread_mutex_lock(&ledger->lock);
	ledger->quiescing = ledger->finishing = true;
	pthread_cond_broadcast(&ledger->changed);
	pthread_mutex_unlock(&ledger->lock);
	if (ledger->started)
		pthread_join(ledger->thread, NULL);
	ledger_free(ledger);
}
