/* authorizer.h – the tokens of endpoints with OAuth 2.0: asks for one, once for all deliveries that wait for it, keeps it until
 * shortly before it expires, and forgets it when a receiver refuses it.
 *
 * Access tokens are in memory only. A refresh token that its server replaces is stored before the new access token is used; while
 * one node exchanges it, the others wait (a lease on the endpoint's row), so that none is ever used twice. Belongs to the
 * ledger's thread. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_AUTHORIZER_H
#define GREFFIER_OUTBOUND_AUTHORIZER_H

#include "outbound/job.h"

struct authorizer;

struct authorizer_links {
	void (*send)(struct sending *sending, void *arg);
	/* A token request has come back; hand it to authorizer_answer on the ledger's thread. On the sender's thread. */
	void (*on_answer)(struct sending *sending, void *arg);
	void *arg;
};

struct authorizer *authorizer_new(const struct outbound_config *config, struct session *session,
				  const struct authorizer_links *links);
void authorizer_free(struct authorizer *authorizer); /* nothing may be under way */

enum authorization {
	AUTHORIZATION_READY,  /* the job has its token, or wants none */
	AUTHORIZATION_WAITS,  /* the authorizer has taken the job: authorizer_answer gives it back */
	AUTHORIZATION_FAILED, /* the job's outcome says why, or it is to be put off */
};
/* `now` is queue time (store_clock.h), here and below. */
enum authorization authorizer_ask(struct authorizer *authorizer, struct job *job,
				  struct wall_time now);
/* Takes the answer and returns the jobs that waited for it, each with its token, or with the outcome of an attempt that got none.
 * False when the store refuses: nothing is taken, try again. */
MUST_CHECK bool authorizer_answer(struct authorizer *authorizer, struct sending *answer,
				  struct wall_time now, struct sending **ret_jobs, struct error *err);
/* A receiver has taken the job's token. */
void authorizer_accepted(struct authorizer *authorizer, const struct job *job);
/* A receiver has refused the job's token. True when it is worth trying at once with a new one: when the token had been taken
 * before. One that nobody ever took would be followed by others like it. */
bool authorizer_refused(struct authorizer *authorizer, const struct job *job);

#endif
