/* job.h – one attempt to deliver: a sending with the claim it is made for; or a probe, for nobody's claim. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_JOB_H
#define GREFFIER_OUTBOUND_JOB_H

#include "notify/endpoint_options.h"
#include "outbound/outbound.h"
#include "outbound/roster.h"
#include "outbound/sending.h"
#include "store/delivery_store.h"

#define JOB_REPLY_KEPT_MAX 1024 /* bytes of a reply, in the attempt's record */

struct job {
	struct sending sending; /* first: a job is a sending */
	struct claim claim;
	struct lease lease; /* of the claim */
	struct endpoint_options options;
	const char *access_token; /* NULL: the endpoint wants none */
	bool token_is_fresh;      /* no receiver has taken it yet */
	const char *request_head;
	/* Not sent after all, and no attempt: the lane goes back until then. */
	bool put_off;
	struct wall_time put_off_until; /* queue time */
	/* A probe: not claimed, not recorded; its result goes to whoever asked. NULL: a delivery. */
	void (*on_probed)(struct probe_result *result, void *arg);
	void *arg;
	bool is_forged;
	bool is_draft; /* of settings that are not stored: probe.h */
	/* What the roster made of it; told once, however often the store refuses. */
	bool noted;
	enum health_change change;
};

static inline struct job *job_of(struct sending *sending)
{
	return (struct job *)(void *)sending;
}

/* A job of its own arena for a copy of the claim. Not ready to be sent: job_prepare. */
struct job *job_new(const struct claim *claim);
/* Builds the request as of the store time `now`. False when it cannot be sent; the outcome then says why. */
bool job_prepare(struct job *job, const struct outbound_config *config, struct db *db,
		 struct wall_time now);
/* False when it used up none of its delivery's attempts: it was put off, cut by our own stop, or this server could not send. */
bool job_is_attempt(const struct job *job);
/* The attempt as it is recorded, without a number. In the job's arena. */
struct attempt job_attempt(const struct job *job);
/* Ends a probe: takes the job, whose arena goes with the result. */
void job_probe_finish(struct job *job);
/* "HTTP status 500", "TIMEOUT (ANSWER)": for logs and mails. In the job's arena. */
const char *job_outcome_text(const struct job *job);

#endif
