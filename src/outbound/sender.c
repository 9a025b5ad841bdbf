/* sender.c – see sender.h. Everything but sender_submit and sender_stop_and_free runs on the loop's
 * thread. */
#include "outbound/sender.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/ensure.h"
#include "loop/loop.h"

/* A curl handle with the job it sends. Handles are used again: they are costly to make. */
struct transfer {
	struct transfer *next; /* in the list of idle ones */
	struct transfer *busy_next, **busy_link;
	CURL *easy;
	struct sender *sender;
	struct job *job;
};

struct sender {
	struct outbound_config config;
	void (*on_outcome)(struct job *job, void *arg);
	void *arg;
	struct loop *loop;
	CURLM *multi;
	struct event *timer;
	struct transfer *idle, *busy;
};

/* ---- what libcurl calls ---- */

static size_t on_reply(char *data, size_t size, size_t count, void *arg)
{
	struct job *job = ((struct transfer *)arg)->job;
	size_t length = size * count;
	size_t kept = JOB_REPLY_KEPT_MAX - job->reply_kept;

	memcpy(job->reply + job->reply_kept, data, kept < length ? kept : length);
	job->reply_kept += kept < length ? kept : length;
	job->reply_read += length;
	job->reply_cut = job->reply_read > JOB_REPLY_READ_MAX;
	return job->reply_cut ? 0 : length; /* 0 ends the transfer */
}

/* The address really connected to is what is judged: a name that changes its answer gains nothing.
 */
static curl_socket_t on_socket_open(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = arg;

	if (!guard_allows(&transfer->sender->config.guard, &address->addr)) {
		transfer->job->address_refused = true;
		return CURL_SOCKET_BAD;
	}
	return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void finished_collect(struct sender *sender);

static void on_socket_ready(evutil_socket_t fd, short what, void *arg)
{
	struct sender *sender = arg;
	int running, mask = (what & EV_READ ? CURL_CSELECT_IN : 0) |
			    (what & EV_WRITE ? CURL_CSELECT_OUT : 0);

	curl_multi_socket_action(sender->multi, fd, mask, &running);
	finished_collect(sender);
}

static int on_socket_wish(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct sender *sender = arg;
	struct event *event = socket_arg;

	if (event)
		event_free(event);
	event = NULL;
	if (what != CURL_POLL_REMOVE) {
		short events = (what & CURL_POLL_IN ? EV_READ : 0) |
			       (what & CURL_POLL_OUT ? EV_WRITE : 0) | EV_PERSIST;
		event = event_new(loop_base(sender->loop), fd, events, on_socket_ready, sender);
		ensure(event && event_add(event, NULL) == 0);
	}
	curl_multi_assign(sender->multi, fd, event);
	return 0;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct sender *sender = arg;
	int running;

	curl_multi_socket_action(sender->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	finished_collect(sender);
}

static int on_timer_wish(CURLM *multi, long timeout_ms, void *arg)
{
	struct sender *sender = arg;
	const struct timeval time = {timeout_ms / 1000, timeout_ms % 1000 * 1000};

	if (timeout_ms < 0)
		event_del(sender->timer);
	else
		ensure(event_add(sender->timer, &time) == 0);
	return 0;
}

/* ---- transfers ---- */

static void easy_set(struct transfer *transfer)
{
	const struct outbound_config *config = &transfer->sender->config;
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_POST, 1L);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_PROXY, ""); /* not whatever the environment says */
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip,deflate");
	curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)(config->connect_timeout.us / 1000));
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(config->request_timeout.us / 1000));
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_reply);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket_open);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
}

static struct transfer *transfer_take(struct sender *sender)
{
	struct transfer *transfer = sender->idle;

	if (transfer) {
		sender->idle = transfer->next;
		return transfer;
	}
	transfer = calloc(1, sizeof(*transfer));
	ensure(transfer);
	transfer->sender = sender;
	transfer->easy = curl_easy_init();
	ensure(transfer->easy);
	easy_set(transfer);
	return transfer;
}

static void transfer_begin(struct sender *sender, struct job *job)
{
	struct transfer *transfer = transfer_take(sender);

	transfer->job = job;
	curl_easy_setopt(transfer->easy, CURLOPT_URL, job->url);
	curl_easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, job->headers);
	curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDS, job->body.data);
	curl_easy_setopt(transfer->easy, CURLOPT_POSTFIELDSIZE, (long)job->body.length);
	transfer->busy_next = sender->busy;
	transfer->busy_link = &sender->busy;
	if (sender->busy)
		sender->busy->busy_link = &transfer->busy_next;
	sender->busy = transfer;
	ensure(curl_multi_add_handle(sender->multi, transfer->easy) == CURLM_OK);
}

static struct job *transfer_end(struct transfer *transfer)
{
	struct sender *sender = transfer->sender;
	struct job *job = transfer->job;

	curl_multi_remove_handle(sender->multi, transfer->easy);
	*transfer->busy_link = transfer->busy_next;
	if (transfer->busy_next)
		transfer->busy_next->busy_link = transfer->busy_link;
	transfer->job = NULL;
	transfer->next = sender->idle;
	sender->idle = transfer;
	return job;
}

static enum error_class error_class_of(CURLcode code, const struct job *job, long status)
{
	if (job->address_refused)
		return ERROR_CLASS_ADDRESS_REFUSED;
	switch ((int)code) {
	case CURLE_OK:
		return ERROR_CLASS_NONE;
	case CURLE_WRITE_ERROR: /* we cut a long reply; its status stands */
		return job->reply_cut && status > 0 ? ERROR_CLASS_NONE : ERROR_CLASS_BROKEN_ANSWER;
	case CURLE_COULDNT_RESOLVE_HOST:
		return ERROR_CLASS_NAME_RESOLUTION;
	case CURLE_COULDNT_CONNECT:
		return ERROR_CLASS_CONNECTION;
	case CURLE_OPERATION_TIMEDOUT:
		return ERROR_CLASS_TIMEOUT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CIPHER:
	case CURLE_SSL_ISSUER_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_INVALIDCERTSTATUS:
		return ERROR_CLASS_TLS;
	case CURLE_OUT_OF_MEMORY:
	case CURLE_FAILED_INIT:
	case CURLE_URL_MALFORMAT:
		return ERROR_CLASS_INTERNAL;
	default: /* CURLE_UNSUPPORTED_PROTOCOL among them: the answer was not HTTP */
		return ERROR_CLASS_BROKEN_ANSWER;
	}
}

static void outcome_read(struct transfer *transfer, CURLcode code)
{
	struct job *job = transfer->job;
	const char *address = NULL;
	long status = 0, port = 0;
	curl_off_t took_us = 0, retry_after_s = 0;

	curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(transfer->easy, CURLINFO_TOTAL_TIME_T, &took_us);
	curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_IP, &address);
	curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_PORT, &port);
	curl_easy_getinfo(transfer->easy, CURLINFO_RETRY_AFTER, &retry_after_s);
	job->outcome.error_class = error_class_of(code, job, status);
	job->outcome.http_status = job->outcome.error_class == ERROR_CLASS_NONE ? status : 0;
	if (retry_after_s > 0 && retry_after_s < INT64_MAX / 1000000)
		job->outcome.retry_after = duration_s(retry_after_s);
	job->took = duration_us(took_us);
	if (address && *address)
		snprintf(job->address, sizeof(job->address),
			 strchr(address, ':') ? "[%s]:%ld" : "%s:%ld", address, port);
}

static void finished_collect(struct sender *sender)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(sender->multi, &left))) {
		struct transfer *transfer;
		if (message->msg != CURLMSG_DONE)
			continue;
		CURLcode code =
			message->data.result; /* the message dies with the handle's removal */
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
		outcome_read(transfer, code);
		sender->on_outcome(transfer_end(transfer), sender->arg);
	}
}

/* ---- from other threads ---- */

struct submission {
	struct sender *sender;
	struct job *jobs;
};

static void submission_begin(void *arg)
{
	struct submission *submission = arg;

	for (struct job *job = submission->jobs, *next; job; job = next) {
		next = job->next;
		job->next = NULL;
		transfer_begin(submission->sender, job);
	}
	free(submission);
}

void sender_submit(struct sender *sender, struct job *jobs)
{
	struct submission *submission = malloc(sizeof(*submission));

	ensure(submission);
	*submission = (struct submission){sender, jobs};
	loop_post(sender->loop, submission_begin, submission);
}

static bool multi_make(struct sender *sender, struct error *err)
{
	sender->multi = curl_multi_init();
	sender->timer = evtimer_new(loop_base(sender->loop), on_timer, sender);
	if (!sender->multi || !sender->timer)
		return error_set(err, ERROR_IO, "libcurl cannot start");
	curl_multi_setopt(sender->multi, CURLMOPT_SOCKETFUNCTION, on_socket_wish);
	curl_multi_setopt(sender->multi, CURLMOPT_SOCKETDATA, sender);
	curl_multi_setopt(sender->multi, CURLMOPT_TIMERFUNCTION, on_timer_wish);
	curl_multi_setopt(sender->multi, CURLMOPT_TIMERDATA, sender);
	curl_multi_setopt(sender->multi, CURLMOPT_MAXCONNECTS,
			  (long)sender->config.in_flight_limit);
	return true;
}

struct sender *sender_start(const struct outbound_config *config,
			    void (*on_outcome)(struct job *job, void *arg), void *arg,
			    struct error *err)
{
	struct sender *sender = calloc(1, sizeof(*sender));

	ensure(sender);
	sender->config = *config;
	sender->on_outcome = on_outcome;
	sender->arg = arg;
	sender->loop = loop_new("sender", err);
	if (sender->loop && multi_make(sender, err) && loop_start(sender->loop, err))
		return sender;
	if (sender->timer)
		event_free(sender->timer);
	curl_multi_cleanup(sender->multi);
	loop_free(sender->loop);
	free(sender);
	return NULL;
}

void sender_stop_and_free(struct sender *sender)
{
	if (!sender)
		return;
	loop_stop_and_join(sender->loop);
	loop_run_posted(sender->loop);
	while (sender->busy) {
		struct job *job = transfer_end(sender->busy);
		job->abandoned = true;
		sender->on_outcome(job, sender->arg);
	}
	for (struct transfer *transfer = sender->idle, *next; transfer; transfer = next) {
		next = transfer->next;
		curl_easy_cleanup(transfer->easy);
		free(transfer);
	}
	curl_multi_cleanup(sender->multi); /* closes connections, and asks for their events to go */
	event_free(sender->timer);
	loop_free(sender->loop);
	free(sender);
}
