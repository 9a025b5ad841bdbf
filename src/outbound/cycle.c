/* cycle.c – see cycle.h. Lanes are locked in one order (verdict_compare), so that two nodes cannot
 * block one another. */
#include "outbound/cycle.h"

#include "base/log.h"
#include "notify/endpoint_hidden.h"

static bool statistics_write(struct cycle *cycle, struct error *err)
{
	return !cycle->tally ||
	       tally_write(cycle->tally, txn_db(cycle->txn), cycle->now, cycle->finishing, err);
}

static void statistics_settle(struct cycle *cycle, bool written)
{
	if (cycle->tally)
		tally_settle(cycle->tally, cycle->now, written);
}

bool cycle_commit(struct cycle *cycle, struct error *err)
{
	scoped(txn) struct txn *txn = txn_begin(cycle->session, err);

	cycle->txn = txn;
	/* The transaction has one connection: what stands for the node while it runs. */
	cycle->lease = (struct lease){
		.session = cycle->session,
		.standing = session_standing(cycle->session),
		.last_start = {cycle->begun.us + duration_s(LEASE_START_S).us},
	};
	if (txn && cycle_record_outcomes(cycle, err) && cycle_claim(cycle, err) &&
	    cycle_draw_consequences(cycle, err) && statistics_write(cycle, err) &&
	    txn_commit(&txn, err)) {
		statistics_settle(cycle, true);
		return true;
	}
	statistics_settle(cycle, err->code == ERROR_COMMIT_UNKNOWN);
	/* What the roster believes may be wrong now: of lanes that wait, and of endpoints that have
	 * recovered. The store is asked again. */
	for (size_t i = 0; i < cycle->outcome_count; i++)
		roster_set_known_failing(cycle->roster, cycle->outcomes[i]->claim.event.account,
					 cycle->outcomes[i]->claim.endpoint.id, true);
	cycle->queue->next_look = cycle->queue->next_sweep = wall_from_us(0);
	cycle->queue->may_be_fresh = cycle->queue->may_be_stopped = true;
	for (size_t i = 0; i < cycle->claim_count; i++)
		roster_withdraw(cycle->roster, cycle->claims[i].event.account,
				cycle->claims[i].endpoint.id);
	return false;
}

static void outcome_log(const struct job *job, const struct verdict_record *verdict)
{
	const struct endpoint *endpoint = &job->claim.endpoint;

	if (verdict->state == DELIVERY_FAILED)
		log_warn(
			"sender",
			"endpoint %s of account %s: event %s (%s) failed permanently after %lld "
			"attempts, last with %s; see GET /api/notifications/deliveries?state=FAILED",
			endpoint->id, endpoint->account, job->claim.event.id, job->claim.event.type,
			(long long)job->claim.attempts + 1, job_outcome_text(job));
	else if (job->change == HEALTH_BEGAN_FAILING)
		log_warn(
			"sender",
			"endpoint %s of account %s (%s) fails with %s; its notifications are queued "
			"and will be retried",
			endpoint->id, endpoint->account,
			url_masked(job->sending.arena, endpoint->url), job_outcome_text(job));
	if (job->change == HEALTH_RECOVERED)
		log_info("sender", "endpoint %s of account %s accepts notifications again",
			 endpoint->id, endpoint->account);
}

void cycle_forget_outcomes(struct cycle *cycle)
{
	for (size_t i = 0; i < cycle->outcome_count; i++) {
		struct job *job = cycle->outcomes[i];
		if (job_is_attempt(job)) {
			outcome_log(job, &cycle->verdicts[i]);
			if (cycle->tally)
				tally_note(cycle->tally, job, &cycle->verdicts[i], cycle->stale[i],
					   cycle->shown, cycle->now);
			if (cycle->stale[i])
				log_warn(
					"ledger",
					"the result of an attempt of event %s came too late: its lease "
					"had expired, or the event was cancelled or expunged",
					job->claim.event.id);
		}
		sending_free(&job->sending);
	}
}
