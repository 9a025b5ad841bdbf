/* connection.c – one connection's life.
 *
 *   READING ──request──▶ ANSWERING ──answer──────────▶ WRITING ──flushed──▶ READING
 *      │                   │  └──begun──▶ STREAMING ──end──┘  └──last answer──▶ LINGERING ──▶ gone
 *      ├──refused──▶ WRITING  │                │
 *      └──gone                └──client gone───┴──▶ ORPHANED ──answer or end──▶ gone
 *
 * LINGERING reads on for a moment after the last answer: closing at once with unread bytes makes
 * the client's kernel throw the answer away (RFC 9112 section 9.6). */
#include "http/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "http/response_head.h"

#define READ_AT_ONCE 65536
#define LINGER_BYTES_MAX (4 * 1024 * 1024)
#define COPY_BODY_MAX 16384 /* longer bodies are referenced, not copied */

enum connection_state {
	CONNECTION_READING,
	CONNECTION_ANSWERING,
	CONNECTION_STREAMING,
	CONNECTION_WRITING,
	CONNECTION_LINGERING,
	CONNECTION_ORPHANED,
	CONNECTION_GONE,
};

static const unsigned connection_moves[] = {
	[CONNECTION_READING] = BIT(CONNECTION_ANSWERING) | BIT(CONNECTION_WRITING) |
			       BIT(CONNECTION_GONE),
	[CONNECTION_ANSWERING] = BIT(CONNECTION_WRITING) | BIT(CONNECTION_STREAMING) |
				 BIT(CONNECTION_ORPHANED),
	[CONNECTION_STREAMING] = BIT(CONNECTION_WRITING) | BIT(CONNECTION_ORPHANED),
	[CONNECTION_WRITING] = BIT(CONNECTION_READING) | BIT(CONNECTION_LINGERING) |
			       BIT(CONNECTION_GONE),
	[CONNECTION_LINGERING] = BIT(CONNECTION_GONE),
	[CONNECTION_ORPHANED] = BIT(CONNECTION_GONE),
	[CONNECTION_GONE] = 0,
};

struct http_exchange {
	struct connection *connection;
	struct http_request *request;
	struct http_response response; /* on its way from a worker's thread to the loop */
	/* Of a stream. */
	void (*on_ready)(void *arg);
	void *arg;
};

struct connection {
	struct http_server *server;
	struct connection *next, **link;
	struct bufferevent *buffers; /* NULL when ORPHANED */
	struct event *deadline;
	struct http_parser *parser;
	struct http_exchange exchange;
	enum connection_state state;
	bool keeps_alive, is_head, deadline_is_of_request;
	size_t lingered;
	char address[INET6_ADDRSTRLEN];
};

/* An illegal move would free a connection that a worker still answers, or answer twice. */
static void move(struct connection *connection, enum connection_state state)
{
	ensure(connection_moves[connection->state] & BIT(state));
	connection->state = state;
}

static void connection_free(struct connection *connection)
{
	struct http_server *server = connection->server;

	move(connection, CONNECTION_GONE);
	if (connection->buffers)
		bufferevent_free(connection->buffers);
	event_free(connection->deadline);
	http_parser_free(connection->parser);
	*connection->link = connection->next;
	if (connection->next)
		connection->next->link = connection->link;
	free(connection);
	server->connection_count--;
	http_server_connection_gone(server);
}

static void on_written(struct bufferevent *buffers, void *arg);

static void deadline_set(struct connection *connection, const struct timeval *timeout)
{
	ensure(event_add(connection->deadline, timeout) == 0);
}

static void body_free(const void *data, size_t length, void *arg)
{
	free(arg);
}

static void body_write(struct evbuffer *out, struct http_response *response)
{
	if (response->body_length <= COPY_BODY_MAX) {
		evbuffer_add(out, response->body, response->body_length);
		return;
	}
	ensure(evbuffer_add_reference(out, response->body, response->body_length, body_free,
				      response->body) == 0);
	response->body = NULL; /* the buffer's now */
}

/* Takes the response's body. */
static void answer(struct connection *connection, struct http_response *response)
{
	struct evbuffer *out = bufferevent_get_output(connection->buffers);

	if (response->close || connection->server->draining)
		connection->keeps_alive = false;
	move(connection, CONNECTION_WRITING);
	deadline_set(connection, connection->server->write_timeout);
	const struct response_end end = {true, connection->keeps_alive};
	response_head_write(out, response, &end, &connection->server->date);
	if (response->body && !connection->is_head)
		body_write(out, response);
	http_response_done(response);
	ensure(bufferevent_enable(connection->buffers, EV_WRITE) == 0);
}

static void refuse(struct connection *connection, const struct error *err)
{
	struct http_response response = {.close = true};

	connection->is_head = false;
	bufferevent_disable(connection->buffers, EV_READ);
	http_response_error(&response, err);
	answer(connection, &response);
}

static void exchange_finish(struct http_exchange *exchange)
{
	struct connection *connection = exchange->connection;

	if (connection->state == CONNECTION_ORPHANED) {
		http_response_done(&exchange->response);
		http_request_free(exchange->request);
		connection_free(connection);
		return;
	}
	answer(connection, &exchange->response);
	http_request_free(exchange->request);
	exchange->request = NULL;
}

static void exchange_finish_posted(void *arg)
{
	exchange_finish(arg);
}

void http_exchange_respond(struct http_exchange *exchange, struct http_response *response)
{
	struct loop *loop = exchange->connection->server->loop;

	exchange->response = *response;
	*response = (struct http_response){0};
	if (loop_is_current(loop))
		exchange_finish(exchange);
	else
		loop_post(loop, exchange_finish_posted, exchange);
}

/* ---- streams ---- */

bool http_exchange_is_gone(const struct http_exchange *exchange)
{
	return exchange->connection->state == CONNECTION_ORPHANED;
}

/* A client that does not read is cut after a while, as with any answer. */
static void piece_write(struct connection *connection, struct http_response *piece)
{
	deadline_set(connection, connection->server->write_timeout);
	body_write(bufferevent_get_output(connection->buffers), piece);
	http_response_done(piece);
	ensure(bufferevent_enable(connection->buffers, EV_WRITE) == 0);
}

void http_exchange_begin(struct http_exchange *exchange, struct http_response *response,
			 void (*on_ready)(void *arg), void *arg)
{
	struct connection *connection = exchange->connection;
	const struct response_end end = {false, false};

	exchange->on_ready = on_ready;
	exchange->arg = arg;
	if (http_exchange_is_gone(exchange)) {
		http_response_done(response);
		return;
	}
	connection->keeps_alive = false;
	move(connection, CONNECTION_STREAMING);
	response_head_write(bufferevent_get_output(connection->buffers), response, &end,
			    &connection->server->date);
	piece_write(connection, response);
	/* Nothing is expected, but the client's end is heard of only while reading. */
	ensure(bufferevent_enable(connection->buffers, EV_READ) == 0);
}

void http_exchange_send(struct http_exchange *exchange, struct http_response *piece)
{
	if (http_exchange_is_gone(exchange))
		http_response_done(piece);
	else
		piece_write(exchange->connection, piece);
}

void http_exchange_end(struct http_exchange *exchange)
{
	struct connection *connection = exchange->connection;
	struct http_request *request = exchange->request;

	exchange->request = NULL;
	exchange->on_ready = NULL;
	if (http_exchange_is_gone(exchange)) {
		connection_free(connection);
	} else {
		move(connection, CONNECTION_WRITING);
		bufferevent_disable(connection->buffers, EV_READ);
		deadline_set(connection, connection->server->write_timeout);
		if (evbuffer_get_length(bufferevent_get_output(connection->buffers)) == 0)
			on_written(connection->buffers, connection);
	}
	http_request_free(request);
}

static void ready_tell(struct connection *connection)
{
	struct http_exchange *exchange = &connection->exchange;

	if (exchange->on_ready)
		exchange->on_ready(exchange->arg);
}

/* ---- requests ---- */

static void request_hand_over(struct connection *connection)
{
	struct http_server *server = connection->server;

	connection->keeps_alive = http_parser_keeps_alive(connection->parser);
	struct http_request *request = http_parser_take(connection->parser);
	request->id = ++server->request_count;
	request->remote_address = arena_strdup(request->arena, connection->address);
	request->received = wall_now();
	connection->is_head = request->method == HTTP_METHOD_HEAD;
	connection->exchange.request = request;
	bufferevent_disable(connection->buffers, EV_READ);
	event_del(connection->deadline);
	connection->deadline_is_of_request = false;
	move(connection, CONNECTION_ANSWERING);
	server->config.on_request(&connection->exchange, request, server->config.arg);
}

/* From the first byte of a request on, all of it must come within the limit: a drip does not extend
 * it. */
static void request_deadline_begin(struct connection *connection)
{
	if (connection->deadline_is_of_request || !http_parser_has_begun(connection->parser))
		return;
	connection->deadline_is_of_request = true;
	deadline_set(connection, connection->server->request_timeout);
}

static void input_parse(struct connection *connection)
{
	struct evbuffer *in = bufferevent_get_input(connection->buffers);
	struct error err = {0};

	while (connection->state == CONNECTION_READING && evbuffer_get_length(in) > 0) {
		struct evbuffer_iovec piece;
		size_t used;
		evbuffer_peek(in, -1, NULL, &piece, 1);
		switch (http_parser_feed(connection->parser, piece.iov_base, piece.iov_len, &used,
					 &err)) {
		case HTTP_PARSE_MORE:
			evbuffer_drain(in, used);
			request_deadline_begin(connection);
			break;
		case HTTP_PARSE_COMPLETE:
			evbuffer_drain(in, used);
			request_hand_over(connection);
			return;
		case HTTP_PARSE_REFUSED:
			evbuffer_drain(in, evbuffer_get_length(in));
			connection->keeps_alive = false;
			refuse(connection, &err);
			return;
		}
	}
	if (http_parser_wants_continue(connection->parser))
		bufferevent_write(connection->buffers, "HTTP/1.1 100 Continue\r\n\r\n", 25);
}

static void on_readable(struct bufferevent *buffers, void *arg)
{
	struct connection *connection = arg;

	if (connection->state == CONNECTION_STREAMING) { /* nothing that is sent now is answered */
		evbuffer_drain(bufferevent_get_input(buffers),
			       evbuffer_get_length(bufferevent_get_input(buffers)));
		return;
	}
	if (connection->state == CONNECTION_LINGERING) {
		struct evbuffer *in = bufferevent_get_input(buffers);
		connection->lingered += evbuffer_get_length(in);
		evbuffer_drain(in, evbuffer_get_length(in));
		if (connection->lingered > LINGER_BYTES_MAX)
			connection_free(connection);
		return;
	}
	if (connection->state == CONNECTION_READING)
		input_parse(connection);
}

static void linger(struct connection *connection)
{
	move(connection, CONNECTION_LINGERING);
	deadline_set(connection, connection->server->linger_timeout);
	if (!connection->server->tls)
		shutdown(bufferevent_getfd(connection->buffers), SHUT_WR);
	struct evbuffer *in = bufferevent_get_input(connection->buffers);
	evbuffer_drain(in, evbuffer_get_length(in));
	bufferevent_enable(connection->buffers, EV_READ);
}

/* The output is flushed. */
static void on_written(struct bufferevent *buffers, void *arg)
{
	struct connection *connection = arg;

	if (connection->state == CONNECTION_STREAMING) {
		event_del(connection->deadline);
		ready_tell(connection);
		return;
	}
	if (connection->state != CONNECTION_WRITING)
		return;
	if (!connection->keeps_alive) {
		if (connection->server->tls)
			connection_free(
				connection); /* close_notify tells the client that this is all */
		else
			linger(connection);
		return;
	}
	move(connection, CONNECTION_READING);
	deadline_set(connection, connection->server->idle_timeout);
	bufferevent_enable(buffers, EV_READ);
	input_parse(connection); /* the next request may be here already */
}

static void orphan(struct connection *connection)
{
	move(connection, CONNECTION_ORPHANED);
	bufferevent_free(connection->buffers);
	connection->buffers = NULL;
	event_del(connection->deadline);
}

void connection_cut(struct connection *connection)
{
	if (connection->state == CONNECTION_ANSWERING) {
		orphan(connection);
	} else if (connection->state == CONNECTION_STREAMING) {
		orphan(connection);
		ready_tell(connection);
	} else if (connection->state != CONNECTION_ORPHANED) {
		connection_free(connection);
	}
}

static void on_event(struct bufferevent *buffers, short what, void *arg)
{
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		connection_cut(arg);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct connection *connection = arg;
	struct error err = {0};

	if (connection->state == CONNECTION_READING && connection->deadline_is_of_request) {
		(void)error_set(&err, ERROR_REQUEST_TIMEOUT, NULL);
		connection->keeps_alive = false;
		refuse(connection, &err);
	} else {
		connection_cut(connection);
	}
}

void connection_close_if_idle(struct connection *connection)
{
	if (connection->state == CONNECTION_READING && !http_parser_has_begun(connection->parser))
		connection_free(connection);
}

struct connection *connection_next(const struct connection *connection)
{
	return connection->next;
}

static void address_note(struct connection *connection, const struct sockaddr *address)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;

	if (address->sa_family == AF_INET)
		evutil_inet_ntop(AF_INET, &v4->sin_addr, connection->address,
				 sizeof(connection->address));
	else if (address->sa_family == AF_INET6)
		evutil_inet_ntop(AF_INET6, &v6->sin6_addr, connection->address,
				 sizeof(connection->address));
}

static struct bufferevent *buffers_make(struct http_server *server, evutil_socket_t fd)
{
	struct event_base *base = loop_base(server->loop);

	if (!server->tls)
		return bufferevent_socket_new(base, fd, BEV_OPT_CLOSE_ON_FREE);
	SSL *ssl = SSL_new(server->tls);
	ensure(ssl);
	struct bufferevent *buffers = bufferevent_openssl_socket_new(
		base, fd, ssl, BUFFEREVENT_SSL_ACCEPTING, BEV_OPT_CLOSE_ON_FREE);
	if (buffers) /* many clients just close; that is no attack on a length-delimited protocol */
		bufferevent_openssl_set_allow_dirty_shutdown(buffers, 1);
	return buffers;
}

void connection_open(struct http_server *server, evutil_socket_t fd, const struct sockaddr *address,
		     bool refused)
{
	struct connection *connection = calloc(1, sizeof(*connection));
	const int on = 1;

	ensure(connection);
	connection->server = server;
	connection->exchange.connection = connection;
	connection->buffers = buffers_make(server, fd);
	connection->deadline = evtimer_new(loop_base(server->loop), on_deadline, connection);
	ensure(connection->buffers && connection->deadline);
	connection->parser = http_parser_new(server->config.headers_limit,
					     server->config.body_limit);
	address_note(connection, address);
	connection->link = &server->first;
	connection->next = server->first;
	if (connection->next)
		connection->next->link = &connection->next;
	server->first = connection;
	server->connection_count++;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	bufferevent_setwatermark(connection->buffers, EV_READ, 0, READ_AT_ONCE);
	bufferevent_setcb(connection->buffers, on_readable, on_written, on_event, connection);
	deadline_set(connection, server->idle_timeout);
	if (refused) {
		struct error err = {0};
		(void)error_set(&err, ERROR_OVERLOADED, "too many connections");
		refuse(connection, &err);
		return;
	}
	ensure(bufferevent_enable(connection->buffers, EV_READ | EV_WRITE) == 0);
}
