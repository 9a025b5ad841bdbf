/* steps.c – see steps.h. */
#include "notify/steps.h"

#include "notify/endpoint_hidden.h"
#include "notify/replay.h"
#include "notify/statistics.h"
#include "store/search_text.h"
#include "store/store_clock.h"

#define SEARCH_TEXTS_S 600
#define ENDPOINTS_S 60
#define EVENTS_S 2 /* events of so long are counted together */
#define QUEUES_S 60
#define STATISTICS_PRUNE_S 600

static bool fan_outs_run(void *arg, struct session *session, struct wall_time now,
			 struct wall_time *ret_next, struct error *err)
{
	struct notify_steps *steps = arg;

	return fan_out_step(session, &steps->fan_outs, now, ret_next, err);
}

static bool replays_run(void *arg, struct session *session, struct wall_time now,
			struct wall_time *ret_next, struct error *err)
{
	return replay_step(session, now, ret_next, err);
}

static bool retention_run(void *arg, struct session *session, struct wall_time now,
			  struct wall_time *ret_next, struct error *err)
{
	const struct notify_steps *steps = arg;
	struct wall_time store_now = session_now(session), next;

	if (!retention_step(session, &steps->retention, store_now, &next, err))
		return false;
	*ret_next = wall_add(now, wall_since(next, store_now));
	return true;
}

/* Only nodes of version 0.3 leave work here: rows that were there, and those they write meanwhile.
 */
static bool search_texts_run(void *arg, struct session *session, struct wall_time now,
			     struct wall_time *ret_next, struct error *err)
{
	bool more;

	if (!search_texts_fill(session, &more, err))
		return false;
	*ret_next = wall_add(now, duration_s(more ? 0 : SEARCH_TEXTS_S));
	return true;
}

/* The same of what endpoints show. */
static bool endpoints_run(void *arg, struct session *session, struct wall_time now,
			  struct wall_time *ret_next, struct error *err)
{
	const struct notify_steps *steps = arg;
	bool more;

	if (!endpoints_conceal_step(session, steps->keyring, &more, err))
		return false;
	*ret_next = wall_add(now, duration_s(more ? 0 : ENDPOINTS_S));
	return true;
}

static bool event_counts_run(void *arg, struct session *session, struct wall_time now,
			     struct wall_time *ret_next, struct error *err)
{
	bool more;

	if (!statistics_count_events(session, &more, err))
		return false;
	*ret_next = more ? now : wall_from_us(0);
	return true;
}

static bool queue_samples_run(void *arg, struct session *session, struct wall_time now,
			      struct wall_time *ret_next, struct error *err)
{
	*ret_next = wall_add(now, duration_s(QUEUES_S));
	return statistics_sample_queues(session, session_now(session), now, err);
}

static bool statistics_run(void *arg, struct session *session, struct wall_time now,
			   struct wall_time *ret_next, struct error *err)
{
	*ret_next = wall_add(now, duration_s(STATISTICS_PRUNE_S));
	return statistics_prune(session, session_now(session), err);
}

void notify_steps_add(struct notify_steps *steps, struct clockwork *clockwork)
{
	const unsigned job_left = BIT(STORE_TOPIC_CLOCKWORK);
	const unsigned event_raised = BIT(STORE_TOPIC_DUE) | BIT(STORE_TOPIC_EVENT);
	const struct clockwork_step all[] = {
		{.name = "fan-outs", .run = fan_outs_run, .topics = job_left},
		{.name = "replays", .run = replays_run, .topics = job_left},
		{.name = "retention", .run = retention_run, .needs_settled_clock = true},
		{.name = "search texts", .run = search_texts_run},
		{.name = "endpoints", .run = endpoints_run},
		{.name = "event counts",
		 .run = event_counts_run,
		 .topics = event_raised,
		 .gather = duration_s(EVENTS_S)},
		{.name = "queue samples", .run = queue_samples_run},
		{.name = "statistics", .run = statistics_run, .needs_settled_clock = true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct clockwork_step step = all[i];
		step.arg = steps;
		clockwork_add(clockwork, &step);
	}
}
