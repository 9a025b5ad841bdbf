/* outcomes.c – the first half of a cycle: records the results of attempts, and their
 * consequences for deliveries, lanes, endpoints and mails. */
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "crypto/random.h"
#include "notify/notices.h"
#include "notify/payload.h"
#include "outbound/cycle.h"
#include "store/store_clock.h"

#define UNAUTHORIZED 401
#define SHORTAGE_WAIT_S 2 /* until the process may have descriptors again */
/* Somebody is told that long before an endpoint that does nothing but fail is disabled. */
#define WARNING_SHARE 0.4 /* of the time until then */

static struct backoff backoff_of(const struct cycle *cycle, const struct job *job)
{
	const struct endpoint_options *options = &job->options;
	bool own = options->retry_wait_count > 0;

	return (struct backoff){
		.waits_s = own ? options->retry_waits_s : backoff_default_waits_s,
		.count = own ? options->retry_wait_count : backoff_default_count,
		.horizon = duration_s(options->horizon_h * 3600),
		.scale = cycle->config->retry_scale,
	};
}

static struct verdict_record verdict_make(const struct cycle *cycle, const struct job *job)
{
	const struct outcome *outcome = &job->sending.outcome;
	const struct backoff backoff = backoff_of(cycle, job);
	struct verdict_record verdict = {
		.attempt = job_attempt(job),
		.lane = job->claim.lane,
		.generation = job->claim.generation,
	};

	if (outcome_is_one_of(outcome, job->options.stop_statuses, job->options.stop_status_count))
		verdict.state = DELIVERY_FAILED;
	else
		verdict.state = verdict_of(outcome, &backoff, (unsigned)job->claim.attempts + 1,
					   job->claim.queued, cycle->now, random_unit(),
					   &verdict.retry_at);
	if (outcome_is_refusal(outcome) &&
	    endpoint_passes_by(&job->options, job->claim.endpoint.origin))
		verdict.aside = job->claim.event.id;
	if (job->access_token && outcome_is_success(outcome))
		authorizer_accepted(cycle->authorizer, job);
	/* A token that was kept may have been withdrawn: at once, with a new one, whatever the
	 * schedule. */
	if (job->access_token && outcome->http_status == UNAUTHORIZED &&
	    authorizer_refused(cycle->authorizer, job)) {
		verdict.state = DELIVERY_PENDING;
		verdict.retry_at = cycle->now;
	}
	return verdict;
}

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

/* ---- what it means for the endpoint ---- */

static struct context context_of(const struct cycle *cycle, const char *account)
{
	return context_for_clockwork(cycle->config->keyring, cycle->session, cycle->arena, account,
				     cycle->shown, cycle->now);
}

static bool endpoint_stop_and_tell(struct cycle *cycle, const struct endpoint *endpoint,
				   const char *reason, struct error *err)
{
	const struct context context = context_of(cycle, endpoint->account);
	bool stopped;

	txn_announce(cycle->txn, STORE_TOPIC_ENDPOINT);
	return endpoint_stop(txn_db(cycle->txn), endpoint, reason, cycle->shown, &stopped, err) &&
	       (!stopped || notice_endpoint_stopped(&context, cycle->txn, endpoint, reason, err));
}

/* Told first, and disabled later. */
static bool long_failure_judge(struct cycle *cycle, const struct endpoint *endpoint,
			       const struct endpoint_health *health, struct error *err)
{
	const struct context context = context_of(cycle, endpoint->account);
	double limit_us = (double)cycle->config->disable_after.us / cycle->config->retry_scale;
	double failing_us = (double)wall_since(cycle->now, health->failing_since).us;
	double warned_us = (double)wall_since(cycle->now, health->warned).us;
	bool first;

	if (limit_us <= 0 || failing_us < limit_us * (1 - WARNING_SHARE))
		return true;
	if (health->warned.us && failing_us >= limit_us && warned_us >= limit_us * WARNING_SHARE)
		return endpoint_stop_and_tell(cycle, endpoint, "FAILING", err);
	if (health->warned.us)
		return true;
	struct wall_time until = wall_add(cycle->now,
					  duration_us((int64_t)(limit_us * WARNING_SHARE)));
	return endpoint_warn(txn_db(cycle->txn), endpoint, cycle->now, &first, err) &&
	       (!first ||
		notice_endpoint_failing(&context, cycle->txn, endpoint,
					session_shown(cycle->session, health->failing_since),
					session_shown(cycle->session, until), err));
}

/* What the claim says of the endpoint's health may be old: another attempt, or another node, has
 * seen it since. */
static bool failure_keep(struct cycle *cycle, const struct endpoint *endpoint, struct error *err)
{
	struct endpoint_health health;

	roster_set_known_failing(cycle->roster, endpoint->account, endpoint->id, true);
	return endpoint_note_failure(txn_db(cycle->txn), endpoint, cycle->now, &health, err) &&
	       long_failure_judge(cycle, endpoint, &health, err);
}

/* Written down only when the store may say otherwise. */
static bool success_keep(struct cycle *cycle, const struct endpoint *endpoint, bool was_failing,
			 struct error *err)
{
	if (!was_failing && !roster_known_failing(cycle->roster, endpoint->account, endpoint->id))
		return true;
	roster_set_known_failing(cycle->roster, endpoint->account, endpoint->id, false);
	return endpoint_note_success(txn_db(cycle->txn), endpoint, err);
}

/* As it was sent; or would have been, when it did not come so far. */
static struct bytes body_of(const struct cycle *cycle, const struct job *job)
{
	return job->sending.body.data
		       ? job->sending.body
		       : payload_build_as(cycle->arena, &job->claim.event, job->options.format)
				 .body;
}

/* Mails the sender about a permanent failure, unless there were too many such mails. */
static bool failure_tell(struct cycle *cycle, const struct job *job, struct error *err)
{
	const struct event *event = &job->claim.event;
	const struct endpoint *endpoint = &job->claim.endpoint;
	const struct context context = context_of(cycle, event->account);

	if (!job->options.failure_mails ||
	    !roster_may_mail(cycle->roster, event->account, endpoint->id, cycle->now))
		return true;
	return notice_delivery_failed(&context, cycle->txn, event, endpoint, job_outcome_text(job),
				      body_of(cycle, job), err);
}

/* Of one attempt that failed. */
static bool failure_draw(struct cycle *cycle, size_t i, struct error *err)
{
	const struct job *job = cycle->outcomes[i];

	if (outcome_is_gone(&job->sending.outcome) &&
	    !endpoint_stop_and_tell(cycle, &job->claim.endpoint, "GONE", err))
		return false;
	return cycle->verdicts[i].state != DELIVERY_FAILED || failure_tell(cycle, job, err);
}

/* Of all that went to one endpoint: among them a success is what counts for its health. */
static bool consequences_draw(struct cycle *cycle, const size_t *outcomes, size_t count,
			      struct error *err)
{
	const struct endpoint *endpoint = &cycle->outcomes[outcomes[0]]->claim.endpoint;
	bool succeeded = false, was_failing = false;

	for (size_t n = 0; n < count; n++) {
		succeeded |= cycle->verdicts[outcomes[n]].state == DELIVERY_DELIVERED;
		was_failing |= cycle->outcomes[outcomes[n]]->claim.endpoint.failing_since.us != 0;
	}
	if (!(succeeded ? success_keep(cycle, endpoint, was_failing, err)
			: failure_keep(cycle, endpoint, err)))
		return false;
	for (size_t n = 0; n < count; n++) {
		if (!failure_draw(cycle, outcomes[n], err))
			return false;
	}
	return true;
}

/* ---- all of them ---- */

static void roster_tell(struct cycle *cycle, struct job *job, bool is_attempt)
{
	const char *account = job->claim.event.account, *endpoint = job->claim.endpoint.id;
	const struct outcome *outcome = &job->sending.outcome;
	const struct result result = {
		.delivered = outcome_is_success(outcome),
		.trouble = outcome_is_trouble(outcome),
		.took = job->sending.took,
		.retry_after = outcome_is_trouble(outcome) ? outcome->retry_after : duration_s(0),
	};

	if (job->noted)
		return;
	job->noted = true;
	if (is_attempt)
		job->change = roster_note(cycle->roster, account, endpoint, &result, cycle->now,
					  random_unit());
	else
		roster_withdraw(cycle->roster, account, endpoint);
}

/* Its endpoint may have been disabled during the request; then no lane waits. */
static void failure_wait(struct cycle *cycle, const struct job *job, struct wall_time retry_at)
{
	roster_wait(cycle->roster, job->claim.event.account, job->claim.endpoint.id, retry_at);
	if (wall_since(cycle->now, cycle->queue->changed).us < cycle_lease(cycle->config).us)
		cycle->queue->may_be_stopped = true;
}

static bool outcome_record(struct cycle *cycle, size_t i, struct error *err)
{
	struct job *job = cycle->outcomes[i];
	struct db *db = txn_db(cycle->txn);
	const struct lane_lease lease = cycle_lane_lease(cycle);
	struct claim next;
	bool has_next;

	roster_tell(cycle, job, true);
	cycle->verdicts[i] = verdict_make(cycle, job);
	if (!attempt_record(db, cycle->arena, &cycle->verdicts[i], &lease, &next, &has_next,
			    &cycle->stale[i], err))
		return false;
	if (!cycle->stale[i] && cycle->verdicts[i].state == DELIVERY_PENDING)
		failure_wait(cycle, job, cycle->verdicts[i].retry_at);
	return !has_next || cycle_admit(cycle, &next, err);
}

static bool lane_give_back(struct cycle *cycle, struct job *job, struct error *err)
{
	struct wall_time due = job->put_off ? job->put_off_until : cycle->now;

	if (outcome_is_ours(&job->sending.outcome))
		due = wall_add(cycle->now, duration_s(SHORTAGE_WAIT_S));

	roster_tell(cycle, job, false);
	roster_wait(cycle->roster, job->claim.event.account, job->claim.endpoint.id, due);
	return lane_put_off(txn_db(cycle->txn), &job->claim, due, err);
}

bool cycle_record_outcomes(struct cycle *cycle, struct error *err)
{
	qsort(cycle->outcomes, cycle->outcome_count, sizeof(struct job *), job_compare);
	for (size_t i = 0; i < cycle->outcome_count; i++) {
		struct job *job = cycle->outcomes[i];
		if (!(job_is_attempt(job) ? outcome_record(cycle, i, err)
					  : lane_give_back(cycle, job, err)))
			return false;
	}
	return true;
}

static int endpoint_compare(const void *a, const void *b, void *outcomes)
{
	struct job *const *jobs = outcomes;
	const struct endpoint *one = &jobs[*(const size_t *)a]->claim.endpoint;
	const struct endpoint *other = &jobs[*(const size_t *)b]->claim.endpoint;
	int by_account = strcmp(one->account, other->account);

	return by_account ? by_account : strcmp(one->id, other->id);
}

bool cycle_draw_consequences(struct cycle *cycle, struct error *err)
{
	size_t order[OUTCOME_BATCH_MAX], count = 0, part;

	for (size_t i = 0; i < cycle->outcome_count; i++) {
		const struct job *job = cycle->outcomes[i];
		if (job_is_attempt(job) && !cycle->stale[i])
			order[count++] = i;
	}
	qsort_r(order, count, sizeof(*order), endpoint_compare, cycle->outcomes);
	for (size_t n = 0; n < count; n += part) {
		for (part = 1; n + part < count &&
			       endpoint_compare(&order[n], &order[n + part], cycle->outcomes) == 0;)
			part++;
		if (!consequences_draw(cycle, &order[n], part, err))
			return false;
	}
	return true;
}
