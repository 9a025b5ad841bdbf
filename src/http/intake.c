/* intake.c – from bytes to a request that the application has: its head is judged before its body
 * is read, and all bodies together have a limit. */
#include <event2/buffer.h>

#include "base/ensure.h"
#include "http/client_address.h"
#include "http/connection.h"

#define CHUNKS_STEP 65536 /* a body in chunks is promised room in such steps */

void intake_release(struct connection *connection)
{
	room_release(connection, ROOM_REQUESTS);
	crowd_request_leave(connection);
}

static bool hold(struct connection *connection, size_t length, struct error *err)
{
	return room_hold(connection, ROOM_REQUESTS, length) ||
	       error_set(err, ERROR_OVERLOADED,
			 "other requests' bodies take all the room (--bodies-limit)");
}

/* ---- the body ---- */

/* From its head on, the body has a time of its own, and is looked at now and then. */
static void body_begin(struct connection *connection, const struct body_terms *terms)
{
	const struct http_request *request = connection->exchange.request;
	struct error err = {0};

	connection->owner = room_owner(terms->owner);
	if (connection->owner)
		connection->exchange.request->known_as = connection->owner;
	connection_move(connection, CONNECTION_RECEIVING);
	if (!hold(connection, (size_t)request->body_announced, &err)) {
		exchange_refuse(connection, &err);
		return;
	}
	if (!http_parser_expect(connection->parser, terms->limit)) {
		(void)error_set(&err, ERROR_OVERLOADED, "no memory for the body");
		exchange_refuse(connection, &err);
		return;
	}
	if (!http_request_has_body(request))
		return;
	if (request->expects_continue)
		bufferevent_write(connection->buffers, "HTTP/1.1 100 Continue\r\n\r\n", 25);
	connection->body_begun = mono_now();
	connection_deadline_set(connection, connection->server->body_pace);
}

static void receive(struct http_exchange *exchange)
{
	struct connection *connection = exchange->connection;
	const struct body_terms terms = exchange->terms;

	if (connection->state == CONNECTION_ORPHANED) {
		connection_free(connection);
		return;
	}
	body_begin(connection, &terms);
	if (connection->state != CONNECTION_RECEIVING)
		return;
	bufferevent_enable(connection->buffers, EV_READ);
	intake_parse(connection);
}

static void receive_posted(void *arg)
{
	receive(arg);
}

void http_exchange_receive(struct http_exchange *exchange, const struct body_terms *terms)
{
	struct loop *loop = exchange->connection->server->loop;

	exchange->terms = *terms;
	if (loop_is_current(loop))
		receive(exchange);
	else
		loop_post(loop, receive_posted, exchange);
}

void intake_pace_check(struct connection *connection)
{
	const struct http_server_config *config = &connection->server->config;
	struct duration since = mono_since(mono_now(), connection->body_begun);
	int64_t expected = since.us / 1000000 * config->body_rate;
	struct error err = {0};

	if (since.us < config->request_timeout.us &&
	    (int64_t)http_parser_body_length(connection->parser) >= expected) {
		connection_deadline_set(connection, connection->server->body_pace);
		return;
	}
	(void)error_set(&err, ERROR_REQUEST_TIMEOUT,
			"the body arrives too slowly (--request-timeout, --body-rate)");
	exchange_refuse(connection, &err);
}

static void body_complete(struct connection *connection)
{
	struct http_server *server = connection->server;
	struct http_request *request = connection->exchange.request;

	http_parser_take_body(connection->parser, request);
	bufferevent_disable(connection->buffers, EV_READ);
	event_del(connection->deadline);
	connection_move(connection, CONNECTION_ANSWERING);
	server->config.on_request(&connection->exchange, request, server->config.arg);
}

/* ---- the head ---- */

/* For an application that takes whatever comes. */
static void receive_any(struct connection *connection)
{
	const struct body_terms terms = {connection->server->config.bodies_limit, "all"};
	struct error err = {0};

	if (connection->exchange.request->body_announced <= terms.limit) {
		http_exchange_receive(&connection->exchange, &terms);
		return;
	}
	(void)error_set(&err, ERROR_BODY_TOO_LARGE, NULL);
	exchange_refuse(connection, &err);
}

static void head_complete(struct connection *connection)
{
	struct http_server *server = connection->server;
	struct http_request *request = http_parser_take_head(connection->parser);
	struct error err = {0};

	connection->keeps_alive = http_parser_keeps_alive(connection->parser);
	request->id = ++server->request_count;
	request->remote_address = arena_strdup(request->arena, connection->address);
	request->client_address = client_address(request, &server->config.proxies);
	request->received = wall_now();
	connection->is_head = request->method == HTTP_METHOD_HEAD;
	connection->exchange.request = request;
	connection->unread = 0;
	connection->owner = 0;
	request->known_as = connection->known_as;
	request->known_by = connection->known_by;
	bufferevent_disable(connection->buffers, EV_READ);
	event_del(connection->deadline);
	connection->deadline_is_of_head = false;
	connection_move(connection, CONNECTION_ADMITTING);
	if (!crowd_request_join(connection)) {
		(void)error_set(
			&err, ERROR_OVERLOADED,
			"too many requests at once from this address (--connections-per-address)");
		exchange_refuse(connection, &err);
		return;
	}
	if (server->config.on_head)
		server->config.on_head(&connection->exchange, request, server->config.arg);
	else
		receive_any(connection);
}

/* From the first byte of a head on, all of it must come within the limit: a drip does not extend
 * it. */
static void head_deadline_begin(struct connection *connection)
{
	if (connection->state != CONNECTION_READING || connection->deadline_is_of_head ||
	    !http_parser_has_begun(connection->parser))
		return;
	connection->deadline_is_of_head = true;
	connection_deadline_set(connection, connection->server->head_timeout);
}

/* ---- bytes ---- */

static bool takes_bytes(const struct connection *connection)
{
	return connection->state == CONNECTION_READING || connection->state == CONNECTION_RECEIVING;
}

/* Chunks announce no length: room for them is found as they come. */
static bool chunks_hold(struct connection *connection, struct error *err)
{
	size_t length = http_parser_body_length(connection->parser);

	if (connection->state != CONNECTION_RECEIVING || length <= connection->held[ROOM_REQUESTS])
		return true;
	return hold(connection, length <= HTTP_BODY_SMALL ? length : length + CHUNKS_STEP, err);
}

/* False when nothing more can be done with what is here. */
static bool step(struct connection *connection)
{
	struct evbuffer *in = bufferevent_get_input(connection->buffers);
	struct evbuffer_iovec piece = {0};
	struct error err = {0};
	size_t used = 0;

	if (evbuffer_peek(in, -1, NULL, &piece, 1) == 0 && connection->state == CONNECTION_READING)
		return false;
	enum http_parse_result result = http_parser_feed(connection->parser, piece.iov_base,
							 piece.iov_len, &used, &err);
	evbuffer_drain(in, used);
	if (result != HTTP_PARSE_REFUSED && !chunks_hold(connection, &err))
		result = HTTP_PARSE_REFUSED;
	switch (result) {
	case HTTP_PARSE_MORE:
		head_deadline_begin(connection);
		return evbuffer_get_length(in) > 0;
	case HTTP_PARSE_HEAD:
		head_complete(connection);
		break;
	case HTTP_PARSE_COMPLETE:
		body_complete(connection);
		break;
	case HTTP_PARSE_REFUSED:
		exchange_refuse(connection, &err);
		break;
	}
	return takes_bytes(connection);
}

/* The application may answer at once, and the next request be parsed, within a step. */
void intake_parse(struct connection *connection)
{
	if (connection->is_parsing)
		return;
	connection->is_parsing = true;
	while (takes_bytes(connection) && step(connection))
		;
	connection->is_parsing = false;
}
