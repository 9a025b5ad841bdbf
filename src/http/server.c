/* server.c – listening, accepting, draining. */
#include "http/server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ensure.h"
#include "base/log.h"
#include "http/connection.h"
#include "http/tls.h"

#define BACKLOG 1024
#define WRITE_TIMEOUT_S 60 /* for a client that does not read its answer */
#define LINGER_TIMEOUT_S 2
#define SHORTAGE_PAUSE_MS 50
#define SHORTAGE_LOG_S 10
#define BODY_PACE_S 10 /* how often the rate of a body is looked at */
#define REFUSED_EXTRA \
	64 /* connections beyond the limit that still get an answer; more are just closed */

static void address_text(const struct sockaddr *address, char ret_text[NETWORK_ADDRESS_TEXT])
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)address;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)address;

	ret_text[0] = '\0';
	if (address->sa_family == AF_INET)
		inet_ntop(AF_INET, &v4->sin_addr, ret_text, NETWORK_ADDRESS_TEXT);
	else if (address->sa_family == AF_INET6)
		inet_ntop(AF_INET6, &v6->sin6_addr, ret_text, NETWORK_ADDRESS_TEXT);
}

/* Connections accepted before others get a turn: the listener would go on for as long as there are
 * any, and everybody waits meanwhile. */
#define ACCEPTS_IN_A_ROW 8

static void accept_turn_end(struct http_server *server)
{
	if (++server->accepts_in_a_row < ACCEPTS_IN_A_ROW)
		return;
	evconnlistener_disable(server->listener);
	event_active(server->accept_again, EV_TIMEOUT, 0);
}

static void on_accept(struct evconnlistener *listener, evutil_socket_t fd, struct sockaddr *address,
		      int address_length, void *arg)
{
	struct http_server *server = arg;
	char text[NETWORK_ADDRESS_TEXT];

	address_text(address, text);
	/* Without a spare, the next one could not even be refused: this one takes the last
	 * descriptor for a moment only. */
	spares_fill(&server->spares);
	bool refused = server->spares.count == 0 || !crowd_make_room(server, text);
	if (refused && server->connection_count >= server->config.connections_limit + REFUSED_EXTRA)
		evutil_closesocket(fd);
	else
		connection_open(server, fd, text, refused);
	accept_turn_end(server);
}

/* ---- when no descriptor is left ---- */

/* The last spare: nothing can be kept open, so the answer is all in one. Over TLS there is none. */
static void turn_away(const struct http_server *server, evutil_socket_t fd)
{
	static const char body[] = "{\"code\":503,\"messageKey\":\"error.unavailable.overloaded\","
				   "\"name\":\"Service Unavailable\","
				   "\"message\":\"The server is too busy. Try again shortly.\"}";
	char answer[512];
	char unread[4096];

	if (!server->tls) {
		int length = snprintf(answer, sizeof(answer),
				      "HTTP/1.1 503 Service Unavailable\r\n"
				      "Content-Type: application/json\r\nRetry-After: 1\r\n"
				      "Connection: close\r\nContent-Length: %zu\r\n\r\n%s",
				      strlen(body), body);
		(void)!send(fd, answer, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT);
		shutdown(fd, SHUT_WR);
		(void)!recv(fd, unread, sizeof(unread), MSG_DONTWAIT);
	}
	evutil_closesocket(fd);
}

static void accept_with_spare(struct http_server *server)
{
	struct sockaddr_storage address = {0};
	socklen_t length = sizeof(address);
	char text[NETWORK_ADDRESS_TEXT];

	spares_give_up(&server->spares);
	int fd = accept4(evconnlistener_get_fd(server->listener), (struct sockaddr *)&address,
			 &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		return;
	address_text((struct sockaddr *)&address, text);
	if (server->spares.count > 0)
		connection_open(server, fd, text, true);
	else
		turn_away(server, fd);
	spares_fill(&server->spares);
}

/* Accepting goes on: when others have had a turn, or after a shortage a moment later, because going
 * on at once would spin. */
static void on_accept_again(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *server = arg;

	server->accepts_in_a_row = 0;
	spares_fill(&server->spares);
	if (server->listener)
		evconnlistener_enable(server->listener);
}

/* An idle connection is closed for the new one; or the new one is told to retry later. */
static void on_accept_error(struct evconnlistener *listener, void *arg)
{
	struct http_server *server = arg;
	const struct timeval moment = {0, SHORTAGE_PAUSE_MS * 1000};
	const char *reason = strerror(errno);
	int64_t now_s = mono_now().us / 1000000;

	if (now_s >= server->shortage_logged_s + SHORTAGE_LOG_S) {
		server->shortage_logged_s = now_s;
		log_warn("http",
			 "cannot accept a connection: %s; clients are told to retry later "
			 "(raise the limit of open files: ulimit -n)",
			 reason);
	}
	if (!crowd_shed(server)) {
		if (server->spares.count > 0)
			accept_with_spare(server);
		else
			evconnlistener_disable(listener);
	}
	ensure(event_add(server->accept_again, &moment) == 0);
}

/* ---- building ---- */

static bool address_make(const struct http_server_config *config, struct sockaddr_storage *storage,
			 socklen_t *ret_length, struct error *err)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)(void *)storage;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)(void *)storage;

	memset(storage, 0, sizeof(*storage));
	if (inet_pton(AF_INET, config->address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)config->port);
		*ret_length = sizeof(*v4);
		return true;
	}
	if (inet_pton(AF_INET6, config->address, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)config->port);
		*ret_length = sizeof(*v6);
		return true;
	}
	return error_set(err, ERROR_CONFIGURATION, "`%s` is not a numeric address",
			 config->address);
}

static unsigned port_of(evutil_socket_t fd)
{
	struct sockaddr_storage storage = {0};
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	socklen_t length = sizeof(storage);

	ensure(getsockname(fd, (struct sockaddr *)&storage, &length) == 0);
	memcpy(&v4, &storage, sizeof(v4));
	memcpy(&v6, &storage, sizeof(v6));
	return ntohs(storage.ss_family == AF_INET ? v4.sin_port : v6.sin6_port);
}

static bool listener_open(struct http_server *server, struct error *err)
{
	struct sockaddr_storage address;
	socklen_t length = 0;

	if (!address_make(&server->config, &address, &length, err))
		return false;
	server->listener = evconnlistener_new_bind(
		loop_base(server->loop), on_accept, server,
		LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC | LEV_OPT_REUSEABLE, BACKLOG,
		(struct sockaddr *)&address, (int)length);
	if (!server->listener)
		return error_set(err, ERROR_CONFIGURATION, "cannot listen on %s port %u: %s",
				 server->config.address, server->config.port, strerror(errno));
	evconnlistener_set_error_cb(server->listener, on_accept_error);
	server->port = port_of(evconnlistener_get_fd(server->listener));
	return true;
}

/* All timers of a kind have the same length, so libevent keeps them in a queue instead of a heap.
 */
static const struct timeval *common_timeout(struct loop *loop, struct duration duration)
{
	const struct timeval time = {duration.us / 1000000, duration.us % 1000000};
	const struct timeval *common = event_base_init_common_timeout(loop_base(loop), &time);

	ensure(common);
	return common;
}

static struct duration shorter(struct duration a, struct duration b)
{
	return a.us < b.us ? a : b;
}

struct http_server *http_server_new(struct loop *loop, const struct http_server_config *config,
				    struct error *err)
{
	struct http_server *server = calloc(1, sizeof(*server));

	ensure(server);
	server->config = *config;
	server->loop = loop;
	server->idle_timeout = common_timeout(loop, config->idle_timeout);
	server->handshake_timeout = common_timeout(loop, config->handshake_timeout);
	crowd_init(&server->crowd);
	relief_init(&server->relief, loop_base(loop));
	spares_fill(&server->spares);
	server->accept_again = evtimer_new(loop_base(loop), on_accept_again, server);
	server->shortage_logged_s = INT64_MIN / 2;
	ensure(server->accept_again);
	server->head_timeout = common_timeout(
		loop, shorter(config->head_timeout, config->request_timeout));
	server->body_pace = common_timeout(
		loop, shorter(duration_s(BODY_PACE_S), config->request_timeout));
	server->write_timeout = common_timeout(loop, duration_s(WRITE_TIMEOUT_S));
	server->linger_timeout = common_timeout(loop, duration_s(LINGER_TIMEOUT_S));
	if (config->tls_certificate)
		server->tls = tls_context_new(config->tls_certificate, config->tls_key, err);
	if ((config->tls_certificate && !server->tls) || !listener_open(server, err)) {
		http_server_free(server);
		return NULL;
	}
	return server;
}

unsigned http_server_port(const struct http_server *server)
{
	return server->port;
}

bool http_server_reload_tls(struct http_server *server, struct error *err)
{
	if (!server->tls)
		return true;
	SSL_CTX *fresh = tls_context_new(server->config.tls_certificate, server->config.tls_key,
					 err);
	if (!fresh)
		return false;
	SSL_CTX_free(server->tls); /* connections hold references of their own */
	server->tls = fresh;
	return true;
}

void http_server_connection_gone(struct http_server *server)
{
	if (!server->draining || server->connection_count > 0 || !server->on_drained)
		return;
	void (*on_drained)(void *arg) = server->on_drained;
	server->on_drained = NULL;
	on_drained(server->drained_arg);
}

static void each_connection(struct http_server *server, void (*act)(struct connection *connection))
{
	for (struct connection *connection = server->first, *next; connection; connection = next) {
		next = connection_next(connection);
		act(connection);
	}
}

static void on_patience_over(evutil_socket_t fd, short what, void *arg)
{
	struct http_server *server = arg;
	void (*on_drained)(void *arg) = server->on_drained;

	log_warn("http", "%u connections were cut because they took longer than --drain-timeout",
		 server->connection_count);
	server->on_drained = NULL;
	each_connection(server, connection_cut);
	if (on_drained)
		on_drained(server->drained_arg);
}

void http_server_drain(struct http_server *server, struct duration patience,
		       void (*on_drained)(void *arg), void *arg)
{
	const struct timeval time = {patience.us / 1000000, patience.us % 1000000};

	server->draining = true;
	server->on_drained = on_drained;
	server->drained_arg = arg;
	evconnlistener_free(server->listener);
	server->listener = NULL;
	server->patience = evtimer_new(loop_base(server->loop), on_patience_over, server);
	ensure(server->patience && event_add(server->patience, &time) == 0);
	each_connection(server, connection_close_if_idle);
	http_server_connection_gone(server); /* there may have been none */
}

void http_server_free(struct http_server *server)
{
	if (!server)
		return;
	loop_run_posted(server->loop); /* answers that came after the loop had stopped */
	server->on_drained = NULL;
	if (server->listener)
		evconnlistener_free(server->listener);
	each_connection(server, connection_cut);
	ensure(server->connection_count == 0);
	if (server->patience)
		event_free(server->patience);
	event_free(server->accept_again);
	relief_done(&server->relief);
	spares_done(&server->spares);
	crowd_done(&server->crowd);
	SSL_CTX_free(server->tls);
	free(server);
}
