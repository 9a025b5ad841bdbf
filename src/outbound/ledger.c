/* ledger.c – one thread, one loop of cycles. A cycle is one transaction: it records the outcomes
 * that have come in and claims what is due; only after its commit do jobs die and others begin. If
 * the store refuses, the outcomes are kept and the cycle is retried: nothing that was sent is
 * forgotten. */
#include "outbound/ledger.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/ensure.h"
#include "base/log.h"
#include "crypto/random.h"
#include "loop/alarm.h"
#include "outbound/cycle.h"
#include "store/store_clock.h"

#define STORE_RETRY_FIRST_MS 50
#define STORE_RETRY_MAX_MS 5000
/* At a stop: then what is not recorded is left to the next start, which repeats it. */
#define STORE_TRIES_AT_STOP 3

#define NODE_LENGTH 16

struct ledger {
	struct outbound_config config; /* with a node of its own, see node_renew */
	char node[NODE_LENGTH + 1];
	void (*send)(struct sending *sendings, void *arg);
	void *arg;
	struct session *session;
	struct alarm *alarm;
	bool started;

	pthread_mutex_t lock;	/* over the rest of this paragraph */
	pthread_cond_t settled; /* in_flight or is_sending has gone down: ledger_quiesce waits */
	struct sending *outcomes, **outcomes_last; /* jobs that have come back */
	struct sending *answers;		   /* to the authorizer's requests */
	struct sending *probes;			   /* jobs that are not deliveries, to be sent */
	bool woken, endpoints_changed, quiescing, finishing;
	bool finished; /* asked to, and nothing is left to record: the thread does nothing more */
	unsigned in_flight; /* jobs with the sender or the authorizer, in `outcomes` or in the cycle
			     */
	bool is_sending;    /* just handing something to the sender */
	bool is_silent;	    /* the sender takes nothing any more */

	/* The thread's own, but for roster_turn. */
	struct roster *roster;
	struct authorizer *authorizer;
	struct tally *tally;
	struct queue_view queue;
	struct cycle *cycle;
	unsigned store_refusals;      /* 0: the store takes what it is given */
	struct mono_time store_retry; /* nothing is tried before, except at the end */
	unsigned tries_at_stop;
};

static struct wall_time queue_now(const struct ledger *ledger)
{
	return store_queue_now(ledger->config.store);
}

static void in_flight_add(struct ledger *ledger, long difference)
{
	pthread_mutex_lock(&ledger->lock);
	ledger->in_flight = (unsigned)((long)ledger->in_flight + difference);
	if (ledger->in_flight == 0)
		pthread_cond_broadcast(&ledger->settled);
	pthread_mutex_unlock(&ledger->lock);
}

/* ---- to and from the sender ---- */

static void outcome_add(struct ledger *ledger, struct sending *outcome)
{
	if (job_of(outcome)->on_probed) {
		job_probe_finish(job_of(outcome));
		return;
	}
	outcome->next = NULL;
	pthread_mutex_lock(&ledger->lock);
	bool is_first = !ledger->outcomes;
	*ledger->outcomes_last = outcome;
	ledger->outcomes_last = &outcome->next;
	pthread_mutex_unlock(&ledger->lock);
	if (is_first)
		alarm_wake(ledger->alarm);
}

/* On the sender's thread, or on the one that stops the sender. */
static void on_job_done(struct sending *sending, void *arg)
{
	outcome_add(arg, sending);
}

static void on_answer(struct sending *sending, void *arg)
{
	struct ledger *ledger = arg;

	pthread_mutex_lock(&ledger->lock);
	sending->next = ledger->answers;
	ledger->answers = sending;
	pthread_mutex_unlock(&ledger->lock);
	alarm_wake(ledger->alarm);
}

/* False when nothing may be sent any more; true: ledger_quiesce waits for sending_end. */
static bool sending_begin(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->lock);
	ledger->is_sending = !ledger->is_silent;
	bool may_send = ledger->is_sending;
	pthread_mutex_unlock(&ledger->lock);
	return may_send;
}

static void sending_end(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->lock);
	ledger->is_sending = false;
	if (ledger->is_silent) /* ledger_quiesce is at its end */
		pthread_cond_broadcast(&ledger->settled);
	pthread_mutex_unlock(&ledger->lock);
}

/* A list of them; NULL is fine. When it is too late they come back as abandoned. */
static void send_all(struct sending *sendings, void *arg)
{
	struct ledger *ledger = arg;

	if (sendings && sending_begin(ledger)) {
		ledger->send(sendings, ledger->arg);
		sending_end(ledger);
		return;
	}
	for (struct sending *next; sendings; sendings = next) {
		next = sendings->next;
		sendings->next = NULL;
		sendings->abandoned = true;
		sendings->on_done(sendings, sendings->arg);
	}
}

/* Onto the list, or, when it cannot be sent, back as an attempt that failed before it began. */
static void job_ready(struct ledger *ledger, struct job *job, struct sending **ready)
{
	job->sending.on_done = on_job_done;
	job->sending.arg = ledger;
	job->sending.abandoned = !lease_stands(&job->lease);
	if (job->sending.abandoned ||
	    !job_prepare(job, &ledger->config, session_db(ledger->session),
			 store_now(ledger->config.store))) {
		outcome_add(ledger, &job->sending);
		return;
	}
	job->sending.next = *ready;
	*ready = &job->sending;
}

static void job_authorize(struct ledger *ledger, struct job *job, struct sending **ready)
{
	switch (authorizer_ask(ledger->authorizer, job, queue_now(ledger))) {
	case AUTHORIZATION_READY:
		job_ready(ledger, job, ready);
		break;
	case AUTHORIZATION_WAITS:
		break;
	case AUTHORIZATION_FAILED:
		outcome_add(ledger, &job->sending);
		break;
	}
}

static void claims_send(struct ledger *ledger, const struct cycle *cycle)
{
	struct sending *ready = NULL;

	for (size_t i = 0; i < cycle->claim_count; i++) {
		struct job *job = job_new(&cycle->claims[i]);
		job->lease = cycle->lease;
		job->sending.lease = &job->lease;
		job_authorize(ledger, job, &ready);
	}
	send_all(ready, ledger);
}

static void probes_send(struct ledger *ledger, struct sending *probes)
{
	struct sending *ready = NULL;

	for (struct sending *probe = probes, *next; probe; probe = next) {
		next = probe->next;
		probe->next = NULL;
		job_authorize(ledger, job_of(probe), &ready);
	}
	send_all(ready, ledger);
}

/* What waited for a token goes on, or comes back. */
static void released_send(struct ledger *ledger, struct sending *released)
{
	struct sending *ready = NULL;

	for (struct sending *sending = released, *next; sending; sending = next) {
		struct job *job = job_of(sending);
		next = sending->next;
		if (job->access_token && !sending->abandoned)
			job_ready(ledger, job, &ready);
		else
			outcome_add(ledger, sending);
	}
	send_all(ready, ledger);
}

/* ---- the loop ---- */

/* The lock is held. */
static void outcomes_take(struct ledger *ledger, struct cycle *cycle)
{
	while (ledger->outcomes && cycle->outcome_count < OUTCOME_BATCH_MAX) {
		struct sending *outcome = ledger->outcomes;
		ledger->outcomes = outcome->next;
		outcome->next = NULL;
		cycle->outcomes[cycle->outcome_count++] = job_of(outcome);
	}
	if (!ledger->outcomes)
		ledger->outcomes_last = &ledger->outcomes;
}

static void outcomes_give_back(struct ledger *ledger, const struct cycle *cycle)
{
	pthread_mutex_lock(&ledger->lock);
	for (size_t i = 0; i < cycle->outcome_count; i++) {
		struct sending *outcome = &cycle->outcomes[i]->sending;
		outcome->next = ledger->outcomes;
		if (!ledger->outcomes)
			ledger->outcomes_last = &outcome->next;
		ledger->outcomes = outcome;
	}
	pthread_mutex_unlock(&ledger->lock);
}

/* When something can be claimed without anybody's word. */
static struct wall_time next_due(const struct ledger *ledger)
{
	struct wall_time due = roster_next_due(ledger->roster);
	struct wall_time look = ledger->queue.next_look.us < ledger->queue.next_sweep.us
					? ledger->queue.next_look
					: ledger->queue.next_sweep;

	return due.us < look.us ? due : look;
}

/* When statistics are to be written; at the end at once. The lock is held. */
static bool statistics_are_due(struct ledger *ledger)
{
	struct wall_time due = tally_due(ledger->tally);

	return due.us != INT64_MAX && (ledger->finishing || queue_now(ledger).us >= due.us);
}

/* The lock is held. */
static bool there_is_work(struct ledger *ledger)
{
	if (ledger->outcomes || ledger->answers || ledger->probes || statistics_are_due(ledger))
		return true;
	if (ledger->quiescing || ledger->in_flight >= ledger->config.in_flight_limit)
		return false;
	return ledger->woken || ledger->endpoints_changed || ledger->queue.may_be_fresh ||
	       ledger->queue.may_be_far || ledger->queue.may_be_stopped ||
	       queue_now(ledger).us >= next_due(ledger).us;
}

/* The lock is held. Until when nothing can be done unless something changes. */
static struct wall_time idle_until(struct ledger *ledger)
{
	bool full = ledger->in_flight >= ledger->config.in_flight_limit;

	struct wall_time due = ledger->quiescing || full ? wall_from_us(INT64_MAX)
							 : next_due(ledger);
	struct wall_time statistics = tally_due(ledger->tally);

	return due.us < statistics.us ? due : statistics;
}

/* What the cycle is to do. False: nothing now; *ret_until says until when, unless something
 * changes. */
static bool work_take(struct ledger *ledger, struct cycle *cycle, struct sending **ret_answers,
		      struct sending **ret_probes, struct wall_time *ret_until)
{
	pthread_mutex_lock(&ledger->lock);
	bool work = there_is_work(ledger);
	if (!work) {
		*ret_until = idle_until(ledger);
		cycle->finishing = ledger->finishing;
		pthread_mutex_unlock(&ledger->lock);
		return false;
	}
	if (ledger->woken)
		ledger->queue.may_be_fresh = true;
	if (ledger->endpoints_changed) {
		roster_look_again(ledger->roster);
		ledger->queue.may_be_stopped = true;
		ledger->queue.changed = queue_now(ledger);
	}
	ledger->woken = ledger->endpoints_changed = false;
	cycle->quiescing = ledger->quiescing;
	cycle->finishing = ledger->finishing;
	cycle->in_flight = ledger->in_flight;
	*ret_answers = ledger->answers;
	*ret_probes = ledger->probes;
	ledger->answers = ledger->probes = NULL;
	outcomes_take(ledger, cycle);
	pthread_mutex_unlock(&ledger->lock);
	return true;
}

static void store_refused(struct ledger *ledger, const struct error *err)
{
	if (ledger->store_refusals == 0)
		log_error("ledger",
			  "the store refuses verdicts and claims; deliveries wait and nothing is "
			  "lost: %s",
			  err->technical);
	const struct duration wait = duration_grown(duration_ms(STORE_RETRY_FIRST_MS), 2,
						    ledger->store_refusals++,
						    duration_ms(STORE_RETRY_MAX_MS));
	ledger->store_retry = mono_add(mono_now(), wait);
}

/* The store did not take it: it is taken again later. At the end nobody waits for it. */
static void answer_give_back(struct ledger *ledger, struct sending *answer)
{
	pthread_mutex_lock(&ledger->lock);
	answer->abandoned = ledger->finishing;
	pthread_mutex_unlock(&ledger->lock);
	on_answer(answer, ledger);
}

static void answers_take(struct ledger *ledger, struct sending *answers)
{
	struct error err = {0};
	struct sending *released;
	bool refused = false;

	for (struct sending *answer = answers, *next; answer; answer = next) {
		next = answer->next;
		if (refused) {
			answer_give_back(ledger, answer);
		} else if (authorizer_answer(ledger->authorizer, answer, queue_now(ledger),
					     &released, &err)) {
			released_send(ledger, released);
		} else {
			refused = true;
			store_refused(ledger, &err);
			answer_give_back(ledger, answer);
		}
	}
}

static void cycle_finish(struct ledger *ledger, struct cycle *cycle)
{
	if (ledger->store_refusals > 0) {
		log_info("ledger", "the store accepts verdicts and claims again");
		ledger->store_refusals = 0;
	}
	cycle_forget_outcomes(cycle);
	in_flight_add(ledger, (long)cycle->claim_count - (long)cycle->outcome_count);
	claims_send(ledger, cycle);
}

/* Nobody knows whether what was claimed and recorded is stored, and under which claims. Under
 * another name all of it counts as a dead node's: what was claimed is free again, and what was
 * recorded is found out to be. */
static void node_renew(struct ledger *ledger)
{
	struct error err = {0};

	random_hex(ledger->node, NODE_LENGTH);
	if (!session_stand_for(ledger->session, ledger->node, &err)) /* the next connection does */
		log_info("ledger", "an unknown commit is checked again: %s", err.technical);
}

static void cycle_begin(struct ledger *ledger, struct cycle *cycle)
{
	cycle->config = &ledger->config;
	cycle->session = ledger->session;
	cycle->roster = ledger->roster;
	cycle->authorizer = ledger->authorizer;
	cycle->queue = &ledger->queue;
	cycle->tally = ledger->tally;
	cycle->outcome_count = cycle->claim_count = 0;
}

static void cycle_tell_time(const struct ledger *ledger, struct cycle *cycle)
{
	const struct store *store = ledger->config.store;

	cycle->begun = mono_now();
	cycle->now = store_queue_now(store);
	cycle->shown = store_shown(store, cycle->now);
	cycle->lease_over = store_leases_over(store);
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

	/* What waits for a token comes back first. */
	for (struct sending *answer = ledger->answers; answer; answer = answer->next)
		answer->abandoned = true;
	answers_take(ledger, ledger->answers);
	for (struct sending *outcome = ledger->outcomes, *next; outcome;
	     outcome = next, dropped++) {
		next = outcome->next;
		sending_free(outcome);
	}
	ledger->answers = ledger->outcomes = NULL;
	ledger->outcomes_last = &ledger->outcomes;
	log_error("ledger",
		  "%u attempts could not be recorded before the stop and will be repeated",
		  dropped);
}

static void finish_say(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->lock);
	ledger->finished = true;
	pthread_cond_broadcast(&ledger->settled);
	pthread_mutex_unlock(&ledger->lock);
}

/* False: the store refuses. */
static bool cycle_run(struct ledger *ledger, struct cycle *cycle)
{
	struct error err = {0};

	cycle->arena = arena_new();
	cycle_tell_time(ledger, cycle);
	bool stored = cycle_commit(cycle, &err);
	if (stored) {
		cycle_finish(ledger, cycle);
	} else {
		outcomes_give_back(ledger, cycle);
		if (err.code == ERROR_COMMIT_UNKNOWN)
			node_renew(ledger);
		store_refused(ledger, &err);
	}
	arena_free(cycle->arena);
	return stored;
}

static struct mono_time ledger_run(struct alarm *alarm, void *arg)
{
	struct ledger *ledger = arg;
	struct sending *answers, *probes;
	struct wall_time until;

	if (ledger->finished)
		return ALARM_NEVER;
	if (mono_now().us < ledger->store_retry.us)
		return ledger->store_retry;
	cycle_begin(ledger, ledger->cycle);
	if (!work_take(ledger, ledger->cycle, &answers, &probes, &until)) {
		if (ledger->cycle->finishing)
			finish_say(ledger);
		return alarm_at(until, queue_now(ledger));
	}
	answers_take(ledger, answers);
	probes_send(ledger, probes);
	if (!cycle_run(ledger, ledger->cycle) && is_hopeless(ledger)) {
		outcomes_drop(ledger);
		finish_say(ledger);
	}
	return ALARM_AT_ONCE;
}

/* ---- from other threads ---- */

static void ledger_free(struct ledger *ledger)
{
	alarm_free(ledger->alarm);
	authorizer_free(ledger->authorizer);
	tally_free(ledger->tally);
	session_close(ledger->session);
	roster_free(ledger->roster);
	pthread_cond_destroy(&ledger->settled);
	pthread_mutex_destroy(&ledger->lock);
	free(ledger->cycle);
	free(ledger);
}

/* On SQLite no other process can hold a lease: what the last one held is due at once. */
static bool leases_end(struct ledger *ledger, struct error *err)
{
	if (store_is_postgresql(ledger->config.store))
		return true;
	const struct wall_time now = queue_now(ledger);
	scoped(txn) struct txn *txn = txn_begin(ledger->session, err);
	return txn && lane_end_leases(txn_db(txn), now, now, true, NULL, err) &&
	       endpoint_end_token_leases(txn_db(txn), err) && txn_commit(&txn, err);
}

struct ledger *ledger_new(const struct outbound_config *config,
			  void (*send)(struct sending *sendings, void *arg), void *arg,
			  struct error *err)
{
	struct ledger *ledger = calloc(1, sizeof(*ledger));
	pthread_condattr_t attributes;
	const struct authorizer_links links = {send_all, on_answer, ledger};

	ensure(ledger);
	ledger->config = *config;
	snprintf(ledger->node, sizeof(ledger->node), "%s", config->node);
	ledger->config.node = ledger->node;
	ledger->send = send;
	ledger->arg = arg;
	ledger->outcomes_last = &ledger->outcomes;
	ledger->queue.may_be_fresh = ledger->queue.may_be_far = true;
	ledger->tally = tally_new(ledger->node);
	ledger->roster = roster_new(config->in_flight_limit, config->retry_scale);
	pthread_mutex_init(&ledger->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&ledger->settled, &attributes);
	pthread_condattr_destroy(&attributes);
	ledger->alarm = alarm_new("ledger", ledger_run, ledger);
	ledger->cycle = calloc(1, sizeof(*ledger->cycle));
	ensure(ledger->cycle);
	ledger->session = session_open(config->store, err);
	if (!ledger->session || !session_stand_for(ledger->session, config->node, err) ||
	    !leases_end(ledger, err)) {
		(void)error_wrap(err, "starting deliveries");
		ledger_free(ledger);
		return NULL;
	}
	ledger->authorizer = authorizer_new(&ledger->config, ledger->session, &links);
	return ledger;
}

bool ledger_start(struct ledger *ledger, struct error *err)
{
	ledger->started = alarm_start(ledger->alarm, err);
	return ledger->started;
}

void ledger_wake(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->lock);
	bool is_first = !ledger->woken;
	ledger->woken = true;
	pthread_mutex_unlock(&ledger->lock);
	if (is_first)
		alarm_wake(ledger->alarm);
}

void ledger_probe(struct ledger *ledger, struct job *job)
{
	pthread_mutex_lock(&ledger->lock);
	bool stops = ledger->quiescing;
	if (!stops) {
		job->sending.next = ledger->probes;
		ledger->probes = &job->sending;
	}
	pthread_mutex_unlock(&ledger->lock);
	if (!stops) {
		alarm_wake(ledger->alarm);
		return;
	}
	job->sending.abandoned = true;
	job_probe_finish(job);
}

struct endpoint_turn ledger_turn(const struct ledger *ledger, const char *account,
				 const char *endpoint, struct wall_time now)
{
	return roster_turn(ledger->roster, account, endpoint, now);
}

void ledger_look_again(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->lock);
	ledger->endpoints_changed = true;
	pthread_mutex_unlock(&ledger->lock);
	alarm_wake(ledger->alarm);
}

void ledger_quiesce(struct ledger *ledger, struct duration patience)
{
	const struct mono_time until = mono_add(mono_now(), patience);
	const struct timespec deadline = {until.us / 1000000, until.us % 1000000 * 1000};

	pthread_mutex_lock(&ledger->lock);
	ledger->quiescing = true;
	while (ledger->in_flight > 0 && mono_now().us < until.us)
		pthread_cond_timedwait(&ledger->settled, &ledger->lock, &deadline);
	ledger->is_silent = true;
	while (ledger->is_sending)
		pthread_cond_wait(&ledger->settled, &ledger->lock);
	pthread_mutex_unlock(&ledger->lock);
}

/* The alarm's own stop would come too early: the thread still has outcomes to record. */
static void finish_await(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->lock);
	ledger->quiescing = ledger->finishing = true;
	pthread_mutex_unlock(&ledger->lock);
	alarm_wake(ledger->alarm);
	pthread_mutex_lock(&ledger->lock);
	while (!ledger->finished)
		pthread_cond_wait(&ledger->settled, &ledger->lock);
	pthread_mutex_unlock(&ledger->lock);
}

void ledger_finish_and_free(struct ledger *ledger)
{
	if (!ledger)
		return;
	if (ledger->started)
		finish_await(ledger);
	ledger_free(ledger);
}
