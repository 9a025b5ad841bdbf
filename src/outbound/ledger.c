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
#include "crypto/random.h"
#include "outbound/health.h"

#define CLAIM_BATCH_MAX 256
#define OUTCOME_BATCH_MAX 256
/* A lease outlives the longest attempt by this much: time for the verdict to be recorded. */
#define LEASE_MARGIN_S 30
/* To an endpoint that fails: one in sixteen of the requests in flight; what is due beyond that is
 * put off. */
#define FAILING_SHARE_DIVISOR 16
#define STORE_RETRY_FIRST_MS 50
#define STORE_RETRY_MAX_MS 5000

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
	bool may_be_due; /* worth asking the store */
	struct wall_time next_due;
	int store_retry_ms; /* 0: the store is well */
};

/* One transaction's work; its arena dies with it. */
struct cycle {
	struct ledger *ledger;
	struct arena *arena;
	struct wall_time now;
	struct job *outcomes[OUTCOME_BATCH_MAX]; /* in the order in which lanes are locked */
	size_t outcome_count;
	bool quiescing; /* as the cycle began */
	bool stale[OUTCOME_BATCH_MAX];
	struct verdict_record verdicts[OUTCOME_BATCH_MAX];	  /* of those not abandoned */
	struct claim claims[OUTCOME_BATCH_MAX + CLAIM_BATCH_MAX]; /* to be sent after the commit */
	size_t claim_count;
};

static struct duration lease_of(const struct ledger *ledger)
{
	return duration_us(ledger->config.request_timeout.us + duration_s(LEASE_MARGIN_S).us);
}

/* ---- the transaction
 * ----------------------------------------------------------------------------------------- */

static struct verdict_record verdict_make(const struct cycle *cycle, const struct job *job)
{
	unsigned number = (unsigned)job->claim.attempts + 1;
	struct verdict_record verdict = {
		.attempt = {.account = job->claim.event.account,
			    .endpoint = job->claim.endpoint.id,
			    .sequence = job->claim.event.sequence,
			    .number = number,
			    .started = job->started,
			    .took = job->took,
			    .address = job->address,
			    .http_status = job->outcome.http_status,
			    .error_class = error_class_name(job->outcome.error_class),
			    .reply_start = job_reply_text(job)},
		.lane = job->claim.lane,
		.generation = job->claim.generation,
	};
	verdict.state = verdict_of(&job->outcome, number, cycle->now, random_unit(),
				   cycle->ledger->config.retry_scale, &verdict.retry_at);
	return verdict;
}

static void next_due_note(struct ledger *ledger, struct wall_time due)
{
	if (due.us < ledger->next_due.us)
		ledger->next_due = due;
}

static bool outcomes_record(struct cycle *cycle, struct db *db, struct error *err)
{
	for (size_t i = 0; i < cycle->outcome_count; i++) {
		struct job *job = cycle->outcomes[i];
		bool has_next;
		if (job->abandoned) {
			if (!lane_release(db, &job->claim, cycle->now, err))
				return false;
			continue;
		}
		cycle->verdicts[i] = verdict_make(cycle, job);
		if (!attempt_record(db, cycle->arena, &cycle->verdicts[i], cycle->now,
				    lease_of(cycle->ledger), &cycle->claims[cycle->claim_count],
				    &has_next, &cycle->stale[i], err))
			return false;
		cycle->claim_count += has_next;
		if (cycle->verdicts[i].state == DELIVERY_PENDING)
			next_due_note(cycle->ledger, cycle->verdicts[i].retry_at);
	}
	return true;
}

static size_t capacity_left(const struct cycle *cycle)
{
	const struct ledger *ledger = cycle->ledger;
	/* What comes back in this cycle makes room; the next heads of its lanes take some. */
	size_t busy = ledger->in_flight - cycle->outcome_count + cycle->claim_count;
	size_t limit = ledger->config.in_flight_limit;
	size_t left = busy < limit ? limit - busy : 0;

	return left < CLAIM_BATCH_MAX ? left : CLAIM_BATCH_MAX;
}

static bool due_claim(struct cycle *cycle, struct db *db, struct error *err)
{
	struct ledger *ledger = cycle->ledger;
	size_t limit = capacity_left(cycle), count;
	struct claim *claims;
	bool any;

	if (!ledger->may_be_due || cycle->quiescing || limit == 0)
		return true;
	if (!lane_claim_due(db, cycle->arena, ledger->config.node, cycle->now, lease_of(ledger),
			    limit, &claims, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		cycle->claims[cycle->claim_count++] = claims[i];
	ledger->may_be_due = count == limit;
	if (ledger->may_be_due)
		return true;
	if (!lane_next_due(db, &ledger->next_due, &any, err))
		return false;
	if (!any)
		ledger->next_due = wall_from_us(INT64_MAX);
	/* A node that dies wakes nobody: others look after the lease it may have taken meanwhile
	 * has ended. */
	if (store_is_postgresql(ledger->config.store))
		next_due_note(ledger, wall_add(cycle->now, lease_of(ledger)));
	return true;
}

/* Claims for endpoints that fail and have their share under way are given back, due a little later;
 * when the server is about to stop, all are. */
static bool claims_admit(struct cycle *cycle, struct db *db, struct error *err)
{
	struct health *health = cycle->ledger->health;
	size_t kept = 0;
	bool ok = true;

	for (size_t i = 0; ok && i < cycle->claim_count; i++) {
		struct claim *claim = &cycle->claims[i];
		struct duration wait = {0};
		if (!cycle->quiescing &&
		    health_admit(health, claim->event.account, claim->endpoint.id, &wait)) {
			cycle->claims[kept++] = *claim;
			continue;
		}
		wait.us = (int64_t)((double)wait.us * (1 + random_unit()));
		struct wall_time due = wall_add(cycle->now, wait);
		next_due_note(cycle->ledger, due);
		ok = lane_release(db, claim, due, err);
	}
	cycle->claim_count = kept;
	return ok;
}

static bool cycle_commit(struct cycle *cycle, struct error *err)
{
	size_t admitted = 0;

	scoped(txn) struct txn *txn = txn_begin(cycle->ledger->session, err);
	bool ok = txn && outcomes_record(cycle, txn_db(txn), err) &&
		  due_claim(cycle, txn_db(txn), err);
	if (ok) {
		ok = claims_admit(cycle, txn_db(txn), err);
		admitted = cycle->claim_count;
	}
	if (ok && txn_commit(&txn, err))
		return true;
	for (size_t i = 0; i < admitted; i++)
		health_withdraw(cycle->ledger->health, cycle->claims[i].event.account,
				cycle->claims[i].endpoint.id);
	return false;
}

/* ---- after the commit
 * ---------------------------------------------------------------------------------------- */

static const char *outcome_text(struct job *job)
{
	return job->outcome.error_class != ERROR_CLASS_NONE
		       ? error_class_name(job->outcome.error_class)
		       : arena_printf(job->arena, "HTTP status %ld", job->outcome.http_status);
}

static void outcome_log(struct job *job, const struct verdict_record *verdict,
			enum health_change change)
{
	const struct endpoint *endpoint = &job->claim.endpoint;

	if (verdict->state == DELIVERY_FAILED)
		log_warn("sender",
			 "endpoint %s of account %s: event %s (%s) failed for good after %u "
			 "attempts, "
			 "last with %s; see GET /api/notifications/deliveries?state=FAILED",
			 endpoint->id, endpoint->account, job->claim.event.id,
			 job->claim.event.type, (unsigned)verdict->attempt.number,
			 outcome_text(job));
	else if (change == HEALTH_BEGAN_FAILING)
		log_warn("sender",
			 "endpoint %s of account %s (%s) fails with %s; its notifications are kept "
			 "and "
			 "tried again",
			 endpoint->id, endpoint->account, endpoint->url, outcome_text(job));
	if (change == HEALTH_RECOVERED)
		log_info("sender", "endpoint %s of account %s takes notifications again",
			 endpoint->id, endpoint->account);
}

static void outcomes_forget(struct cycle *cycle)
{
	struct health *health = cycle->ledger->health;

	for (size_t i = 0; i < cycle->outcome_count; i++) {
		struct job *job = cycle->outcomes[i];
		const char *account = job->claim.event.account, *endpoint = job->claim.endpoint.id;
		if (job->abandoned) {
			health_withdraw(health, account, endpoint);
		} else {
			bool delivered = cycle->verdicts[i].state == DELIVERY_DELIVERED;
			outcome_log(job, &cycle->verdicts[i],
				    health_note(health, account, endpoint, delivered));
			if (cycle->stale[i])
				log_warn("ledger",
					 "the attempt of event %s came back after its lease had "
					 "ended: "
					 "another node has taken it over",
					 job->claim.event.id);
		}
		job_free(job);
	}
}

static void in_flight_add(struct ledger *ledger, long difference)
{
	pthread_mutex_lock(&ledger->lock);
	ledger->in_flight = (unsigned)((long)ledger->in_flight + difference);
	pthread_cond_broadcast(&ledger->changed); /* ledger_quiesce may be waiting for zero */
	pthread_mutex_unlock(&ledger->lock);
}

static void claims_send(struct cycle *cycle)
{
	struct ledger *ledger = cycle->ledger;
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

/* ---- the loop
 * ------------------------------------------------------------------------------------------------
 */

static int job_compare(const void *a, const void *b)
{
	const struct job *one = *(struct job *const *)a, *other = *(struct job *const *)b;
	const struct verdict_record first = {.attempt = {.account = one->claim.event.account,
							 .endpoint = one->claim.endpoint.id},
					     .lane = one->claim.lane};
	const struct verdict_record second = {.attempt = {.account = other->claim.event.account,
							  .endpoint = other->claim.endpoint.id},
					      .lane = other->claim.lane};

	return verdict_compare(&first, &second);
}

/* The lock is held. */
static void outcomes_take(struct cycle *cycle)
{
	struct ledger *ledger = cycle->ledger;

	while (ledger->outcomes && cycle->outcome_count < OUTCOME_BATCH_MAX) {
		struct job *job = ledger->outcomes;
		ledger->outcomes = job->next;
		job->next = NULL;
		cycle->outcomes[cycle->outcome_count++] = job;
	}
	if (!ledger->outcomes)
		ledger->outcomes_last = &ledger->outcomes;
}

static void outcomes_give_back(struct cycle *cycle)
{
	struct ledger *ledger = cycle->ledger;

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
	if (ledger->woken || wall_now().us >= ledger->next_due.us)
		ledger->may_be_due = true;
	ledger->woken = false;
	return ledger->may_be_due && ledger->in_flight < ledger->config.in_flight_limit;
}

/* False when it is time to end: asked to, and nothing is left to record. */
static bool work_wait(struct ledger *ledger, struct cycle *cycle)
{
	bool work;

	pthread_mutex_lock(&ledger->lock);
	while (!(work = there_is_work(ledger)) && !ledger->finishing)
		wait_until(ledger, ledger->may_be_due || ledger->quiescing ? wall_from_us(INT64_MAX)
									   : ledger->next_due);
	if (ledger->woken) {
		ledger->may_be_due = true;
		ledger->woken = false;
	}
	cycle->quiescing = ledger->quiescing;
	ledger->may_send = work && !cycle->quiescing;
	outcomes_take(cycle);
	pthread_mutex_unlock(&ledger->lock);
	return work;
}

static void store_refused(struct cycle *cycle, const struct error *err)
{
	struct ledger *ledger = cycle->ledger;

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
	ledger->may_be_due = true;
	outcomes_give_back(cycle);
	const struct timespec wait = {ledger->store_retry_ms / 1000,
				      ledger->store_retry_ms % 1000 * 1000000L};
	nanosleep(&wait, NULL);
}

static void cycle_finish(struct cycle *cycle)
{
	struct ledger *ledger = cycle->ledger;

	if (ledger->store_retry_ms) {
		log_info("ledger", "the store takes verdicts and claims again");
		ledger->store_retry_ms = 0;
	}
	outcomes_forget(cycle);
	in_flight_add(ledger, (long)cycle->claim_count - (long)cycle->outcome_count);
	claims_send(cycle);
}

static void cycle_over(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->lock);
	ledger->may_send = false;
	pthread_cond_broadcast(&ledger->changed); /* ledger_quiesce may be waiting for this */
	pthread_mutex_unlock(&ledger->lock);
}

static void *ledger_main(void *arg)
{
	struct ledger *ledger = arg;
	struct cycle *cycle = malloc(sizeof(*cycle));

	ensure(cycle);
	for (;;) {
		struct error err = {0};
		cycle->ledger = ledger;
		cycle->outcome_count = cycle->claim_count = 0;
		if (!work_wait(ledger, cycle))
			break;
		cycle->arena = arena_new();
		cycle->now = wall_now();
		qsort(cycle->outcomes, cycle->outcome_count, sizeof(struct job *), job_compare);
		if (cycle_commit(cycle, &err))
			cycle_finish(cycle);
		else
			store_refused(cycle, &err);
		arena_free(cycle->arena);
		cycle_over(ledger);
	}
	free(cycle);
	return NULL;
}

/* ---- from other threads
 * -------------------------------------------------------------------------------------- */

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
	ledger->may_be_due = true;
	ledger->next_due = wall_from_us(INT64_MAX);
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
