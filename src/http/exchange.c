/* exchange.c – answers: whole ones, refusals of the server's own, and streams. */
#include <stdlib.h>

#include <event2/buffer.h>

#include "base/ensure.h"
#include "http/connection.h"
#include "http/response_head.h"

#define COPY_BODY_MAX 16384 /* longer bodies are referenced, not copied */

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

/* A body that is not read to its end ends the connection: what follows in it is no request. */
static void body_give_up(struct connection *connection)
{
	struct http_request *request = connection->exchange.request;

	if (connection->state == CONNECTION_ADMITTING && !http_request_has_body(request)) {
		ensure(http_parser_expect(connection->parser, 0));
		http_parser_take_body(connection->parser, request);
		return;
	}
	connection->keeps_alive = false;
	if (request)
		connection->unread = request->body_announced;
}

/* Answers that nobody reads fill no more than their room. */
static void body_limit(struct connection *connection, struct http_response *response)
{
	struct error err = {0};

	if (connection->is_head || room_hold(connection, ROOM_ANSWERS, response->body_length))
		return;
	(void)error_set(&err, ERROR_OVERLOADED,
			"answers that wait to be read take all the room (--bodies-limit)");
	response->header_count = 0;
	http_response_header(response, "Retry-After", "1");
	http_response_error(response, &err);
}

static bool is_https(const struct connection *connection)
{
	return connection->server->tls || connection->server->config.is_behind_tls;
}

/* Who answered the request has said who sent it. */
static void owner_learn(struct connection *connection)
{
	connection->owner = room_owner(connection->exchange.request->owner);
	if (!connection->owner)
		return;
	connection->known_as = connection->owner;
	connection->known_by = connection->exchange.request->credential;
}

/* Takes the response's body. */
static void answer(struct connection *connection, struct http_response *response)
{
	struct evbuffer *out = bufferevent_get_output(connection->buffers);

	if (connection->state != CONNECTION_ANSWERING)
		body_give_up(connection);
	if (response->close || connection->server->draining)
		connection->keeps_alive = false;
	if (connection->exchange.request)
		owner_learn(connection);
	connection_move(connection, CONNECTION_WRITING);
	connection->deadline_is_of_head = false;
	connection_deadline_set(connection, connection->server->write_timeout);
	const struct response_end end = {true, connection->keeps_alive, is_https(connection)};
	body_limit(connection, response);
	response_head_write(out, response, &end, &connection->server->date);
	if (response->body && !connection->is_head)
		body_write(out, response);
	http_response_done(response);
	http_request_free(connection->exchange.request);
	connection->exchange.request = NULL;
	intake_release(connection);
	ensure(bufferevent_enable(connection->buffers, EV_WRITE) == 0);
}

void exchange_refuse(struct connection *connection, const struct error *err)
{
	struct http_response response = {.close = true};

	if (connection->state == CONNECTION_READING)
		connection->is_head = false; /* it is not known yet */
	bufferevent_disable(connection->buffers, EV_READ);
	if (error_http_status(err->code) == 503)
		http_response_header(&response, "Retry-After", "1");
	http_response_error(&response, err);
	answer(connection, &response);
}

static void exchange_finish(struct http_exchange *exchange)
{
	struct connection *connection = exchange->connection;

	if (connection->state == CONNECTION_ORPHANED) {
		http_response_done(&exchange->response);
		connection_free(connection);
		return;
	}
	answer(connection, &exchange->response);
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
	connection_deadline_set(connection, connection->server->write_timeout);
	body_write(bufferevent_get_output(connection->buffers), piece);
	http_response_done(piece);
	ensure(bufferevent_enable(connection->buffers, EV_WRITE) == 0);
}

void http_exchange_begin(struct http_exchange *exchange, struct http_response *response,
			 void (*on_ready)(void *arg), void *arg)
{
	struct connection *connection = exchange->connection;
	const struct response_end end = {false, false, is_https(connection)};

	exchange->on_ready = on_ready;
	exchange->arg = arg;
	if (http_exchange_is_gone(exchange)) {
		http_response_done(response);
		return;
	}
	connection->keeps_alive = false;
	connection_move(connection, CONNECTION_STREAMING);
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

	exchange->on_ready = NULL;
	if (http_exchange_is_gone(exchange)) {
		connection_free(connection);
	} else {
		owner_learn(connection);
		connection_move(connection, CONNECTION_WRITING);
		bufferevent_disable(connection->buffers, EV_READ);
		http_request_free(exchange->request);
		exchange->request = NULL;
		intake_release(connection);
		connection_deadline_set(connection, connection->server->write_timeout);
		if (evbuffer_get_length(bufferevent_get_output(connection->buffers)) == 0)
			connection_flushed(connection);
	}
}

void exchange_ready_tell(struct connection *connection)
{
	struct http_exchange *exchange = &connection->exchange;

	if (exchange->on_ready)
		exchange->on_ready(exchange->arg);
}
