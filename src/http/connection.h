/* connection.h – the life of one connection. Inside src/http only. */
#ifndef GREFFIER_HTTP_CONNECTION_H
#define GREFFIER_HTTP_CONNECTION_H

#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <openssl/ssl.h>

#include "http/parser.h"
#include "http/response_head.h"
#include "http/server.h"

struct connection;

/* What connections share. Everything but `config` belongs to the loop's thread. */
struct http_server {
	struct http_server_config config;
	struct loop *loop;
	struct evconnlistener *listener;
	unsigned port;
	SSL_CTX *tls; /* NULL: plain */
	struct connection *first; /* list of all */
	unsigned connection_count;
	uint64_t request_count;
	struct http_date date;
	const struct timeval *idle_timeout, *request_timeout, *write_timeout, *linger_timeout;
	bool draining;
	struct event *patience;
	void (*on_drained)(void *arg);
	void *drained_arg;
};

/* Takes the socket. `refused` answers 503 and closes: there are too many. */
void connection_open(struct http_server *server, evutil_socket_t fd, const struct sockaddr *address,
		     bool refused);
/* Closes it if no request is under way. */
void connection_close_if_idle(struct connection *connection);
/* Closes it now; an exchange under way is answered into the void. */
void connection_cut(struct connection *connection);
struct connection *connection_next(const struct connection *connection);

/* The server's part: the last connection of a draining server has gone. */
void http_server_connection_gone(struct http_server *server);

#endif
