/* connection.c – one connection's life: opened, read from, closed. Its states are drawn in
 * connection.h. */
#include "http/connection.h"

#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <event2/buffer.h>
#include <event2/bufferevent_ssl.h>
#include <openssl/err.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "http/response_head.h"

#define READ_AT_ONCE 65536
#define CONNECTION_COST 8192 /* bytes of memory, about */
/* After the last answer, what the client still sends is discarded, so that the client comes to
 * reading the answer: as much as its head announced, or this much of a body of unknown length. */
#define LINGER_BYTES_MAX (1024 * 1024)
#define LINGER_ANNOUNCED_MAX (64 * 1024 * 1024)

static const unsigned connection_moves[] = {
	[CONNECTION_READING] = BIT(CONNECTION_ADMITTING) | BIT(CONNECTION_WRITING) |
			       BIT(CONNECTION_GONE),
	[CONNECTION_ADMITTING] = BIT(CONNECTION_RECEIVING) | BIT(CONNECTION_WRITING) |
				 BIT(CONNECTION_ORPHANED),
	[CONNECTION_RECEIVING] = BIT(CONNECTION_ANSWERING) | BIT(CONNECTION_WRITING) |
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

void connection_move(struct connection *connection, enum connection_state state)
{
	ensure(connection_moves[connection->state] & BIT(state));
	connection->state = state;
	crowd_update(connection);
}

void connection_free(struct connection *connection)
{
	struct http_server *server = connection->server;

	connection_move(connection, CONNECTION_GONE);
	intake_release(connection);
	room_release(connection, ROOM_ANSWERS);
	crowd_leave(connection);
	http_request_free(connection->exchange.request);
	if (connection->buffers)
		bufferevent_free(connection->buffers);
	event_free(connection->deadline);
	http_parser_free(connection->parser);
	*connection->link = connection->next;
	if (connection->next)
		connection->next->link = connection->link;
	free(connection);
	server->connection_count--;
	relief_note(&server->relief, CONNECTION_COST);
	http_server_connection_gone(server);
}

void connection_deadline_set(struct connection *connection, const struct timeval *timeout)
{
	ensure(event_add(connection->deadline, timeout) == 0);
}

static void discard(struct connection *connection)
{
	struct evbuffer *in = bufferevent_get_input(connection->buffers);
	size_t length = evbuffer_get_length(in);

	evbuffer_drain(in, length);
	connection->unread -= length < connection->unread ? length : connection->unread;
	if (connection->unread == 0) /* the answer can still be read until the deadline */
		bufferevent_disable(connection->buffers, EV_READ);
}

static void on_readable(struct bufferevent *buffers, void *arg)
{
	struct connection *connection = arg;

	switch (connection->state) {
	case CONNECTION_READING:
	case CONNECTION_RECEIVING:
		intake_parse(connection);
		break;
	case CONNECTION_LINGERING:
		discard(connection);
		break;
	case CONNECTION_STREAMING: /* nothing that is sent now is answered */
		evbuffer_drain(bufferevent_get_input(buffers),
			       evbuffer_get_length(bufferevent_get_input(buffers)));
		break;
	case CONNECTION_ADMITTING:
	case CONNECTION_ANSWERING:
	case CONNECTION_WRITING:
	case CONNECTION_ORPHANED:
	case CONNECTION_GONE:
		break;
	}
}

/* The client is told that this is all: by the end of TLS, and by the end of our half of TCP. */
static void half_close(struct connection *connection)
{
	SSL *ssl = bufferevent_openssl_get_ssl(connection->buffers);

	if (ssl)
		(void)SSL_shutdown(ssl);
	ERR_clear_error(); /* the client may have gone */
	shutdown(bufferevent_getfd(connection->buffers), SHUT_WR);
}

static void linger(struct connection *connection)
{
	connection_move(connection, CONNECTION_LINGERING);
	connection_deadline_set(connection, connection->server->linger_timeout);
	half_close(connection);
	if (connection->unread < LINGER_BYTES_MAX)
		connection->unread = LINGER_BYTES_MAX;
	if (connection->unread > LINGER_ANNOUNCED_MAX)
		connection->unread = LINGER_ANNOUNCED_MAX;
	bufferevent_enable(connection->buffers, EV_READ);
	discard(connection);
}

void connection_flushed(struct connection *connection)
{
	if (connection->state == CONNECTION_STREAMING) {
		event_del(connection->deadline);
		exchange_ready_tell(connection);
		return;
	}
	if (connection->state != CONNECTION_WRITING)
		return;
	room_release(connection, ROOM_ANSWERS);
	if (!connection->keeps_alive) {
		linger(connection);
		return;
	}
	connection->owner = 0;
	connection_move(connection, CONNECTION_READING);
	connection_deadline_set(connection, connection->server->idle_timeout);
	bufferevent_enable(connection->buffers, EV_READ);
	intake_parse(connection); /* the next request may be here already */
}

static void on_written(struct bufferevent *buffers, void *arg)
{
	connection_flushed(arg);
}

static void orphan(struct connection *connection)
{
	connection_move(connection, CONNECTION_ORPHANED);
	bufferevent_free(connection->buffers);
	connection->buffers = NULL;
	event_del(connection->deadline);
}

void connection_cut(struct connection *connection)
{
	if (connection->state == CONNECTION_ANSWERING ||
	    connection->state == CONNECTION_ADMITTING) {
		orphan(connection);
	} else if (connection->state == CONNECTION_STREAMING) {
		orphan(connection);
		exchange_ready_tell(connection);
	} else if (connection->state != CONNECTION_ORPHANED) {
		connection_free(connection);
	}
}

static void on_event(struct bufferevent *buffers, short what, void *arg)
{
	struct connection *connection = arg;

	if ((what & BEV_EVENT_CONNECTED) && connection->is_shaking_hands) {
		const struct http_server *server = connection->server;
		connection->is_shaking_hands = false;
		connection_deadline_set(connection, connection->state == CONNECTION_WRITING
							    ? server->write_timeout
							    : server->idle_timeout);
	}
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR))
		connection_cut(arg);
}

static void on_deadline(evutil_socket_t fd, short what, void *arg)
{
	struct connection *connection = arg;
	struct error err = {0};

	if (connection->state == CONNECTION_RECEIVING) {
		intake_pace_check(connection);
	} else if (connection->state == CONNECTION_READING && connection->deadline_is_of_head) {
		(void)error_set(&err, ERROR_REQUEST_TIMEOUT,
				"the head of the request did not arrive in time");
		exchange_refuse(connection, &err);
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

void connection_open(struct http_server *server, evutil_socket_t fd, const char *address,
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
	connection->parser = http_parser_new(server->config.headers_limit);
	snprintf(connection->address, sizeof(connection->address), "%s", address);
	connection->link = &server->first;
	connection->next = server->first;
	if (connection->next)
		connection->next->link = &connection->next;
	server->first = connection;
	server->connection_count++;

	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	bufferevent_setwatermark(connection->buffers, EV_READ, 0, READ_AT_ONCE);
	bufferevent_setcb(connection->buffers, on_readable, on_written, on_event, connection);
	crowd_join(connection);
	connection->is_shaking_hands = server->tls != NULL;
	connection_deadline_set(connection,
				server->tls ? server->handshake_timeout : server->idle_timeout);
	if (refused) {
		struct error err = {0};
		(void)error_set(
			&err, ERROR_OVERLOADED,
			"too many connections (--connections-limit, --connections-per-address)");
		exchange_refuse(connection, &err);
		if (server->tls) /* it is told after its handshake */
			connection_deadline_set(connection, server->handshake_timeout);
		return;
	}
	ensure(bufferevent_enable(connection->buffers, EV_READ | EV_WRITE) == 0);
}
