/* cycle.h – one transaction of the ledger: records the outcomes that have arrived, and claims
 * deliveries that are due and can be sent. Reads no clock. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_CYCLE_H
#define GREFFIER_OUTBOUND_CYCLE_H

#include "outbound/authorizer.h"
#include "outbound/job.h"
#include "outbound/roster.h"
#include "outbound/tally.h"

#define CLAIM_BATCH_MAX 256
#define OUTCOME_BATCH_MAX 256

/* What the ledger remembers of the store's queue between two cycles. */
struct queue_view {
	bool may_be_fresh;           /* the store may have fresh lanes */
	/* There may be lanes that wait longer than any schedule says; true at the start. */
	bool may_be_far;
	bool may_be_stopped;         /* there may be lanes of disabled or deleted endpoints */
	/* Queue times (store_clock.h). */
	/* Time of the last endpoint change. Attempts started before it may still return for an
	 * endpoint that is now disabled. */
	struct wall_time changed;
	struct wall_time next_look;  /* when to look for lanes that other nodes left; 0: now */
	struct wall_time next_sweep; /* when to ask which endpoints have waiting lanes; 0: now */
};

struct cycle {
	/* Input. */
	const struct outbound_config *config;
	struct session *session;
	struct roster *roster;
	struct authorizer *authorizer;
	struct queue_view *queue;
	struct tally *tally; /* NULL: no statistics */
	struct arena *arena;
	struct wall_time now;        /* queue time */
	struct wall_time shown;      /* store time, for what people see */
	struct wall_time lease_over; /* store_leases_over */
	struct mono_time begun; /* a time before the transaction: leases start no later */
	unsigned in_flight; /* jobs in progress, including those in `outcomes` */
	bool quiescing;     /* nothing more may be sent */
	bool finishing;     /* nothing more will return: write all statistics */
	struct job *outcomes[OUTCOME_BATCH_MAX];
	size_t outcome_count;
	/* Results. */
	struct txn *txn;
	bool stale[OUTCOME_BATCH_MAX];
	struct verdict_record verdicts[OUTCOME_BATCH_MAX]; /* of the outcomes that were attempts */
	struct claim claims[OUTCOME_BATCH_MAX + CLAIM_BATCH_MAX]; /* to be sent after the commit */
	size_t claim_count;
	struct lease lease; /* of all claims */
};

/* Runs the transaction. Returns false when nothing was stored; the outcomes must be recorded
 * again. */
MUST_CHECK bool cycle_commit(struct cycle *cycle, struct error *err);
/* After a commit: logs changes of endpoints' health, counts the outcomes and frees them. */
void cycle_forget_outcomes(struct cycle *cycle);

/* outcomes.c: records the outcomes and passes the next heads of their lanes to cycle_admit. */
MUST_CHECK bool cycle_record_outcomes(struct cycle *cycle, struct error *err);
/* Applies the consequences to the endpoints, which are locked in the order of their keys and
 * after all lanes. */
MUST_CHECK bool cycle_draw_consequences(struct cycle *cycle, struct error *err);
/* claims.c: keeps the claim for sending after the commit, or releases its lane to wait for its
 * turn. */
MUST_CHECK bool cycle_admit(struct cycle *cycle, const struct claim *claim, struct error *err);
MUST_CHECK bool cycle_claim(struct cycle *cycle, struct error *err);

/* A lease lasts longer than the longest attempt by these two times: for getting a token before
 * it, and for recording the verdict after it. */
#define LEASE_START_S 50 /* after the claim; later no request begins (lease_stands) */
#define LEASE_RECORD_S 10
struct duration cycle_lease(const struct outbound_config *config);
struct lane_lease cycle_lane_lease(const struct cycle *cycle);

#endif
