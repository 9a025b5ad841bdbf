/* server.h – an HTTP/1.1 server (RFC 9112) with TLS, on one loop thread.
 *
 * libevent's bufferevents carry the bytes and llhttp parses them. The server enforces every
 * limit on input: size of headers and body, time to send them, number of connections. It answers
 * each violation itself with the standard JSON error body. A connection serves one request at a
 * time; pipelined requests wait. */
#ifndef GREFFIER_HTTP_SERVER_H
#define GREFFIER_HTTP_SERVER_H

#include <stdbool.h>

#include "base/error.h"
#include "base/time.h"
#include "http/client_address.h"
#include "http/message.h"
#include "loop/loop.h"

struct http_server;
struct http_exchange; /* one request and its answer */

/* Bodies up to this length are read before the caller is authenticated. They find room whatever
 * else is held, because the limit on connections bounds them. */
#define HTTP_BODY_SMALL 16384

/* The conditions under which a body is read. */
struct body_terms {
	size_t limit; /* bytes; at least what the head announces */
	/* The proven sender, in the request's arena; NULL: unknown. All unknown senders together
	 * get a quarter of the room for bodies. One owner gets half, or as much as one body
	 * needs. */
	const char *owner;
};

struct http_server_config {
	const char *address; /* numeric: "127.0.0.1", "::" */
	unsigned port;       /* 0: the system chooses; see http_server_port */
	const char *tls_certificate; /* file with the chain in PEM; NULL for plain HTTP */
	const char *tls_key;
	bool is_behind_tls; /* a proxy terminates TLS */
	size_t headers_limit; /* bytes of request line and headers together */
	/* Bytes of all bodies held at the same time; large bodies beyond it get 503. */
	size_t bodies_limit;
	int64_t body_rate;    /* bytes per second that a body must reach on average */
	struct proxies proxies; /* the proxies that are believed about client addresses */
	unsigned connections_limit;
	/* Connections of one address, loopback included; 0: a quarter of all, and loopback
	 * unlimited. */
	unsigned peer_limit;
	struct duration handshake_timeout; /* for the TLS handshake */
	/* From the first byte of a request to the end of its head. */
	struct duration head_timeout;
	struct duration request_timeout; /* from the end of the head to the last byte of the body */
	struct duration idle_timeout;    /* between two requests of a connection */
	/* Called on the loop's thread when the head of a request has been read. Must lead to
	 * exactly one http_exchange_receive or http_exchange_respond, now or later. A request
	 * with a body that is answered here closes its connection. NULL: bodies up to
	 * `bodies_limit` are read. */
	void (*on_head)(struct http_exchange *exchange, struct http_request *request, void *arg);
	/* Called on the loop's thread when the body has been read. Must lead to exactly one
	 * http_exchange_respond, or to one http_exchange_begin and one http_exchange_end, now or
	 * later. */
	void (*on_request)(struct http_exchange *exchange, struct http_request *request, void *arg);
	void *arg;
};

/* Binds and listens at once. Requests are served once the loop runs. */
struct http_server *http_server_new(struct loop *loop, const struct http_server_config *config,
				    struct error *err);
unsigned http_server_port(const struct http_server *server);

/* Orders the server to read the body and then call on_request. From any thread; `terms` is
 * copied. */
void http_exchange_receive(struct http_exchange *exchange, const struct body_terms *terms);

/* Sends the answer and takes the response's body. The request's arena is freed. From any thread. */
void http_exchange_respond(struct http_exchange *exchange, struct http_response *response);

/* Begins an answer in pieces that ends when the connection closes. Sends the head and, when the
 * response has a body, the first piece. `on_ready` is called whenever everything sent has been
 * written, and when the client has gone. Send the next piece only then, so that a slow client
 * holds one piece in memory. Loop thread, like the three functions below. */
void http_exchange_begin(struct http_exchange *exchange, struct http_response *response,
			 void (*on_ready)(void *arg), void *arg);
/* Sends the next piece. Only the body of `piece` is used, and it is taken. */
void http_exchange_send(struct http_exchange *exchange, struct http_response *piece);
/* True when the client has gone: further pieces are discarded. */
bool http_exchange_is_gone(const struct http_exchange *exchange);
/* Ends the answer. The request's arena is freed. */
void http_exchange_end(struct http_exchange *exchange);

/* Reads certificate and key again, for new connections. Keeps the old ones when that fails. Loop
 * thread. */
MUST_CHECK bool http_server_reload_tls(struct http_server *server, struct error *err);

/* Stops accepting, answers requests in progress with `Connection: close`, then calls
 * `on_drained` once. Idle connections close at once; connections still open after `patience` are
 * cut. Loop thread. */
void http_server_drain(struct http_server *server, struct duration patience, void (*on_drained)(void *arg),
		       void *arg);
/* Closes everything. No worker may still hold an exchange. Call it on the loop's thread, or
 * after the loop has stopped. */
void http_server_free(struct http_server *server);

#endif
