/* job.c – see job.h. */
#include "outbound/job.h"

#include "outbound/message.h"
#include "outbound/reply_head.h"

static const char *copy(struct arena *arena, const char *text)
{
	return text ? arena_strdup(arena, text) : NULL;
}

static struct bytes copy_bytes(struct arena *arena, struct bytes bytes)
{
	return bytes.data
		       ? (struct bytes){arena_memdup(arena, bytes.data, bytes.length), bytes.length}
		       : bytes;
}

static void event_copy(struct arena *arena, const struct event *from, struct event *to)
{
	to->account = copy(arena, from->account);
	to->id = copy(arena, from->id);
	to->type = copy(arena, from->type);
	to->package = copy(arena, from->package);
	to->session_user = copy(arena, from->session_user);
	to->message = copy(arena, from->message);
	to->document = copy(arena, from->document);
	to->extra = copy(arena, from->extra);
}

static void endpoint_copy(struct arena *arena, const struct endpoint *from, struct endpoint *to)
{
	to->account = copy(arena, from->account);
	to->id = copy(arena, from->id);
	to->origin = copy(arena, from->origin);
	to->name = copy(arena, from->name);
	to->package = copy(arena, from->package);
	to->url = copy(arena, from->url);
	to->custom_headers = copy(arena, from->custom_headers);
	to->options = copy(arena, from->options);
	to->events = to->state_reason = NULL;
	to->key_sealed = copy_bytes(arena, from->key_sealed);
	to->signing_secret_sealed = copy_bytes(arena, from->signing_secret_sealed);
	to->secrets_sealed = copy_bytes(arena, from->secrets_sealed);
}

struct job *job_new(const struct claim *claim)
{
	struct job *job = sending_new(SENDING_JOB, sizeof(*job));
	struct arena *arena = job->sending.arena;

	job->claim = *claim; /* its texts live in the arena of the transaction that made it */
	job->claim.lane = copy(arena, claim->lane);
	event_copy(arena, &claim->event, &job->claim.event);
	endpoint_copy(arena, &claim->endpoint, &job->claim.endpoint);
	endpoint_options_load(arena, job->claim.endpoint.options, &job->options);
	job->request_head = "";
	return job;
}

bool job_prepare(struct job *job, const struct outbound_config *config, struct db *db,
		 struct wall_time now)
{
	const struct message message = {
		.event = &job->claim.event,
		.endpoint = &job->claim.endpoint,
		.options = &job->options,
		.access_token = job->access_token,
		.attempt = job->claim.attempts + 1,
		.is_test = job->on_probed != NULL,
		.is_forged = job->is_forged,
	};
	bool ok = message_build(&job->sending, config, db, &message, now);

	job->request_head = message_head(&job->sending);
	return ok;
}

bool job_is_attempt(const struct job *job)
{
	return !job->sending.abandoned && !job->put_off && !outcome_is_ours(&job->sending.outcome);
}

struct attempt job_attempt(const struct job *job)
{
	const struct sending *sending = &job->sending;
	const char *reply = sending_reply_text(sending, JOB_REPLY_KEPT_MAX);

	return (struct attempt){
		.account = job->claim.event.account,
		.endpoint = job->claim.endpoint.id,
		.sequence = job->claim.event.sequence,
		.started = sending->started,
		.took = sending->took,
		.address = sending->address,
		.http_status = sending->outcome.http_status,
		.error_class = error_class_name(sending->outcome.error_class),
		.phase = phase_name(sending->phase),
		/* Without any word of the receiver's, ours: why there was no answer. */
		.reply_start = !*reply && sending->problem ? sending->problem : reply,
		.request_head = job->request_head,
		.reply_head = reply_head_text(sending->arena, sending->reply_head),
		.tls = sending->tls,
		.name = sending->name,
		.connect = sending->connect,
		.tls_done = sending->tls_done,
		.sent = sending->sent,
		.first_byte = sending->first_byte,
	};
}

void job_probe_finish(struct job *job)
{
	struct sending *sending = &job->sending;
	struct probe_result *result = arena_alloc(sending->arena, sizeof(*result));

	*result = (struct probe_result){
		.arena = sending->arena,
		.attempt = job_attempt(job),
		.body = sending->body,
		.chain = sending->chain,
		.problem = job->put_off ? "another node is just asking for an access token"
					: sending->problem,
		.abandoned = sending->abandoned,
	};
	if (job->put_off)
		result->attempt.error_class = error_class_name(ERROR_CLASS_AUTHORIZATION);
	result->attempt.number = 1;
	sending_release(sending);
	job->on_probed(result, job->arg);
}

const char *job_outcome_text(const struct job *job)
{
	const struct outcome *outcome = &job->sending.outcome;

	if (outcome->error_class == ERROR_CLASS_NONE)
		return arena_printf(job->sending.arena, "HTTP status %ld", outcome->http_status);
	return job->sending.phase == PHASE_NONE
		       ? error_class_name(outcome->error_class)
		       : arena_printf(job->sending.arena, "%s (%s)",
				      error_class_name(outcome->error_class),
				      phase_name(job->sending.phase));
}
