/* server.h – sockets, TLS and HTTP/1.1 (RFC 9112), on one loop thread.
 *
 * Bytes are parsed by llhttp on libevent's bufferevents. The server enforces every limit on what strangers
 * send (size of headers and body, time to send them, number of connections) and answers each breach itself
 * with the standard JSON error body. One request at a time per connection; pipelined ones wait their turn. */
#ifndef GREFFIER_HTTP_SERVER_H
#define GREFFIER_HTTP_SERVER_H

#include <stdbool.h>

#include "base/error.h"
#include "base/time.h"
#include "http/client_address.h"
#include "http/message.h"
#include "loop/loop.h"

struct http_server;
struct http_exchange; /* a request being answered */

/* Bodies up to this length are read before anybody is asked who they are, and found room for whatever else is held: the limit
 * of connections bounds them. */
#define HTTP_BODY_SMALL 16384

/* On what terms a body is read. */
struct body_terms {
	size_t limit; /* bytes; not less than the head announces */
	/* Who has proven to send it, in the request's arena; NULL: unknown. All the unknown together get a quarter of the room for
	 * bodies; one owner gets half, or what one body needs. */
	const char *owner;
};

struct http_server_config {
	const char *address; /* "127.0.0.1", "::" ; numeric */
	unsigned port;       /* 0: the system chooses, see http_server_port */
	const char *tls_certificate; /* PEM chain; NULL for plain HTTP */
	const char *tls_key;
	bool is_behind_tls; /* a proxy does TLS */
	size_t headers_limit; /* bytes of request line and headers together */
	size_t bodies_limit;  /* bytes of all bodies that are held at the same time; large ones beyond it get 503 */
	int64_t body_rate;    /* bytes a second that a body must come with, on average */
	struct proxies proxies; /* who is believed where a client is */
	unsigned connections_limit;
	unsigned peer_limit; /* connections of one address, loopback too; 0: a quarter, and loopback may have all */
	struct duration handshake_timeout; /* of TLS */
	struct duration head_timeout;    /* from the first byte of a request to the end of its head */
	struct duration request_timeout; /* from there to the last byte of its body */
	struct duration idle_timeout;    /* between requests of a connection */
	/* On the loop's thread, with a request whose head alone has come. Must lead to one http_exchange_receive, or to one
	 * http_exchange_respond, now or later. A request that is answered then, and has a body, ends its connection.
	 * NULL: bodies up to `bodies_limit` are read. */
	void (*on_head)(struct http_exchange *exchange, struct http_request *request, void *arg);
	/* On the loop's thread, after http_exchange_receive: the body is there. Must lead to exactly one http_exchange_respond, or
	 * to one http_exchange_begin and _end, now or later. */
	void (*on_request)(struct http_exchange *exchange, struct http_request *request, void *arg);
	void *arg;
};

/* Binds and listens at once; serves when the loop runs. */
struct http_server *http_server_new(struct loop *loop, const struct http_server_config *config,
				    struct error *err);
unsigned http_server_port(const struct http_server *server);

/* From any thread, by value: the body is to be read, and on_request called. */
void http_exchange_receive(struct http_exchange *exchange, const struct body_terms *terms);

/* From any thread, by value: takes the response's body. The request's arena is gone afterwards. */
void http_exchange_respond(struct http_exchange *exchange, struct http_response *response);

/* An answer in pieces, whose end is the connection's. All on the loop's thread.
 * Begins it: the head and, when the response has a body, the first piece. `on_ready` is called whenever all that was sent has
 * been written, and when the client has gone: only then is the next piece sent, so that a slow client holds one piece. */
void http_exchange_begin(struct http_exchange *exchange, struct http_response *response,
			 void (*on_ready)(void *arg), void *arg);
/* Of `piece` only the body counts, and it is taken. */
void http_exchange_send(struct http_exchange *exchange, struct http_response *piece);
/* Nothing can reach the client any more: what is sent goes nowhere. */
bool http_exchange_is_gone(const struct http_exchange *exchange);
/* The request's arena is gone afterwards. */
void http_exchange_end(struct http_exchange *exchange);

/* Reads certificate and key again; new connections use them. The old ones stay when that fails. Loop thread. */
MUST_CHECK bool http_server_reload_tls(struct http_server *server, struct error *err);

/* Stops accepting, answers what is under way with `Connection: close`, then calls `on_drained` once. Idle
 * connections close at once; those still open after `patience` are cut. Loop thread. */
void http_server_drain(struct http_server *server, struct duration patience, void (*on_drained)(void *arg),
		       void *arg);
/* Closes everything. No exchange may be outstanding in a worker. Loop thread, or the loop has stopped. */
void http_server_free(struct http_server *server);

#endif
