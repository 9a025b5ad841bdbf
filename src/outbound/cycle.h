/* cycle.h – one transaction of the ledger: records the outcomes that have come in, claims what is due and can be sent. Told the
 * time. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_CYCLE_H
#define GREFFIER_OUTBOUND_CYCLE_H

#include "outbound/authorizer.h"
#include "outbound/job.h"
#include "outbound/roster.h"
#include "outbound/tally.h"

#define CLAIM_BATCH_MAX 256
#define OUTCOME_BATCH_MAX 256

/* What is known of the store's queue between two cycles. */
struct queue_view {
	bool may_be_fresh;           /* worth asking the store for fresh lanes */
	bool may_be_far;             /* the same for lanes that wait for longer than any schedule says: at the start */
	bool may_be_stopped;         /* the same for lanes of endpoints that were disabled or deleted */
	/* Queue times (store_clock.h). */
	struct wall_time changed;    /* when endpoints last were: an attempt that began before may come back since */
	struct wall_time next_look;  /* when to look for what other nodes have left behind; 0: now */
	struct wall_time next_sweep; /* when to ask for which endpoints something waits; 0: now */
};

struct cycle {
	/* Given. */
	const struct outbound_config *config;
	struct session *session;
	struct roster *roster;
	struct authorizer *authorizer;
	struct queue_view *queue;
	struct tally *tally; /* NULL: nothing is counted */
	struct arena *arena;
	struct wall_time now;        /* queue time */
	struct wall_time shown;      /* store time: of what people see */
	struct wall_time lease_over; /* store_leases_over */
	struct mono_time begun; /* before the transaction: leases count from then at the latest */
	unsigned in_flight; /* jobs under way, those in `outcomes` included */
	bool quiescing;     /* nothing more is to be sent */
	bool finishing;     /* nothing more comes back either: all statistics are written */
	struct job *outcomes[OUTCOME_BATCH_MAX];
	size_t outcome_count;
	/* Found. */
	struct txn *txn;
	bool stale[OUTCOME_BATCH_MAX];
	struct verdict_record verdicts[OUTCOME_BATCH_MAX]; /* of those that were attempts */
	struct claim claims[OUTCOME_BATCH_MAX + CLAIM_BATCH_MAX]; /* to be sent after the commit */
	size_t claim_count;
	struct lease lease; /* of all claims */
};

/* False: nothing was stored, the outcomes must be recorded again. */
MUST_CHECK bool cycle_commit(struct cycle *cycle, struct error *err);
/* After a commit: tells the operator what became of endpoints, counts the outcomes and frees them. */
void cycle_forget_outcomes(struct cycle *cycle);

/* outcomes.c: records the outcomes; the next heads of their lanes go through cycle_admit. */
MUST_CHECK bool cycle_record_outcomes(struct cycle *cycle, struct error *err);
/* And what they mean for their endpoints, which are locked in the order of their keys, after all lanes. */
MUST_CHECK bool cycle_draw_consequences(struct cycle *cycle, struct error *err);
/* claims.c: keeps the claim, to be sent after the commit, or gives its lane back to wait for its turn. */
MUST_CHECK bool cycle_admit(struct cycle *cycle, const struct claim *claim, struct error *err);
MUST_CHECK bool cycle_claim(struct cycle *cycle, struct error *err);

/* A lease outlives the longest attempt by the sum of these: time for a token to be fetched before it, and for the verdict to be
 * recorded after it. */
#define LEASE_START_S 50 /* after the claim, no request begins (lease_stands) */
#define LEASE_RECORD_S 10
struct duration cycle_lease(const struct outbound_config *config);
struct lane_lease cycle_lane_lease(const struct cycle *cycle);

#endif
