/* job.h – a request on its way from the loop to its handler and back. dispatch.c runs it;
 * standing.c keeps it while its call waits. Inside src/api only. */
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
	struct route *routes; /* api_routes in the router's form */
	struct pools pools;
	struct waits *waits;
	struct installation_facts facts;
	/* List of calls that wait or run again after a wait; belongs to the loop. */
	struct job *standing;
};

/* Lives in the request's arena. */
struct job {
	struct api *api;
	const struct api_route *route;
	struct http_exchange *exchange;
	struct http_request *request;
	/* Memory of one run: the request's arena, or a new one for each run of a waiting call,
	 * so that a long stream needs no more memory than a short one. */
	struct arena *arena;
	/* The head was admitted before the body arrived: the call is not counted again. */
	bool admitted;
	struct http_response admission; /* the headers set by admission; in the request's arena */
	/* Data about a client app's call (access/accounts/usage.h). */
	struct mono_time begun; /* when the head had arrived */
	struct wall_time at;    /* store time of the first run */
	char client_id[CLIENT_ID_LENGTH_MAX + 1]; /* "": not a client app */
	bool is_let_in, is_noted;
	bool done;
	struct http_response response;
	struct error err; /* set unless done */
	struct settle settle;
	struct version version;
	/* For a call that waits (ROUTE_WAITS). */
	struct call_wait standing;
	struct wait wait;
	uint64_t news; /* value at the start of the last run */
	struct job *next_standing, **standing_link; /* NULL: not waiting */
	bool is_streaming, is_flushing;
};

/* Runs the job on a worker, with a store session as its context. */
void job_run(void *session, void *job);
/* Makes the call for one run; `request` uses the run's arena. */
struct call job_call(struct job *job, const struct http_request *request, struct session *session);
/* Returns the key of its turn in a pool's queue: the caller's account or, while that is unknown,
 * the previous user of the connection. */
uint64_t job_turn(const struct job *job);
/* Records which app makes the call; after each admission. */
void job_remember_app(struct job *job, const struct call *call);
/* Counts the call of a client app once, with the status of job->response. */
void job_note(struct job *job);
/* Ends the call with an error. From any thread. */
void job_refuse(struct job *job, const struct error *err);

/* Lets the call wait as its handler asked. On the worker that ran it. */
void job_stand(struct job *job);
/* Ends the call with job->response, which is taken. From any thread. */
void job_answer(struct job *job);

#endif
