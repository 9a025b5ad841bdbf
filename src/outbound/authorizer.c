/* authorizer.c – see authorizer.h. */
#include "outbound/authorizer.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/log.h"
#include "base/text.h"
#include "context/actor.h"
#include "notify/endpoint_hidden.h"
#include "notify/notices.h"
#include "outbound/authorization.h"
#include "outbound/holders.h"
#include "store/store_clock.h"

#define TOKEN_TIMEOUT_S 15
#define LEASE_S (2 * TOKEN_TIMEOUT_S)
#define PUT_OFF_S 1

struct authorizer {
	const struct outbound_config *config;
	struct session *session;
	struct authorizer_links links;
	struct holders *holders;
};

/* A token request in progress. */
struct fetch {
	struct sending sending;
	const char *account, *endpoint;
	struct holder *holder;
	const char *hidden[3]; /* what was sent and must not be told; "" or NULL for none */
	int64_t registered_us; /* of the endpoint as it was */
	bool is_refresh;
	struct refresh_key key;
	struct bytes key_sealed; /* what `key` was in the store: never twice the same */
};

struct authorizer *authorizer_new(const struct outbound_config *config, struct session *session,
				  const struct authorizer_links *links)
{
	struct authorizer *authorizer = calloc(1, sizeof(*authorizer));

	ensure(authorizer);
	authorizer->config = config;
	authorizer->session = session;
	authorizer->links = *links;
	authorizer->holders = holders_new();
	return authorizer;
}

void authorizer_free(struct authorizer *authorizer)
{
	if (!authorizer)
		return;
	holders_free(authorizer->holders);
	free(authorizer);
}

/* ---- asking ---- */

static enum authorization fail(struct job *job, enum error_class error_class, const char *problem,
			       struct wall_time started)
{
	struct sending *sending = &job->sending;

	sending->started = started;
	sending->outcome.error_class = error_class;
	sending->problem = arena_strdup(sending->arena, problem);
	log_warn("sender", "endpoint %s of account %s: no access token: %s", job->claim.endpoint.id,
		 job->claim.endpoint.account, problem);
	return AUTHORIZATION_FAILED;
}

static enum authorization put_off(struct job *job, struct wall_time until)
{
	job->put_off = true;
	job->put_off_until = until;
	return AUTHORIZATION_FAILED;
}

static struct fetch *fetch_new(const struct authorizer *authorizer, const struct endpoint *endpoint,
			       struct wall_time now)
{
	struct fetch *fetch = sending_new(SENDING_FETCH, sizeof(*fetch));

	fetch->account = arena_strdup(fetch->sending.arena, endpoint->account);
	fetch->endpoint = arena_strdup(fetch->sending.arena, endpoint->id);
	fetch->registered_us = endpoint->updated.us;
	fetch->sending.on_done = authorizer->links.on_answer;
	fetch->sending.arg = authorizer->links.arg;
	fetch->sending.started = session_shown(authorizer->session, now);
	fetch->sending.connect_timeout = authorizer->config->connect_timeout;
	fetch->sending.timeout = duration_s(TOKEN_TIMEOUT_S);
	fetch->sending.reply_limit = TOKEN_ANSWER_MAX;
	return fetch;
}

static void request_set(const struct authorizer *authorizer, struct fetch *fetch,
			const struct token_request *request)
{
	struct sending *sending = &fetch->sending;

	sending->method = "POST";
	sending->url = request->url;
	sending->body = (struct bytes){(const unsigned char *)request->body, strlen(request->body)};
	sending->ignore_certificate = request->ignore_certificate;
	sending_header(sending, "Content-Type: application/x-www-form-urlencoded");
	sending_header(sending, "Accept: application/json");
	sending_header(sending, "Expect:");
	sending_header(sending, HOPS_HEADER ": 1");
	sending_header(sending, sending_agent(sending, authorizer->config->user_agent));
	if (request->authorization)
		sending_header(sending, arena_printf(sending->arena, "Authorization: %s",
						     request->authorization));
}

/* The endpoint's row as it is now, under a lease; *ret_taken false when another node is at it. */
static bool lease_take(struct authorizer *authorizer, struct job *job, struct wall_time now,
		       bool *ret_taken, struct error *err)
{
	struct endpoint *endpoint = &job->claim.endpoint, fresh;
	bool found = false;

	scoped(txn) struct txn *txn = txn_begin(authorizer->session, err);
	if (!txn ||
	    !endpoint_take_token_lease(txn_db(txn), endpoint->account, endpoint->id, now,
				       duration_s(LEASE_S), ret_taken, err) ||
	    !endpoint_find(txn_db(txn), job->sending.arena, endpoint->account, endpoint->id, &fresh,
			   &found, err))
		return false;
	if (found)
		endpoint->key_sealed = fresh.key_sealed;
	*ret_taken = *ret_taken && found;
	return txn_commit(&txn, err);
}

static bool refresh_request_make(struct authorizer *authorizer, const struct job *job,
				 struct fetch *fetch, struct error *err)
{
	const struct endpoint *endpoint = &job->claim.endpoint;
	struct arena *arena = fetch->sending.arena;
	const char *key;

	if (!endpoint_text_open(authorizer->config->keyring, arena, endpoint, "key",
				endpoint->key_sealed, &key, err) ||
	    !refresh_key_read(arena, key, &fetch->key, err))
		return false;
	fetch->is_refresh = true;
	fetch->key_sealed = (struct bytes){
		arena_memdup(arena, endpoint->key_sealed.data, endpoint->key_sealed.length),
		endpoint->key_sealed.length};
	fetch->hidden[0] = fetch->key.refresh_token;
	const struct token_request request = token_request_refresh(arena, &fetch->key);
	request_set(authorizer, fetch, &request);
	return true;
}

static bool setting_request_make(struct authorizer *authorizer, const struct job *job,
				 struct fetch *fetch, struct error *err)
{
	struct arena *arena = fetch->sending.arena;
	struct endpoint_secrets secrets;
	struct endpoint_options options;

	if (!endpoint_secrets_open(authorizer->config->keyring, arena, &job->claim.endpoint,
				   &secrets, err))
		return false;
	struct endpoint endpoint = job->claim.endpoint;
	endpoint_reveal_with(arena, &endpoint, &secrets);
	endpoint_options_load(arena, endpoint.options, &options);
	fetch->hidden[0] = secrets.client_secret;
	fetch->hidden[1] = secrets.password;
	const struct token_request request = token_request_of(arena, &options.oauth, &secrets);
	fetch->hidden[2] = request.authorization;
	request_set(authorizer, fetch, &request);
	return true;
}

static enum authorization fetch_begin(struct authorizer *authorizer, struct job *job,
				      struct holder *holder, struct wall_time now)
{
	const struct endpoint *endpoint = &job->claim.endpoint;
	bool is_refresh = endpoint->auth == ENDPOINT_AUTH_REFRESH_TOKEN, taken = true;
	struct error err = {0};

	if (is_refresh && (!lease_take(authorizer, job, now, &taken, &err) || !taken))
		return put_off(job, wall_add(now, duration_s(PUT_OFF_S)));
	struct fetch *fetch = fetch_new(authorizer, endpoint, now);
	fetch->holder = holder;
	if (!(is_refresh ? refresh_request_make : setting_request_make)(authorizer, job, fetch,
									&err)) {
		sending_free(&fetch->sending);
		return fail(job, ERROR_CLASS_INTERNAL, err.technical,
			    session_shown(authorizer->session, now));
	}
	const char *refusal = guard_refuses_url(&authorizer->config->guard, fetch->sending.url,
						*authorizer->config->proxy);
	if (refusal) {
		sending_free(&fetch->sending);
		return fail(job, ERROR_CLASS_AUTHORIZATION,
			    arena_printf(job->sending.arena,
					 "the authorization server is not asked: %s", refusal),
			    session_shown(authorizer->session, now));
	}
	authorizer->links.send(&fetch->sending, authorizer->links.arg);
	return AUTHORIZATION_WAITS;
}

enum authorization authorizer_ask(struct authorizer *authorizer, struct job *job,
				  struct wall_time now)
{
	const struct endpoint *endpoint = &job->claim.endpoint;

	if (endpoint->auth != ENDPOINT_AUTH_OAUTH2 && endpoint->auth != ENDPOINT_AUTH_REFRESH_TOKEN)
		return AUTHORIZATION_READY;
	struct holder *holder = job->is_draft ? holder_new_passing(endpoint)
					      : holder_get(authorizer->holders, endpoint, now);
	if (holder_has_token(holder, now)) {
		job->access_token = arena_strdup(job->sending.arena, holder->token);
		job->token_is_fresh = !holder->is_accepted;
		return AUTHORIZATION_READY;
	}
	if (!holder->fetching) {
		enum authorization began = fetch_begin(authorizer, job, holder, now);
		if (began != AUTHORIZATION_WAITS) {
			if (holder->is_passing)
				holder_free_passing(holder);
			return began;
		}
		holder->fetching = true;
	}
	holder_wait(holder, &job->sending);
	return AUTHORIZATION_WAITS;
}

/* ---- answers ---- */

static struct context context_of(const struct authorizer *authorizer, struct arena *arena,
				 const char *account, struct wall_time now)
{
	return context_for_clockwork(authorizer->config->keyring, authorizer->session, arena,
				     account, session_shown(authorizer->session, now), now);
}

static bool endpoint_refused(struct authorizer *authorizer, const struct fetch *fetch,
			     struct txn *txn, const struct endpoint *endpoint, struct wall_time now,
			     struct error *err)
{
	const struct context context = context_of(authorizer, fetch->sending.arena, fetch->account,
						  now);
	bool stopped;

	txn_announce(txn, STORE_TOPIC_ENDPOINT);
	log_warn(
		"sender",
		"endpoint %s of account %s is disabled: its authorization server refuses the refresh "
		"token; register the connector again",
		fetch->endpoint, fetch->account);
	return endpoint_stop(txn_db(txn), endpoint, "AUTHORIZATION_REFUSED", context.now, &stopped,
			     err) &&
	       (!stopped ||
		notice_endpoint_stopped(&context, txn, endpoint, "AUTHORIZATION_REFUSED", err));
}

static bool refresh_token_save(struct authorizer *authorizer, const struct fetch *fetch,
			       struct txn *txn, const struct endpoint *endpoint,
			       const char *refresh_token, struct error *err)
{
	struct arena *arena = fetch->sending.arena;
	struct refresh_key key = fetch->key;

	key.refresh_token = refresh_token;
	const struct bytes sealed = endpoint_text_seal(authorizer->config->keyring, arena, endpoint,
						       "key", refresh_key_write(arena, &key));
	return endpoint_save_key(txn_db(txn), endpoint, sealed, err);
}

/* What the store must know before the new token is used: the refresh token that replaces the old
 * one, or that there is none. *ret_outdated: another key has been registered meanwhile, and the
 * answer means nothing any more. */
static bool refresh_store(struct authorizer *authorizer, const struct fetch *fetch,
			  const struct token_answer *answer, struct wall_time now,
			  bool *ret_outdated, struct error *err)
{
	struct endpoint endpoint;
	bool current, found;

	scoped(txn) struct txn *txn = txn_begin(authorizer->session, err);
	if (!txn ||
	    !endpoint_end_token_lease(txn_db(txn), fetch->account, fetch->endpoint,
				      fetch->key_sealed, &current, err) ||
	    !endpoint_find(txn_db(txn), fetch->sending.arena, fetch->account, fetch->endpoint,
			   &endpoint, &found, err))
		return false;
	*ret_outdated = !current || !found;
	if (!*ret_outdated && answer->refresh_token &&
	    !refresh_token_save(authorizer, fetch, txn, &endpoint, answer->refresh_token, err))
		return false;
	if (!*ret_outdated && answer->refused &&
	    !endpoint_refused(authorizer, fetch, txn, &endpoint, now, err))
		return false;
	return txn_commit(&txn, err);
}

/* Some servers repeat what they were sent. */
static const char *without(struct arena *arena, const char *text, const char *hidden)
{
	const char *at;

	while (hidden && *hidden && (at = strstr(text, hidden)))
		text = arena_printf(arena, "%.*s***%s", (int)(at - text), text,
				    at + strlen(hidden));
	return text;
}

static struct token_answer answer_of(const struct fetch *fetch)
{
	const struct sending *sending = &fetch->sending;

	if (sending->outcome.error_class != ERROR_CLASS_NONE)
		return (struct token_answer){
			.problem = arena_printf(sending->arena,
						"the authorization server cannot be asked: %s%s%s",
						error_class_name(sending->outcome.error_class),
						sending->problem ? ": " : "",
						sending->problem ? sending->problem : "")};
	if (sending->reply_cut)
		return (struct token_answer){
			.problem = arena_printf(
				sending->arena,
				"the authorization server's answer (%ld) is too long: "
				"more than %d bytes",
				sending->outcome.http_status, TOKEN_ANSWER_MAX)};
	struct token_answer answer = token_answer_read(
		sending->arena, sending->outcome.http_status,
		(struct bytes){sending->reply, sending->reply_length});
	for (size_t i = 0; answer.problem && i < ARRAY_SIZE(fetch->hidden); i++)
		answer.problem = without(sending->arena, answer.problem, fetch->hidden[i]);
	return answer;
}

static void job_tell(struct job *job, const struct fetch *fetch, const struct token_answer *answer)
{
	struct arena *arena = job->sending.arena;

	if (fetch->sending.abandoned) {
		job->sending.abandoned = true;
	} else if (answer->access_token) {
		job->access_token = arena_strdup(arena, answer->access_token);
		job->token_is_fresh = true;
	} else {
		(void)fail(job, ERROR_CLASS_AUTHORIZATION, answer->problem, fetch->sending.started);
		job->sending.took = fetch->sending.took;
	}
}

/* Cut at a stop: whoever asks next need not wait. If the store refuses, the lease ends by itself.
 */
static void lease_drop(struct authorizer *authorizer, const struct fetch *fetch)
{
	struct error err = {0};
	bool current;

	scoped(txn) struct txn *txn = txn_begin(authorizer->session, &err);
	if (!txn ||
	    !endpoint_end_token_lease(txn_db(txn), fetch->account, fetch->endpoint,
				      fetch->key_sealed, &current, &err) ||
	    !txn_commit(&txn, &err))
		log_info("sender", "endpoint %s of account %s: %s", fetch->endpoint, fetch->account,
			 err.technical);
}

bool authorizer_answer(struct authorizer *authorizer, struct sending *sending, struct wall_time now,
		       struct sending **ret_jobs, struct error *err)
{
	ensure(sending->kind == SENDING_FETCH);
	struct fetch *fetch = (struct fetch *)(void *)sending;
	struct holder *holder = fetch->holder;
	struct token_answer answer = {0};
	bool outdated = false, is_ours = outcome_is_ours(&sending->outcome);

	if (!sending->abandoned)
		answer = answer_of(fetch);
	if (fetch->is_refresh && !sending->abandoned &&
	    !refresh_store(authorizer, fetch, &answer, now, &outdated, err))
		return false;
	if (fetch->is_refresh && sending->abandoned)
		lease_drop(authorizer, fetch);
	outdated |= holder->registered_us != fetch->registered_us;
	if (!outdated)
		holder_keep(holder, answer.access_token, wall_add(now, answer.life));
	*ret_jobs = holder_release(holder);
	for (struct sending *waiting = *ret_jobs; waiting; waiting = waiting->next) {
		if (outdated) /* claimed again, as the endpoint is registered now */
			(void)put_off(job_of(waiting), now);
		else if (is_ours)
			(void)put_off(job_of(waiting), wall_add(now, duration_s(PUT_OFF_S)));
		else
			job_tell(job_of(waiting), fetch, &answer);
	}
	if (holder->is_passing)
		holder_free_passing(holder);
	sending_free(sending);
	return true;
}

static struct holder *holder_of(const struct authorizer *authorizer, const struct job *job)
{
	struct holder *holder = holder_find(authorizer->holders, job->claim.endpoint.account,
					    job->claim.endpoint.id);

	return holder && holder->token && strcmp(holder->token, job->access_token) == 0 ? holder
											: NULL;
}

void authorizer_accepted(struct authorizer *authorizer, const struct job *job)
{
	struct holder *holder = holder_of(authorizer, job);

	if (holder)
		holder->is_accepted = true;
}

bool authorizer_refused(struct authorizer *authorizer, const struct job *job)
{
	struct holder *holder = holder_of(authorizer, job);

	if (holder)
		holder_forget(holder);
	return !job->token_is_fresh;
}
