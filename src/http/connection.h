/* connection.h – the life of one connection. Inside src/http only. */
#ifndef GREFFIER_HTTP_CONNECTION_H
#define GREFFIER_HTTP_CONNECTION_H

#include <netinet/in.h>

#include <event2/bufferevent.h>
#include <event2/listener.h>
#include <openssl/ssl.h>

#include "http/crowd.h"
#include "http/parser.h"
#include "http/relief.h"
#include "http/response_head.h"
#include "http/room.h"
#include "http/server.h"
#include "http/spares.h"

/*   READING ──head──▶ ADMITTING ──▶ RECEIVING ──body──▶ ANSWERING ──answer──▶ WRITING ──flushed──▶ READING
 *      │                 │ │             │                 │  └──begun──▶ STREAMING ──end──┘  └──last answer──▶ LINGERING ──▶ gone
 *      ├──refused──▶ WRITING ◀──refused──┤                 │                  │
 *      └──gone             └──client gone┼── ──────────────┴────▶ ORPHANED ◀──┴      ──answer or end──▶ gone
 *
 * ADMITTING: the application judges the head; nothing is read meanwhile. LINGERING reads on for a moment after the last
 * answer: closing at once with unread bytes makes the client's kernel throw the answer away (RFC 9112 section 9.6). */
enum connection_state {
	CONNECTION_READING,
	CONNECTION_ADMITTING,
	CONNECTION_RECEIVING,
	CONNECTION_ANSWERING,
	CONNECTION_STREAMING,
	CONNECTION_WRITING,
	CONNECTION_LINGERING,
	CONNECTION_ORPHANED,
	CONNECTION_GONE,
};

struct http_exchange {
	struct connection *connection;
	struct http_request *request;
	struct http_response response; /* on its way from a worker's thread to the loop */
	struct body_terms terms;       /* so are these */
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
	bool keeps_alive, is_head, deadline_is_of_head, is_parsing;
	bool is_shaking_hands; /* of TLS */
	struct peer *peer;     /* who is connected; NULL: not counted */
	struct peer *client;   /* of the request, behind a proxy; NULL: not counted */
	TAILQ_ENTRY(connection) expendable;
	bool is_expendable;
	struct mono_time expendable_since;
	uint64_t owner;          /* room_owner: who has proven to send the request; 0: unknown */
	uint64_t known_as;       /* the last owner; 0: there was none yet */
	size_t held[ROOM_COUNT]; /* bytes, in server->rooms */
	uint64_t unread;       /* bytes of a refused body that may be discarded */
	struct mono_time body_begun;
	char address[NETWORK_ADDRESS_TEXT];
};

/* What connections share. Everything but `config` belongs to the loop's thread. */
struct http_server {
	struct http_server_config config;
	struct loop *loop;
	struct evconnlistener *listener;
	unsigned port;
	SSL_CTX *tls; /* NULL: plain */
	struct connection *first; /* list of all */
	struct crowd crowd;
	unsigned connection_count;
	uint64_t request_count;
	struct http_date date;
	size_t rooms[ROOM_COUNT]; /* bytes that are held, or promised room */
	struct spares spares;
	struct event *accept_again; /* after a shortage of descriptors, or ACCEPTS_IN_A_ROW */
	unsigned accepts_in_a_row;
	int64_t shortage_logged_s;
	struct relief relief;
	const struct timeval *handshake_timeout, *idle_timeout, *head_timeout, *body_pace, *write_timeout, *linger_timeout;
	bool draining;
	struct event *patience;
	void (*on_drained)(void *arg);
	void *drained_arg;
};

/* Takes the socket. `refused` answers 503 and closes: there are too many. */
void connection_open(struct http_server *server, evutil_socket_t fd, const char *address, bool refused);
/* Closes it if no request is under way. */
void connection_close_if_idle(struct connection *connection);
/* Closes it now; an exchange under way is answered into the void. */
void connection_cut(struct connection *connection);
struct connection *connection_next(const struct connection *connection);
/* An illegal move would free a connection that a worker still answers, or answer twice. */
void connection_move(struct connection *connection, enum connection_state state);
void connection_free(struct connection *connection);
/* Its output is flushed. */
void connection_flushed(struct connection *connection);
void connection_deadline_set(struct connection *connection, const struct timeval *timeout);

/* intake.c: from bytes to a request that the application has. */
void intake_parse(struct connection *connection);
/* The body's deadline: it came too slowly, or goes on. */
void intake_pace_check(struct connection *connection);
/* The request is over, or its connection: its body takes no room any more. */
void intake_release(struct connection *connection);

/* exchange.c: answers. */
void exchange_refuse(struct connection *connection, const struct error *err);
/* The output is flushed: the next piece of a stream. */
void exchange_ready_tell(struct connection *connection);

/* The server's part: the last connection of a draining server has gone. */
void http_server_connection_gone(struct http_server *server);

#endif
