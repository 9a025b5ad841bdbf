/* cycle.c – see cycle.h. Lanes are locked in one order (verdict_compare), so that two nodes cannot
 * block one another. */
#include "outbound/cycle.h"

#include <stdlib.h>

#include "base/ensure.h"
#include "base/log.h"
#include "crypto/random.h"

/* A lease outlives the longest attempt by this much: time for the verdict to be recorded. */
#define LEASE_MARGIN_S 30

static struct duration lease_of(const struct cycle *cycle)
{
	return duration_us(cycle->config->request_timeout.us + duration_s(LEASE_MARGIN_S).us);
}

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
				   cycle->config->retry_scale, &verdict.retry_at);
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

static void next_due_note(struct queue_view *queue, struct wall_time due)
{
	if (due.us < queue->next_due.us)
		queue->next_due = due;
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
				    lease_of(cycle), &cycle->claims[cycle->claim_count], &has_next,
				    &cycle->stale[i], err))
			return false;
		cycle->claim_count += has_next;
		if (cycle->verdicts[i].state == DELIVERY_PENDING)
			next_due_note(cycle->queue, cycle->verdicts[i].retry_at);
	}
	return true;
}

static size_t capacity_left(const struct cycle *cycle)
{
	/* What comes back in this cycle makes room; the next heads of its lanes take some. */
	size_t busy = cycle->in_flight - cycle->outcome_count + cycle->claim_count;
	size_t limit = cycle->config->in_flight_limit;
	size_t left = busy < limit ? limit - busy : 0;

	return left < CLAIM_BATCH_MAX ? left : CLAIM_BATCH_MAX;
}

static bool due_claim(struct cycle *cycle, struct db *db, struct error *err)
{
	size_t limit = capacity_left(cycle), count;
	struct claim *claims;
	bool any;

	if (!cycle->queue->may_be_due || cycle->quiescing || limit == 0)
		return true;
	if (!lane_claim_due(db, cycle->arena, cycle->config->node, cycle->now, lease_of(cycle),
			    limit, &claims, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		cycle->claims[cycle->claim_count++] = claims[i];
	cycle->queue->may_be_due = count == limit;
	if (cycle->queue->may_be_due)
		return true;
	if (!lane_next_due(db, &cycle->queue->next_due, &any, err))
		return false;
	if (!any)
		cycle->queue->next_due = wall_from_us(INT64_MAX);
	/* A node that dies wakes nobody: others look after the lease it may have taken meanwhile
	 * has ended. */
	if (store_is_postgresql(cycle->config->store))
		next_due_note(cycle->queue, wall_add(cycle->now, lease_of(cycle)));
	return true;
}

/* Claims for endpoints that fail and have their share under way are given back, due a little later;
 * when the server is about to stop, all are. */
static bool claims_admit(struct cycle *cycle, struct db *db, struct error *err)
{
	struct health *health = cycle->health;
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
		next_due_note(cycle->queue, due);
		ok = lane_release(db, claim, due, err);
	}
	cycle->claim_count = kept;
	return ok;
}

bool cycle_commit(struct cycle *cycle, struct error *err)
{
	size_t admitted = 0;

	qsort(cycle->outcomes, cycle->outcome_count, sizeof(struct job *), job_compare);
	scoped(txn) struct txn *txn = txn_begin(cycle->session, err);
	bool ok = txn && outcomes_record(cycle, txn_db(txn), err) &&
		  due_claim(cycle, txn_db(txn), err);
	if (ok) {
		ok = claims_admit(cycle, txn_db(txn), err);
		admitted = cycle->claim_count;
	}
	if (ok && txn_commit(&txn, err))
		return true;
	for (size_t i = 0; i < admitted; i++)
		health_withdraw(cycle->health, cycle->claims[i].event.account,
				cycle->claims[i].endpoint.id);
	return false;
}

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

void cycle_forget_outcomes(struct cycle *cycle)
{
	struct health *health = cycle->health;

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
