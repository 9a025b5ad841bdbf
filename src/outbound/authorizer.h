/* authorizer.h – obtains access tokens for endpoints with OAuth 2.0. Inside src/outbound only.
 *
 * It requests one token for all deliveries that need it, keeps it until shortly before it
 * expires, and drops it when a receiver rejects it. Access tokens are in memory only.
 *
 * A refresh token that its server replaces is stored before the new access token is used. While
 * one node exchanges it, other nodes wait (a lease in the endpoint's row), so that no refresh
 * token is used twice. Belongs to the ledger's thread. */
#ifndef GREFFIER_OUTBOUND_AUTHORIZER_H
#define GREFFIER_OUTBOUND_AUTHORIZER_H

#include "outbound/job.h"

struct authorizer;

struct authorizer_links {
	void (*send)(struct sending *sending, void *arg);
	/* Called on the sender's thread when a token request has ended. Pass the sending to
	 * authorizer_answer on the ledger's thread. */
	void (*on_answer)(struct sending *sending, void *arg);
	void *arg;
};

struct authorizer *authorizer_new(const struct outbound_config *config, struct session *session,
				  const struct authorizer_links *links);
void authorizer_free(struct authorizer *authorizer); /* no request may be in progress */

enum authorization {
	AUTHORIZATION_READY,  /* the job has its token, or needs none */
	AUTHORIZATION_WAITS,  /* the authorizer keeps the job; authorizer_answer returns it */
	AUTHORIZATION_FAILED, /* the job's outcome says why, or it must be postponed */
};
/* Gets a token for the job. `now` is queue time (store_clock.h), here and below. */
enum authorization authorizer_ask(struct authorizer *authorizer, struct job *job,
				  struct wall_time now);
/* Takes the answer and returns the jobs that waited for it: each has its token, or the outcome
 * of a failed attempt. Returns false when the store refuses; nothing is taken then, and the call
 * must be repeated. */
MUST_CHECK bool authorizer_answer(struct authorizer *authorizer, struct sending *answer,
				  struct wall_time now, struct sending **ret_jobs, struct error *err);
/* Records that a receiver accepted the job's token. */
void authorizer_accepted(struct authorizer *authorizer, const struct job *job);
/* Records that a receiver rejected the job's token. Returns true when an immediate retry with a
 * new token makes sense: a receiver accepted this token earlier. If no receiver ever did, a new
 * token would be rejected too. */
bool authorizer_refused(struct authorizer *authorizer, const struct job *job);

#endif
