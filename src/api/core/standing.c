/* standing.c – calls that wait. A handler that has nothing to say yet says what it waits for
 * (call.h), and is run again, from its admission on, when that has come or the time is over: so a
 * stream ends with the right to read it. What it says meanwhile is a piece of a stream.
 *
 *   RUNNING ──waits──▶ (piece is written) ──▶ WAITING ──news, time, result──▶ RUNNING
 *      └──answer, end, refusal──▶ gone */
#include <string.h>

#include "api/core/job.h"
#include "base/ensure.h"

/* ---- how many there may be; on the loop ---- */

static void standing_leave(struct job *job)
{
	if (!job->standing_link)
		return;
	*job->standing_link = job->next_standing;
	if (job->next_standing)
		job->next_standing->standing_link = job->standing_link;
	job->standing_link = NULL;
}

static void standing_join(struct job *job)
{
	struct api *api = job->api;

	job->next_standing = api->standing;
	job->standing_link = &api->standing;
	if (api->standing)
		api->standing->standing_link = &job->next_standing;
	api->standing = job;
}

/* All of them are limited, and so are an account's: nobody shuts others out. */
static bool may_stand(struct job *job, unsigned of_account_max, struct error *err)
{
	unsigned all = 0, alike = 0;

	if (job->standing_link)
		return true;
	for (const struct job *other = job->api->standing; other; other = other->next_standing) {
		all++;
		alike += other->standing.what == job->standing.what &&
			 strcmp(other->wait.account, job->wait.account) == 0;
	}
	if (all >= job->api->config.standing_limit || alike >= of_account_max)
		return error_set(err, ERROR_OVERLOADED,
				 "too many calls wait (--streams-limit, and %u such of an account)",
				 of_account_max);
	standing_join(job);
	return true;
}

/* ---- the end; on the loop ---- */

static void finish(void *arg)
{
	struct job *job = arg;
	struct arena *arena = job->arena;

	standing_leave(job);
	for (size_t i = 0; i < job->standing.result_count; i++)
		arena_free(job->standing.results[i]->arena);
	if (job->is_streaming) {
		http_response_done(&job->response);
		http_exchange_end(job->exchange);
	} else {
		http_exchange_respond(job->exchange, &job->response);
	}
	arena_free(arena); /* the job went with its request */
}

void job_answer(struct job *job)
{
	job_note(job);
	if (job->arena == job->request->arena)
		http_exchange_respond(job->exchange, &job->response);
	else
		loop_post(job->api->config.loop, finish, job);
}

/* ---- waiting; on the loop ---- */

static void run_again(struct job *job)
{
	struct error err = {0};

	if (!pools_submit(&job->api->pools, job->route->pool, job_turn(job), job_run, job, &err))
		job_refuse(job, &err);
}

static void on_wait_over(struct wait *wait)
{
	struct job *job = (struct job *)(void *)((char *)wait - offsetof(struct job, wait));

	job->standing.ends = waits_have_ended(job->api->waits);
	if (job->is_streaming && (job->standing.ends || http_exchange_is_gone(job->exchange)))
		finish(job);
	else
		run_again(job);
}

static void wait_begin(struct job *job)
{
	arena_free(job->arena);
	job->arena = NULL;
	job->wait.after = job->standing.after;
	job->wait.until = job->standing.until;
	job->wait.on_over = on_wait_over;
	waits_add(job->api->waits, &job->wait, job->news);
}

/* What was sent is written, or the client has gone. */
static void on_ready(void *arg)
{
	struct job *job = arg;
	bool is_gone = http_exchange_is_gone(job->exchange);

	if (!job->is_flushing && !(is_gone && job->wait.link))
		return; /* it is being run, and will see */
	job->is_flushing = false;
	waits_remove(&job->wait);
	if (is_gone)
		finish(job);
	else
		wait_begin(job);
}

static void piece_send(struct job *job)
{
	job->is_flushing = true;
	if (job->is_streaming) {
		http_exchange_send(job->exchange, &job->response);
		return;
	}
	job->is_streaming = true;
	job_note(job);
	http_exchange_begin(job->exchange, &job->response, on_ready, job);
}

static void events_await(void *arg)
{
	struct job *job = arg;
	struct error err = {0};

	if (!may_stand(job, EVENT_WAITS_PER_ACCOUNT_MAX, &err)) {
		job_refuse(job, &err);
		return;
	}
	if (!job->response.body) {
		wait_begin(job);
		return;
	}
	piece_send(job);
	if (http_exchange_is_gone(job->exchange)) {
		job->is_flushing = false;
		finish(job);
	}
}

/* ---- probes ---- */

/* From any thread. */
static void on_probed(struct probe_result *result, void *arg)
{
	struct job *job = arg;
	struct error err = {0};

	job->standing.results[job->standing.result_count++] = result;
	if (result->abandoned)
		(void)error_set(&err, ERROR_OVERLOADED, "the server is stopping");
	else if (pools_submit(&job->api->pools, job->route->pool, job_turn(job), job_run, job,
			      &err))
		return;
	job_refuse(job, &err);
}

static void probe_begin(void *arg)
{
	struct job *job = arg;
	const struct prober *prober = &job->api->config.prober;
	const struct probe probe = job->standing.probe;
	struct arena *arena =
		job->arena; /* where the probe's texts are; the next run has another */
	struct error err = {0};

	ensure(job->standing.result_count < PROBES_MAX);
	if (!may_stand(job, PROBES_PER_ACCOUNT_MAX, &err)) {
		job_refuse(job, &err);
		return;
	}
	job->arena = NULL;
	prober->probe(prober->context, &probe, on_probed, job);
	arena_free(arena);
}

void job_stand(struct job *job)
{
	if (!job->wait.account)
		job->wait.account = arena_strdup(job->request->arena, job->standing.account);
	loop_post(job->api->config.loop,
		  job->standing.what == WAIT_FOR_PROBE ? probe_begin : events_await, job);
}
