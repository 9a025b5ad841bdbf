/* job.h – one attempt: a sending together with the claim that it serves, or a probe without a
 * claim. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_JOB_H
#define GREFFIER_OUTBOUND_JOB_H

#include "base/ensure.h"
#include "notify/endpoint_options.h"
#include "outbound/outbound.h"
#include "outbound/roster.h"
#include "outbound/sending.h"
#include "store/delivery_store.h"

#define JOB_REPLY_KEPT_MAX 1024 /* bytes of a reply in the attempt's record */

struct job {
	struct sending sending; /* first member: a job is a sending */
	struct claim claim;
	struct lease lease; /* lease of the claim */
	struct endpoint_options options;
	const char *access_token; /* NULL: the endpoint needs none */
	bool token_is_fresh;      /* no receiver has accepted it yet */
	const char *request_head;
	/* Not sent, and not counted as an attempt: the lane is released until `put_off_until`. */
	bool put_off;
	struct wall_time put_off_until; /* queue time */
	/* A probe: neither claimed nor recorded; its result goes to the caller. NULL: a
	 * delivery. */
	void (*on_probed)(struct probe_result *result, void *arg);
	void *arg;
	bool is_forged;
	bool is_draft; /* it tests settings that are not stored: probe.h */
	/* What the roster concluded. It is told once, even if the store refuses several times. */
	bool noted;
	enum health_change change;
};

static inline struct job *job_of(struct sending *sending)
{
	ensure(sending->kind == SENDING_JOB);
	return (struct job *)(void *)sending;
}

/* Makes a job with its own arena from a copy of the claim. Call job_prepare before sending it. */
struct job *job_new(const struct claim *claim);
/* Builds the request with the store time `now`. Returns false when it cannot be sent; the
 * outcome then says why. */
bool job_prepare(struct job *job, const struct outbound_config *config, struct db *db,
		 struct wall_time now);
/* False when the job does not count as an attempt: it was postponed, aborted by our stop, or
 * this server could not send. */
bool job_is_attempt(const struct job *job);
/* Returns the record of the attempt, without its number, in the job's arena. */
struct attempt job_attempt(const struct job *job);
/* Ends a probe and takes the job; its arena goes to the result. */
void job_probe_finish(struct job *job);
/* "HTTP status 500", "TIMEOUT (ANSWER)": for logs and mails, in the job's arena. */
const char *job_outcome_text(const struct job *job);

#endif
