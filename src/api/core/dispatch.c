/* dispatch.c – from an HTTP request to its handler and back: the one way in, the one place where an
 * error becomes an answer, and where ours are logged. */
#include <stdlib.h>
#include <string.h>

#include "access/identity/password_proof.h"
#include "api/core/admission.h"
#include "api/core/job.h"
#include "api/core/page.h"
#include "base/ensure.h"
#include "base/json.h"
#include "base/log.h"
#include "base/turns.h"
#include "store/store_clock.h"

static void routes_index(struct api *api)
{
	api->routes = calloc(api_route_count, sizeof(*api->routes));
	ensure(api->routes);
	for (size_t i = 0; i < api_route_count; i++)
		api->routes[i] = (struct route){.method = api_routes[i].method,
						.pattern = api_routes[i].pattern,
						.target = &api_routes[i]};
	api->router = router_new(api->routes, api_route_count);
}

struct api *api_start(const struct api_config *config, struct error *err)
{
	struct api *api = calloc(1, sizeof(*api));
	ensure(api);
	api->config = *config;
	routes_index(api);
	if (!pools_start(&api->pools, config->pools, config->store, err)) {
		api_free(api);
		return NULL;
	}
	api->facts = (struct installation_facts){
		.data_folder = config->data_folder, .started = mono_now(), .pools = &api->pools};
	memcpy(api->facts.limits, config->pools, sizeof(api->facts.limits));
	api->waits = waits_new(config->loop, &api->pools);
	return api;
}

void api_events_appended(struct api *api)
{
	waits_tell(api->waits);
}

void api_access_changed(struct api *api)
{
	waits_doubt(api->waits);
}

void api_end_waits(struct api *api)
{
	waits_end(api->waits);
}

void api_stop(struct api *api)
{
	if (!api)
		return;
	pools_drain(&api->pools);
}

void api_free(struct api *api)
{
	if (!api)
		return;
	waits_free(api->waits);
	pools_done(&api->pools);
	router_free(api->router);
	free(api->routes);
	free(api);
}

/* A caller's mistake is the caller's business; ours is the operator's. */
static void error_log(const struct http_request *request, const struct error *err)
{
	if (error_http_status(err->code) < 500)
		return;
	log_error("api", "request %llu from %s: %s %s: %s (%s)", (unsigned long long)request->id,
		  request->remote_address, http_method_name(request->method), request->path,
		  error_message(err->code), err->technical);
}

static void refusal_make(const struct http_request *request, const struct api_route *route,
			 struct http_response *response, const struct error *err)
{
	struct error shown = *err;

	error_log(request, err);
	if (error_http_status(err->code) >= 500)
		shown.technical[0] =
			'\0'; /* the log has it; a stranger need not know our insides */
	if (error_http_status(err->code) == 503)
		http_response_header(response, "Retry-After", "1");
	if (err->code == ERROR_TOO_MANY_REQUESTS)
		http_response_header(response, "Retry-After",
				     arena_printf(request->arena, "%lld", (long long)err->wait_s));
	if (route && (route->flags & ROUTE_OAUTH))
		http_response_oauth_error(response, &shown, oauth_error_name(err->code));
	else
		http_response_error(response, &shown);
}

uint64_t job_turn(const struct job *job)
{
	return job->request->owner ? turns_key(job->request->owner) : job->request->known_as;
}

void job_remember_app(struct job *job, const struct call *call)
{
	if (!*call->actor.client_id)
		return;
	memcpy(job->client_id, call->actor.client_id, sizeof(job->client_id));
	job->is_let_in |= call->actor.is_let_in;
	if (!job->at.us)
		job->at = call->now;
}

void job_note(struct job *job)
{
	if (!*job->client_id || job->is_noted)
		return;
	const struct noted_call noted = {
		.is_let_in = job->is_let_in,
		.at = job->at,
		.method = http_method_name(job->request->method),
		.route = job->route->pattern,
		.status = job->response.status,
		.duration = mono_since(mono_now(), job->begun),
		.address = job->request->client_address,
		.request = job->request->id,
	};
	job->is_noted = true;
	usage_note_call(job->api->config.authenticator.usage, job->client_id, &noted);
}

void job_refuse(struct job *job, const struct error *err)
{
	const bool is_nowhere = !job->route && err->code == ERROR_RESOURCE_NOT_FOUND;

	if (!is_nowhere || !page_not_found(job->request, &job->response))
		refusal_make(job->request, job->route, &job->response, err);
	job_answer(job);
}

/* What the handler has changed is durable, or is not: only now is there an answer. */
static void on_settled(const struct error *err, void *arg)
{
	struct job *job = arg;

	if (!job->done)
		job_refuse(job, &job->err);
	else if (err)
		job_refuse(job, err);
	else
		job_answer(job);
}

static void answer_when_settled(struct job *job, struct session *session)
{
	struct error err = {0};

	job->settle = (struct settle){.on_settled = on_settled, .arg = job};
	switch (session ? session_settle(session, &job->settle, &err) : SETTLE_DURABLE) {
	case SETTLE_DURABLE:
		on_settled(NULL, job);
		break;
	case SETTLE_FAILED:
		on_settled(&err, job);
		break;
	case SETTLE_LATER: /* the job may be gone already */
		break;
	}
}

/* If-Match asks of a read what If-None-Match asks better: here it is for changes. */
static void version_begin(struct job *job)
{
	const struct http_request *request = job->request;

	job->version = (struct version){0};
	if (request->method == HTTP_METHOD_GET || request->method == HTTP_METHOD_HEAD)
		return;
	job->version.if_match = http_request_header_list(request, "If-Match");
	job->version.if_none_match = http_request_header_list(request, "If-None-Match");
}

/* A call that waits is run more than once: each run has an arena and a time of its own. */
static void run_begin(struct job *job)
{
	http_response_done(&job->response); /* of an earlier run */
	job->response = job->admission;
	job->err = (struct error){0};
	version_begin(job);
	if (!(job->route->flags & ROUTE_WAITS))
		return;
	job->arena = arena_new();
	job->standing.what = WAIT_FOR_NOTHING;
	job->news = waits_news(job->api->waits);
	job->standing.now = mono_now();
	if (!job->standing.begun)
		job->standing.since = job->standing.now;
}

struct call job_call(struct job *job, const struct http_request *request, struct session *session)
{
	const struct api_config *config = &job->api->config;

	return (struct call){
		.request = request,
		.arena = job->arena,
		.now = store_now(config->store),
		.queue_now = store_queue_now(config->store),
		.address = request->client_address,
		.authenticator = &config->authenticator,
		.keyring = config->keyring,
		.retention = &config->retention,
		.turns = &config->turns,
		.judge = &config->judge,
		.store = config->store,
		.version = &job->version,
		.facts = &job->api->facts,
		.session = session,
		.actor = actor_nobody(request->client_address),
		.json_values_max = body_kinds[job->route->body].values,
		.goes_on = job->admitted || job->standing.begun,
		.wait = job->route->flags & ROUTE_WAITS ? &job->standing : NULL,
	};
}

static void after_run(void *session, void *arg)
{
	struct call_after *after = arg;

	session_refuse_txns(session, ERROR_NONE);
	session_act_for(session, NULL);
	after->run(session, after->arg);
	free(after);
}

/* When the queue is full it is done at once: it must be done. */
static void after_submit(struct job *job, struct session *session, const struct call_after *todo)
{
	struct error ignored = {0};
	struct call_after *after = malloc(sizeof(*after));

	ensure(after);
	*after = *todo;
	if (!pools_submit(&job->api->pools, job->route->pool, job_turn(job), after_run, after,
			  &ignored))
		after_run(session, after);
}

/* False when the store is needed and there is no session: nothing has been answered then. */
static bool run(struct job *job, struct session *session)
{
	run_begin(job);
	struct http_request request = *job->request;
	request.arena = job->arena;
	struct call call = job_call(job, &request, session);
	enum auth_result auth = admit(&call, job->route, &job->response, &job->err);
	job_remember_app(job, &call);
	if (auth == AUTH_NEEDS_STORE)
		return false;
	if (*call.actor.account && !job->request->owner)
		job->request->owner = arena_strdup(job->request->arena, call.actor.account);
	job->done = auth == AUTH_OK && job->route->handler(&call, &job->response, &job->err);
	if (!job->done && call.needs_store)
		return false;
	if (!job->done && arena_is_short(job->arena))
		(void)error_set(&job->err, ERROR_NO_MEMORY, NULL);
	/* Without this an answer that could not be made would go out as an empty success. */
	if (!job->done && job->err.code == ERROR_NONE)
		(void)error_set(&job->err,
				job->response.status == error_http_status(ERROR_NO_MEMORY)
					? ERROR_NO_MEMORY
					: ERROR_UNEXPECTED,
				"the call failed without an error");
	if (job->done)
		reply_version(&call, &job->response);
	if (job->done && call.after.run)
		after_submit(job, session, &call.after);
	if (job->done && job->standing.what != WAIT_FOR_NOTHING)
		job_stand(job);
	else
		answer_when_settled(job, session);
	return true;
}

void job_run(void *session, void *arg)
{
	ensure(run(arg, session));
}

/* A limit that counts UTF-8, of a body that may be UTF-16. */
static bool body_fits(const struct job *job, struct error *err)
{
	const struct body_kind *kind = &body_kinds[job->route->body];

	return !kind->may_be_utf16 || json_utf8_length(job->request->body) <= kind->limit ||
	       error_set(err, ERROR_BODY_TOO_LARGE, "at most %zu bytes are accepted here",
			 kind->limit);
}

/* On the loop, from memory: what an address has too much of does not stand in the queue before
 * others. */
static bool address_may_guess(struct job *job, struct error *err)
{
	if (!(job->route->flags & ROUTE_GUESSES))
		return true;
	const struct call call = job_call(job, job->request, NULL);
	const struct context context = call_context(&call);
	return password_may_try(&context, err);
}

/* Of the headers that can hold a credential. 0: neither is there. */
static uint64_t credential_key(const struct http_request *request)
{
	return turns_key(http_request_header(request, "Authorization")) ^
	       turns_key(http_request_header(request, "Cookie"));
}

/* On the loop, from memory: a call must not stand in the turn of strangers, nor in that of whoever
 * called last on the connection, which a proxy may share. It is asked even when nobody waits: the
 * next caller finds this one in the queue. Who comes with the same credential as the call before is
 * known already. Uses nothing up. */
static void caller_look(struct job *job)
{
	struct http_request *request = job->request;

	if (request->owner)
		return;
	request->credential = credential_key(request);
	if (request->credential && request->credential == request->known_by && request->known_as)
		return;
	if (job->route->level == LEVEL_PUBLIC) {
		/* There is no credential. Behind a proxy, the last caller was another client. */
		if (strcmp(job->request->remote_address, job->request->client_address) != 0)
			job->request->known_as = 0;
		return;
	}
	const struct credentials credentials = {
		.authorization = http_request_header(job->request, "Authorization"),
		.session = http_request_cookie(job->request, SESSION_COOKIE),
		.address = job->request->client_address,
		.reads = true,
		.goes_on = true,
		.now = job->request->received,
	};
	struct actor actor = {0};
	struct rate_verdict ignored_rate = {0};
	struct error ignored = {0};
	(void)authenticate(&job->api->config.authenticator, NULL, &credentials, &actor,
			   &ignored_rate, &ignored);
	job->request->known_as = turns_key(actor.account);
}

void api_on_request(struct http_exchange *exchange, struct http_request *request, void *arg)
{
	struct api *api = arg;
	struct job *job = request->context;
	struct error err = {0};

	if (job->err.code != ERROR_NONE || !body_fits(job, &job->err)) {
		err = job->err; /* the body was read to its end for the connection's sake */
		job_refuse(job, &err);
		return;
	}
	if (store_is_gone(api->config.store) && !(job->route->flags & ROUTE_WITHOUT_STORE)) {
		(void)error_set(&err, ERROR_STORE_GONE, NULL);
		job_refuse(job, &err);
		return;
	}
	if ((job->route->flags & ROUTE_FROM_MEMORY) && run(job, NULL))
		return;
	caller_look(job);
	if (!address_may_guess(job, &err) ||
	    !pools_submit(&api->pools, job->route->pool, job_turn(job), job_run, job, &err))
		job_refuse(job, &err);
}
