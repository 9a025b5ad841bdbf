/* cycle.h – one transaction of the ledger: records the outcomes that have come in, claims what is due. Inside src/outbound
 * only. */
#ifndef GREFFIER_OUTBOUND_CYCLE_H
#define GREFFIER_OUTBOUND_CYCLE_H

#include "outbound/health.h"
#include "outbound/job.h"

#define CLAIM_BATCH_MAX 256
#define OUTCOME_BATCH_MAX 256

/* What is known of the store's queue between two cycles. */
struct queue_view {
	bool may_be_due;           /* worth asking the store */
	struct wall_time next_due; /* when it will be */
};

struct cycle {
	/* Given. */
	const struct outbound_config *config;
	struct session *session;
	struct health *health;
	struct queue_view *queue;
	struct arena *arena;
	struct wall_time now;
	unsigned in_flight; /* requests under way, those in `outcomes` included */
	bool quiescing;     /* nothing more is to be sent */
	struct job *outcomes[OUTCOME_BATCH_MAX];
	size_t outcome_count;
	/* Found. */
	bool stale[OUTCOME_BATCH_MAX];
	struct verdict_record verdicts[OUTCOME_BATCH_MAX]; /* of those not abandoned */
	struct claim claims[OUTCOME_BATCH_MAX + CLAIM_BATCH_MAX]; /* to be sent after the commit */
	size_t claim_count;
};

/* False: nothing was stored, the outcomes must be recorded again. */
MUST_CHECK bool cycle_commit(struct cycle *cycle, struct error *err);
/* After a commit: tells the operator what became of endpoints, and frees the outcomes. */
void cycle_forget_outcomes(struct cycle *cycle);

#endif
