/* client.c – see client.h. Reads just enough HTTP: our own server always sends Content-Length. */
#include "bench/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>

#include "base/ensure.h"

struct connection {
	struct client *client;
	struct bufferevent *buffers;
	struct mono_time sent;
	size_t request; /* its place in the list */
	bool busy;
};

struct client {
	struct client_config config;
	struct event *tick;
	struct mono_time began;
	size_t sent, answered, failed;
	bool stopped, done;
	struct connection connections[];
};

static void request_send(struct connection *connection)
{
	struct client *client = connection->client;

	if (client->stopped || client->sent == client->config.limit)
		return;
	connection->request = client->sent++ % client->config.request_count;
	const char *request = client->config.requests[connection->request];
	connection->busy = true;
	connection->sent = mono_now();
	bufferevent_write(connection->buffers, request, strlen(request));
}

static void done_check(struct client *client)
{
	bool all_sent = client->stopped || client->sent == client->config.limit;

	if (client->done || !all_sent || client->answered < client->sent)
		return;
	client->done = true;
	if (client->tick)
		event_del(client->tick);
	client->config.on_done(client->config.arg);
}

/* The length of a whole answer at the front of `text`, 0 when it is not all there yet. */
static size_t answer_length(const char *text, size_t length, size_t *ret_head)
{
	static const char field[] = "\r\nContent-Length: ";
	const char *end = memmem(text, length, "\r\n\r\n", 4);
	const char *at = end ? memmem(text, (size_t)(end - text), field, strlen(field)) : NULL;

	if (!at)
		return 0;
	*ret_head = (size_t)(end + 4 - text);
	size_t whole = *ret_head + strtoul(at + strlen(field), NULL, 10);
	return whole <= length ? whole : 0;
}

static void on_readable(struct bufferevent *buffers, void *arg)
{
	struct connection *connection = arg;
	struct client *client = connection->client;
	struct evbuffer *in = bufferevent_get_input(buffers);
	size_t length = evbuffer_get_length(in), head;
	const char *text = (const char *)evbuffer_pullup(in, -1);
	size_t whole = answer_length(text, length, &head);

	if (whole == 0)
		return;
	bool ok = strncmp(text, "HTTP/1.1 200", 12) == 0;
	if (ok)
		client->config.on_answer(connection->request, text + head, whole - head,
					 connection->sent, client->config.arg);
	client->failed += !ok;
	client->answered++;
	connection->busy = false;
	evbuffer_drain(in, whole);
	if (client->config.rate == 0)
		request_send(connection);
	done_check(client);
}

static void on_event(struct bufferevent *buffers, short what, void *arg)
{
	if (what & (BEV_EVENT_EOF | BEV_EVENT_ERROR)) {
		fprintf(stderr, "bench: the server closed a connection\n");
		exit(1);
	}
}

/* At a fixed rate: sends what is due by now on connections that are free. What finds none waits,
 * and its wait counts. */
static void on_tick(evutil_socket_t fd, short what, void *arg)
{
	struct client *client = arg;
	double elapsed = (double)mono_since(mono_now(), client->began).us / 1e6;
	size_t due = (size_t)(elapsed * client->config.rate);

	for (size_t i = 0; i < client->config.connections && client->sent < due; i++) {
		if (!client->connections[i].busy)
			request_send(&client->connections[i]);
	}
	done_check(client);
}

static void connection_open(struct client *client, struct connection *connection)
{
	const struct sockaddr_in address = {.sin_family = AF_INET,
					    .sin_port = htons((uint16_t)client->config.port),
					    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

	connection->client = client;
	connection->buffers = bufferevent_socket_new(client->config.base, -1,
						     BEV_OPT_CLOSE_ON_FREE);
	ensure(connection->buffers);
	bufferevent_setcb(connection->buffers, on_readable, NULL, on_event, connection);
	bufferevent_enable(connection->buffers, EV_READ | EV_WRITE);
	ensure(bufferevent_socket_connect(connection->buffers, (const struct sockaddr *)&address,
					  sizeof(address)) == 0);
	if (client->config.rate == 0)
		request_send(connection);
}

struct client *client_start(const struct client_config *config)
{
	struct client *client = calloc(1, sizeof(*client) + sizeof(client->connections[0]) *
								    config->connections);
	const struct timeval tick = {0, 500};

	ensure(client);
	client->config = *config;
	client->began = mono_now();
	for (unsigned i = 0; i < config->connections; i++)
		connection_open(client, &client->connections[i]);
	if (config->rate > 0) {
		client->tick = event_new(config->base, -1, EV_PERSIST, on_tick, client);
		ensure(client->tick && event_add(client->tick, &tick) == 0);
	}
	return client;
}

void client_stop(struct client *client)
{
	client->stopped = true;
	done_check(client);
}

size_t client_failed(const struct client *client)
{
	return client->failed;
}

void client_free(struct client *client)
{
	for (unsigned i = 0; i < client->config.connections; i++)
		bufferevent_free(client->connections[i].buffers);
	if (client->tick)
		event_free(client->tick);
	free(client);
}
