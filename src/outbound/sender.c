/* sender.c – see sender.h. Everything but sender_submit and sender_stop_and_free runs on the loop's
 * thread. */
#include "outbound/sender.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/ensure.h"
#include "base/log.h"
#include "base/macros.h"
#include "base/text.h"
#include "loop/loop.h"
#include "outbound/expiry.h"
#include "outbound/received.h"

#define HEADERS_READ_MAX (64 * 1024) /* of a reply; then the connection is cut */

/* A curl handle with what it sends. Handles are used again: they are costly to make. */
struct transfer {
	struct transfer *next; /* in the list of idle ones */
	struct transfer *busy_next, **busy_link;
	CURL *easy;
	struct sender *sender;
	struct sending *sending;
	size_t headers_length;		   /* of the reply so far, those of 1xx answers included */
	char head[ATTEMPT_REPLY_HEAD_MAX]; /* of the last answer */
	size_t head_length;
	bool head_is_over; /* what comes now are trailers */
	struct expiry expiry;
	char problem[CURL_ERROR_SIZE]; /* libcurl's words, with OpenSSL's reason in them */
};

/* A socket that libcurl watches. */
struct watch {
	struct sender *sender;
	struct event *event;
	int64_t received; /* when it was first watched, or since then a transfer of it has ended */
};

struct sender {
	struct outbound_config config;
	struct loop *loop;
	CURLM *multi;
	struct event *timer;
	struct transfer *idle, *busy;
	struct watch *ready; /* whose event is being handled; NULL when libcurl has dropped it */
	struct mono_time shortage_told;
};

/* ---- what libcurl calls ---- */

static size_t on_reply(char *data, size_t size, size_t count, void *arg)
{
	struct sending *sending = ((struct transfer *)arg)->sending;
	size_t length = size * count, room = sending->reply_limit - sending->reply_length;

	if (!sending->reply)
		sending->reply = arena_alloc(sending->arena, sending->reply_limit);
	memcpy(sending->reply + sending->reply_length, data, room < length ? room : length);
	sending->reply_length += room < length ? room : length;
	sending->reply_cut = length > room;
	return sending->reply_cut ? 0 : length; /* 0 ends the transfer */
}

/* Where it tries to go; address_read says where it went. */
static void address_write(struct sending *sending, const struct sockaddr *address)
{
	bool is_v6 = address->sa_family == AF_INET6;
	struct sockaddr_in6 v6;
	struct sockaddr_in v4;
	char text[INET6_ADDRSTRLEN] = "";

	memcpy(&v4, address, sizeof(v4));
	if (is_v6)
		memcpy(&v6, address, sizeof(v6));
	if (inet_ntop(address->sa_family, is_v6 ? (void *)&v6.sin6_addr : (void *)&v4.sin_addr,
		      text, sizeof(text)))
		snprintf(sending->address, sizeof(sending->address), is_v6 ? "[%s]:%u" : "%s:%u",
			 text, ntohs(is_v6 ? v6.sin6_port : v4.sin_port));
}

/* The address really connected to is what is judged: a name that changes its answer gains nothing.
 * Through a proxy it is the proxy's, which the operator has chosen. */
static curl_socket_t on_socket_open(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct transfer *transfer = arg;
	const struct outbound_config *config = &transfer->sender->config;
	bool is_secure = text_starts_with_nocase(transfer->sending->url, "https:");

	if (transfer->sending->to_self
		    ? !guard_is_self(&config->guard, &address->addr)
		    : !*config->proxy && !guard_allows(&config->guard, &address->addr, is_secure)) {
		transfer->sending->address_refused = true;
		return CURL_SOCKET_BAD;
	}
	address_write(transfer->sending, &address->addr);
	curl_socket_t fd = socket(address->family, address->socktype | SOCK_CLOEXEC,
				  address->protocol);
	if (fd == CURL_SOCKET_BAD)
		transfer->sending->is_short |= errno == EMFILE || errno == ENFILE ||
					       errno == ENOBUFS || errno == ENOMEM;
	return fd;
}

/* Libraries tell a lack of descriptors as a name that does not resolve, or as a missing file. */
static bool descriptors_are_short(void)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0)
		close(fd);
	return fd < 0 && (errno == EMFILE || errno == ENFILE);
}

/* As late as can be: behind the look-up of the name, the connection and its TLS, also through a
 * proxy. */
static int on_about_to_send(void *arg, char *address, char *local_address, int port, int local_port)
{
	const struct transfer *transfer = arg;
	const struct lease *lease = transfer->sending->lease;

	return !lease || lease_stands(lease) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT;
}

static void tls_read(CURL *easy, struct sending *sending)
{
	struct curl_tlssessioninfo *session = NULL;

	if (strncasecmp(sending->url, "https:", 6) != 0 ||
	    curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &session) != CURLE_OK || !session ||
	    session->backend != CURLSSLBACKEND_OPENSSL || !session->internals)
		return;
	const SSL *ssl = session->internals;
	snprintf(sending->tls, sizeof(sending->tls), "%s %s", SSL_get_version(ssl),
		 SSL_get_cipher(ssl));
}

/* An answer's head begins with its status line, and an empty line ends it. */
static void head_keep(struct transfer *transfer, const char *line, size_t length)
{
	size_t room = sizeof(transfer->head) - transfer->head_length;

	if (length >= 5 && memcmp(line, "HTTP/", 5) == 0) {
		transfer->head_length = 0;
		transfer->head_is_over = false;
		room = sizeof(transfer->head);
	}
	transfer->head_is_over |= length <= 2 && (*line == '\r' || *line == '\n');
	if (transfer->head_is_over)
		return;
	memcpy(transfer->head + transfer->head_length, line, room < length ? room : length);
	transfer->head_length += room < length ? room : length;
}

/* A connection is the transfer's own only as long as it runs. */
static size_t on_header(char *data, size_t size, size_t count, void *arg)
{
	struct transfer *transfer = arg;

	if (!*transfer->sending->tls)
		tls_read(transfer->easy, transfer->sending);
	head_keep(transfer, data, size * count);
	transfer->headers_length += size * count;
	return transfer->headers_length > HEADERS_READ_MAX ? 0 : size * count; /* 0 ends it */
}

static bool finished_collect(struct sender *sender);

/* What is no part of a header or reply has no other limit. Whatever comes now is refused by the
 * kernel, and libcurl sees the end of the connection. */
static void flood_cut(struct watch *watch, evutil_socket_t fd)
{
	if (received_by_socket(fd) - watch->received > RECEIVED_MAX)
		(void)shutdown(fd, SHUT_RDWR);
}

static void on_socket_ready(evutil_socket_t fd, short what, void *arg)
{
	struct watch *watch = arg;
	struct sender *sender = watch->sender;
	int running, mask = (what & EV_READ ? CURL_CSELECT_IN : 0) |
			    (what & EV_WRITE ? CURL_CSELECT_OUT : 0);

	sender->ready = watch;
	curl_multi_socket_action(sender->multi, fd, mask, &running);
	bool has_ended = finished_collect(sender);
	watch = sender->ready;
	sender->ready = NULL;
	if (watch && has_ended)
		watch->received = received_by_socket(fd);
	else if (watch)
		flood_cut(watch, fd);
}

static struct watch *watch_new(struct sender *sender, curl_socket_t fd)
{
	struct watch *watch = calloc(1, sizeof(*watch));

	ensure(watch);
	watch->sender = sender;
	watch->received = received_by_socket(fd);
	return watch;
}

static void watch_free(struct watch *watch)
{
	if (watch->sender->ready == watch)
		watch->sender->ready = NULL;
	free(watch);
}

static int on_socket_wish(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
	struct sender *sender = arg;
	struct watch *watch = socket_arg;

	if (watch && watch->event)
		event_free(watch->event);
	if (what == CURL_POLL_REMOVE) {
		if (watch)
			watch_free(watch);
		watch = NULL;
	} else {
		short events = (what & CURL_POLL_IN ? EV_READ : 0) |
			       (what & CURL_POLL_OUT ? EV_WRITE : 0) | EV_PERSIST;
		watch = watch ? watch : watch_new(sender, fd);
		watch->event = event_new(loop_base(sender->loop), fd, events, on_socket_ready,
					 watch);
		ensure(watch->event && event_add(watch->event, NULL) == 0);
	}
	curl_multi_assign(sender->multi, fd, watch);
	return 0;
}

static void on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct sender *sender = arg;
	int running;

	curl_multi_socket_action(sender->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	(void)finished_collect(sender);
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

/* What is the same for all that a handle will ever send. */
static void easy_set(struct transfer *transfer)
{
	const struct outbound_config *config = &transfer->sender->config;
	CURL *easy = transfer->easy;

	curl_easy_setopt(easy, CURLOPT_PRIVATE, transfer);
	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, transfer->problem);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* The thread that looks up a name is left to itself when the attempt is over. All others
	 * would wait for its end. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(easy, CURLOPT_POST, 1L);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	if (config->ca_certificates &&
	    *config->ca_certificates) /* the system's folder of authorities stays */
		curl_easy_setopt(easy, CURLOPT_CAINFO, config->ca_certificates);
	curl_easy_setopt(easy, CURLOPT_NOPROXY,
			 ""); /* nor, past the proxy and the guard, with no_proxy */
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip,deflate");
	curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_reply);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_socket_open);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_about_to_send);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, transfer);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_FUNCTION, expiry_watch);
	curl_easy_setopt(easy, CURLOPT_SSL_CTX_DATA, &transfer->expiry);
}

static void blob_set(CURL *easy, CURLoption option, const char *pem)
{
	struct curl_blob blob = {(void *)(uintptr_t)pem, pem ? strlen(pem) : 0, CURL_BLOB_NOCOPY};

	curl_easy_setopt(easy, option, pem && *pem ? &blob : NULL);
}

/* What differs; set anew each time, so that nothing of the last one remains. */
static void request_set(CURL *easy, const struct sending *sending, const char *proxy)
{
	/* "": not whatever the environment says */
	curl_easy_setopt(easy, CURLOPT_PROXY, sending->to_self ? "" : proxy);
	curl_easy_setopt(easy, CURLOPT_URL, sending->url);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, sending->method);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, sending->headers);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, sending->body.data);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)sending->body.length);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)(sending->connect_timeout.us / 1000));
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)(sending->timeout.us / 1000));
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, sending->ignore_certificate ? 0L : 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, sending->ignore_certificate ? 0L : 2L);
	curl_easy_setopt(easy, CURLOPT_CERTINFO, sending->wants_chain ? 1L : 0L);
	/* A chain is only told of a connection that is made. */
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, sending->wants_chain ? 1L : 0L);
	blob_set(easy, CURLOPT_CAINFO_BLOB, sending->ca_certificates);
	blob_set(easy, CURLOPT_SSLCERT_BLOB, sending->client_certificate);
	blob_set(easy, CURLOPT_SSLKEY_BLOB, sending->client_key);
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

static void transfer_begin(struct sender *sender, struct sending *sending)
{
	struct transfer *transfer = transfer_take(sender);

	transfer->sending = sending;
	transfer->headers_length = transfer->head_length = 0;
	transfer->head_is_over = false;
	transfer->expiry.date[0] = '\0';
	transfer->problem[0] = '\0';
	request_set(transfer->easy, sending, sender->config.proxy);
	transfer->busy_next = sender->busy;
	transfer->busy_link = &sender->busy;
	if (sender->busy)
		sender->busy->busy_link = &transfer->busy_next;
	sender->busy = transfer;
	ensure(curl_multi_add_handle(sender->multi, transfer->easy) == CURLM_OK);
}

static struct sending *transfer_end(struct transfer *transfer)
{
	struct sender *sender = transfer->sender;
	struct sending *sending = transfer->sending;

	curl_multi_remove_handle(sender->multi, transfer->easy);
	*transfer->busy_link = transfer->busy_next;
	if (transfer->busy_next)
		transfer->busy_next->busy_link = transfer->busy_link;
	transfer->sending = NULL;
	transfer->next = sender->idle;
	sender->idle = transfer;
	return sending;
}

static enum error_class error_class_of(CURLcode code, const struct sending *sending, long status)
{
	if (code != CURLE_OK && !sending->is_connected &&
	    (sending->is_short || descriptors_are_short()))
		return ERROR_CLASS_SHORTAGE;
	if (sending->address_refused && !sending->is_connected)
		return ERROR_CLASS_ADDRESS_REFUSED;
	switch ((int)code) {
	case CURLE_OK:
		return ERROR_CLASS_NONE;
	case CURLE_WRITE_ERROR: /* we cut a long reply; its status stands */
		return sending->reply_cut && status > 0 ? ERROR_CLASS_NONE
							: ERROR_CLASS_BROKEN_ANSWER;
	case CURLE_BAD_CONTENT_ENCODING: /* who cares: nobody reads it */
		return status > 0 ? ERROR_CLASS_NONE : ERROR_CLASS_BROKEN_ANSWER;
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
	case CURLE_FAILED_INIT:
	case CURLE_URL_MALFORMAT:
		return ERROR_CLASS_INTERNAL;
	default: /* CURLE_UNSUPPORTED_PROTOCOL among them: the answer was not HTTP; and
		    CURLE_OUT_OF_MEMORY: a header too long */
		return ERROR_CLASS_BROKEN_ANSWER;
	}
}

static struct duration time_of(CURL *easy, CURLINFO info)
{
	curl_off_t us = 0;

	curl_easy_getinfo(easy, info, &us);
	return duration_us(us);
}

static void times_read(CURL *easy, struct sending *sending)
{
	sending->took = time_of(easy, CURLINFO_TOTAL_TIME_T);
	sending->name = time_of(easy, CURLINFO_NAMELOOKUP_TIME_T);
	sending->connect = time_of(easy, CURLINFO_CONNECT_TIME_T);
	sending->tls_done = time_of(easy, CURLINFO_APPCONNECT_TIME_T);
	sending->sent = time_of(easy, CURLINFO_PRETRANSFER_TIME_T);
	sending->first_byte = time_of(easy, CURLINFO_STARTTRANSFER_TIME_T);
}

/* How far it came, by the first milestone that was not reached. */
static enum phase phase_of(const struct sending *sending, long status)
{
	if (sending->outcome.error_class == ERROR_CLASS_NONE)
		return PHASE_NONE;
	if (sending->outcome.error_class == ERROR_CLASS_TLS)
		return PHASE_TLS;
	if (sending->name.us == 0)
		return PHASE_NAME;
	if (!sending->is_connected)
		return PHASE_CONNECT;
	if (sending->tls_done.us == 0 && strncasecmp(sending->url, "https:", 6) == 0)
		return PHASE_TLS;
	if (sending->sent.us == 0)
		return PHASE_SEND;
	return status >= 200 ? PHASE_BODY : PHASE_ANSWER; /* 1xx: there is more to come */
}

static void chain_read(CURL *easy, struct sending *sending)
{
	static const char *const wanted[] = {"Subject:", "Issuer:", "Start date:", "Expire date:"};
	struct curl_certinfo *chain = NULL;
	bool fits = true;
	struct buf text;

	if (!sending->wants_chain ||
	    curl_easy_getinfo(easy, CURLINFO_CERTINFO, &chain) != CURLE_OK || !chain)
		return;
	buf_init(&text, SENDING_CHAIN_MAX);
	for (int i = 0; i < chain->num_of_certs; i++) {
		for (const struct curl_slist *line = chain->certinfo[i]; line; line = line->next) {
			for (size_t j = 0; j < ARRAY_SIZE(wanted) && fits; j++) {
				if (strncmp(line->data, wanted[j], strlen(wanted[j])) == 0)
					fits = buf_printf(&text, "%s\n", line->data);
			}
		}
	}
	sending->chain = text.length ? arena_strndup(sending->arena, (const char *)text.data,
						     text.length)
				     : "";
	buf_done(&text);
}

static void address_read(CURL *easy, struct sending *sending)
{
	const char *address = NULL;
	long port = 0;

	curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &address);
	curl_easy_getinfo(easy, CURLINFO_PRIMARY_PORT, &port);
	/* libcurl's time of the connection includes TLS; but this is set when there is one. */
	sending->is_connected = address && *address;
	if (sending->is_connected)
		snprintf(sending->address, sizeof(sending->address),
			 strchr(address, ':') ? "[%s]:%ld" : "%s:%ld", address, port);
}

/* libcurl says "after 0 ms" of what failed at once. The attempt has its own times. */
static void time_drop(char *text)
{
	char *at = strstr(text, " after "), *digits = at ? at + strlen(" after ") : NULL;
	size_t count = at ? strspn(digits, "0123456789") : 0;

	if (count > 0 && strncmp(digits + count, " ms", 3) == 0)
		memmove(at, digits + count + 3, strlen(digits + count + 3) + 1);
}

/* "SSL certificate problem: unable to get local issuer certificate": which of the many is told. */
static const char *problem_of(struct transfer *transfer, CURLcode code)
{
	time_drop(transfer->problem);
	const char *text = *transfer->problem ? transfer->problem : curl_easy_strerror(code);

	if (*transfer->expiry.date)
		text = arena_printf(transfer->sending->arena, "%s on %s", text,
				    transfer->expiry.date);
	return utf8_repaired(transfer->sending->arena,
			     (struct bytes){(const unsigned char *)text, strlen(text)});
}

/* Once a minute: there may be hundreds at a time. */
static void shortage_tell(struct sender *sender, struct sending *sending)
{
	const struct mono_time now = mono_now();

	sending->problem = "this server has no file descriptor left; the request will be retried";
	if (sender->shortage_told.us &&
	    mono_since(now, sender->shortage_told).us < duration_s(60).us)
		return;
	sender->shortage_told = now;
	log_error("sender",
		  "no file descriptor is left for sending; deliveries wait without losing "
		  "attempts: raise LimitNOFILE or lower --in-flight-limit");
}

/* While the transfer's connection is still its own. */
static void answer_read(struct transfer *transfer, CURLcode code)
{
	struct sending *sending = transfer->sending;
	CURL *easy = transfer->easy;
	long status = 0;
	curl_off_t retry_after_s = 0;

	curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after_s);
	address_read(easy, sending);
	sending->outcome.error_class = error_class_of(code, sending, status);
	sending->outcome.http_status = sending->outcome.error_class == ERROR_CLASS_NONE ? status
											: 0;
	if (retry_after_s > 0 && retry_after_s < INT64_MAX / 1000000)
		sending->outcome.retry_after = duration_s(retry_after_s);
	if (code != CURLE_OK)
		sending->problem = problem_of(transfer, code);
	if (sending->outcome.error_class == ERROR_CLASS_ADDRESS_REFUSED)
		sending->problem = "nothing is sent to that address: it is private, special, or "
				   "this server's own; the operator may allow private ones "
				   "(--allow-target-networks)";
	if (sending->outcome.error_class == ERROR_CLASS_SHORTAGE)
		shortage_tell(transfer->sender, sending);
	times_read(easy, sending);
	if (transfer->head_length > 0)
		sending->reply_head = (struct bytes){
			arena_memdup(sending->arena, transfer->head, transfer->head_length),
			transfer->head_length};
	sending->phase = phase_of(sending, status);
	chain_read(easy, sending);
}

/* Whether any has. */
static bool finished_collect(struct sender *sender)
{
	CURLMsg *message;
	bool any = false;
	int left;

	while ((message = curl_multi_info_read(sender->multi, &left))) {
		struct transfer *transfer;
		if (message->msg != CURLMSG_DONE)
			continue;
		any = true;
		CURLcode code =
			message->data.result; /* the message dies with the handle's removal */
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&transfer);
		answer_read(transfer, code);
		struct sending *sending = transfer_end(transfer);
		sending->abandoned = code == CURLE_ABORTED_BY_CALLBACK; /* on_about_to_send */
		sending->on_done(sending, sending->arg);
	}
	return any;
}

/* ---- from other threads ---- */

struct submission {
	struct sender *sender;
	struct sending *sendings;
};

static void submission_begin(void *arg)
{
	struct submission *submission = arg;

	for (struct sending *sending = submission->sendings, *next; sending; sending = next) {
		next = sending->next;
		sending->next = NULL;
		sending->abandoned = sending->lease && !lease_stands(sending->lease);
		if (sending->abandoned)
			sending->on_done(sending, sending->arg);
		else
			transfer_begin(submission->sender, sending);
	}
	free(submission);
}

void sender_submit(struct sender *sender, struct sending *sendings)
{
	struct submission *submission = malloc(sizeof(*submission));

	ensure(submission);
	*submission = (struct submission){sender, sendings};
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

struct sender *sender_start(const struct outbound_config *config, struct error *err)
{
	struct sender *sender = calloc(1, sizeof(*sender));

	ensure(sender);
	sender->config = *config;
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
		struct sending *sending = transfer_end(sender->busy);
		sending->abandoned = true;
		sending->on_done(sending, sending->arg);
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
