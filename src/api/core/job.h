/* job.h – a request on its way from the loop to its handler and back. Inside src/api only: dispatch.c runs it, standing.c keeps it
 * while its call waits. */
#ifndef GREFFIER_API_JOB_H
#define GREFFIER_API_JOB_H

#include "api/api.h"
#include "api/core/operation.h"
#include "api/core/routes.h"
#include "api/core/waits.h"
#include "http/router.h"

struct api {
	struct api_config config;
	struct router *router;
	struct route *routes; /* api_routes, in the router's form */
	struct pools pools;
	struct waits *waits;
	struct installation_facts facts;
	struct job *standing; /* calls that wait, or are run again after a wait: a list, the loop's */
};

/* Lives in the request's arena. */
struct job {
	struct api *api;
	const struct api_route *route;
	struct http_exchange *exchange;
	struct http_request *request;
	/* What the handler made of it, kept until what it rests on is durable. In `arena`: the request's, or one for each run of a
	 * call that waits, so that a stream of days needs no more memory than one of seconds. */
	struct arena *arena;
	bool admitted; /* from its head, before its body came: no second count of the call */
	struct http_response admission; /* the headers that gave; in the request's arena */
	/* What is noted of a client app's call (access/accounts/usage.h). */
	struct mono_time begun; /* its head had come */
	struct wall_time at;    /* the first run, in store time */
	char client_id[CLIENT_ID_LENGTH_MAX + 1]; /* "": no app's */
	bool is_let_in, is_noted;
	bool done;
	struct http_response response;
	struct error err; /* unless done */
	struct settle settle;
	struct version version;
	/* Of a call that waits (ROUTE_WAITS). */
	struct call_wait standing;
	struct wait wait;
	uint64_t news; /* as of the last run's begin */
	struct job *next_standing, **standing_link; /* NULL: it does not stand */
	bool is_streaming, is_flushing;
};

/* On a worker, with a store session as its context. */
void job_run(void *session, void *job);
/* The call of a run of it; `request` with the run's arena. */
struct call job_call(struct job *job, const struct http_request *request, struct session *session);
/* Whose turn it takes in the queue of a pool: its caller's account, or who had proven to use the connection before it. */
uint64_t job_turn(const struct job *job);
/* Keeps whose call it is; after each admission. */
void job_remember_app(struct job *job, const struct call *call);
/* Notes the call of a client app, once, with the status of job->response. */
void job_note(struct job *job);
/* The end of a call: from any thread. */
void job_refuse(struct job *job, const struct error *err);

/* The handler has said that it waits. On the worker that ran it. */
void job_stand(struct job *job);
/* The answer of a call that may have waited; takes job->response. From any thread. */
void job_answer(struct job *job);

#endif
