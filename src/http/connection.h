/* connection.h – the state machine of one HTTP connection. Inside src/http only. */
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
 * ADMITTING: the application decides from the head whether to read the body. Nothing is read
 * meanwhile.
 *
 * LINGERING: the connection is read for a moment after the last answer. Closing a socket with
 * unread bytes makes the client's kernel discard the answer (RFC 9112 section 9.6).
 *
 * ORPHANED: the client has gone while a worker still computes the answer. */
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
	struct body_terms terms;       /* on its way from a worker's thread to the loop */
	/* For a streamed answer. */
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
	bool is_shaking_hands; /* during the TLS handshake */
	struct peer *peer;     /* the connected address; NULL: not counted */
	struct peer *client;   /* the client of the request behind a proxy; NULL: not counted */
	TAILQ_ENTRY(connection) expendable;
	bool is_expendable;
	struct mono_time expendable_since;
	uint64_t owner;          /* room_owner of the proven sender of the request; 0: unknown */
	uint64_t known_as;       /* the last known owner of this connection; 0: none so far */
	uint64_t known_by;       /* the key of the credential that it was known by */
	size_t held[ROOM_COUNT]; /* bytes held in server->rooms */
	uint64_t unread;       /* bytes of a refused body that may still be discarded */
	struct mono_time body_begun;
	char address[NETWORK_ADDRESS_TEXT];
};

/* State that all connections share. Everything except `config` belongs to the loop's thread. */
struct http_server {
	struct http_server_config config;
	struct loop *loop;
	struct evconnlistener *listener;
	unsigned port;
	SSL_CTX *tls; /* NULL: plain HTTP */
	struct connection *first; /* list of all connections */
	struct crowd crowd;
	unsigned connection_count;
	uint64_t request_count;
	struct http_date date;
	size_t rooms[ROOM_COUNT]; /* bytes that are held or reserved */
	struct spares spares;
	/* After running out of descriptors, or after ACCEPTS_IN_A_ROW. */
	struct event *accept_again;
	unsigned accepts_in_a_row;
	int64_t shortage_logged_s;
	struct relief relief;
	const struct timeval *handshake_timeout, *idle_timeout, *head_timeout, *body_pace, *write_timeout, *linger_timeout;
	bool draining;
	struct event *patience;
	void (*on_drained)(void *arg);
	void *drained_arg;
};

/* Takes over the socket and starts to serve it. With `refused`, it answers 503 and closes,
 * because there are too many connections. */
void connection_open(struct http_server *server, evutil_socket_t fd, const char *address, bool refused);
/* Closes the connection unless a request is in progress. */
void connection_close_if_idle(struct connection *connection);
/* Closes the connection now. The answer of a request in progress is discarded. */
void connection_cut(struct connection *connection);
struct connection *connection_next(const struct connection *connection);
/* Changes the state. Stops the process on an illegal move: such a move would free a connection
 * that a worker still answers, or answer twice. */
void connection_move(struct connection *connection, enum connection_state state);
void connection_free(struct connection *connection);
/* Called when all output of the connection has been written. */
void connection_flushed(struct connection *connection);
void connection_deadline_set(struct connection *connection, const struct timeval *timeout);

/* intake.c: turns received bytes into a request for the application. */
void intake_parse(struct connection *connection);
/* Called at the body's deadline: refuses a body that came too slowly, and sets the next deadline
 * otherwise. */
void intake_pace_check(struct connection *connection);
/* Releases the room that the body took, when the request or the connection has ended. */
void intake_release(struct connection *connection);

/* exchange.c: sends answers. */
void exchange_refuse(struct connection *connection, const struct error *err);
/* Asks for the next piece of a streamed answer, when all output has been written. */
void exchange_ready_tell(struct connection *connection);

/* Called when the last connection of a draining server is gone. */
void http_server_connection_gone(struct http_server *server);

#endif
