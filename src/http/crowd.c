/* crowd.c – see crowd.h. */
#include "http/crowd.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "http/connection.h"

static bool peer_is(const struct map_entry *link, const void *group)
{
	ensure(link);
	return strcmp(map_of(link, struct peer, link)->group, group) == 0;
}

static struct peer *peer_find(struct crowd *crowd, const char *address, bool make)
{
	char group[NETWORK_ADDRESS_TEXT];

	network_group(address, group);
	const uint64_t hash = map_hash_text(&crowd->peers, group);
	struct peer *peer = map_of(map_find(&crowd->peers, hash, peer_is, group), struct peer,
				   link);
	if (peer || !make)
		return peer;
	peer = calloc(1, sizeof(*peer));
	ensure(peer);
	memcpy(peer->group, group, sizeof(group));
	map_add(&crowd->peers, hash, &peer->link);
	return peer;
}

static void peer_forget_if_idle(struct crowd *crowd, struct peer *peer)
{
	if (peer->connections > 0 || peer->requests > 0)
		return;
	map_remove(&crowd->peers, &peer->link);
	free(peer);
}

void crowd_init(struct crowd *crowd)
{
	map_init(&crowd->peers);
	TAILQ_INIT(&crowd->expendable);
}

void crowd_done(struct crowd *crowd)
{
	ensure(crowd->peers.count == 0); /* all connections are gone */
	map_done(&crowd->peers);
}

/* ---- how many ---- */

/* Behind a proxy there are many clients. And on this machine there is often one, too, that nobody
 * has named in --trusted-proxies: loopback is bound only by a limit that was asked for. */
static bool is_counted(const struct http_server *server, const char *address)
{
	const struct http_server_config *config = &server->config;

	return !network_list_contains(&config->proxies.trusted, address) &&
	       (config->peer_limit > 0 || !network_is_loopback(address));
}

#define PEER_PART 4 /* of the connections, for one address, when no limit was asked for */

static unsigned peer_limit(const struct http_server *server)
{
	unsigned part = server->config.connections_limit / PEER_PART;

	if (server->config.peer_limit > 0)
		return server->config.peer_limit;
	return part > 0 ? part : 1;
}

/* Those that have just come get the time to send something: else those who come at the same time
 * would shed each other, and nobody be served or told. */
#define GRACE_MS 200

/* The oldest for which `matches` is true, or whichever if NULL. */
static bool shed(struct http_server *server,
		 bool (*matches)(const struct connection *connection, const void *arg),
		 const void *arg)
{
	const struct mono_time now = mono_now();
	struct connection *connection;

	TAILQ_FOREACH(connection, &server->crowd.expendable, expendable)
	{
		if (mono_since(now, connection->expendable_since).us < GRACE_MS * 1000)
			return false; /* and so have all that follow */
		if (!matches || matches(connection, arg)) {
			connection_cut(connection);
			return true;
		}
	}
	return false;
}

static bool is_of_peer(const struct connection *connection, const void *peer)
{
	return connection->peer == peer;
}

static bool is_unread(const struct connection *connection, const void *arg)
{
	return connection->held[ROOM_ANSWERS] > 0;
}

bool crowd_shed(struct http_server *server)
{
	return shed(server, NULL, NULL);
}

bool crowd_shed_unread(struct http_server *server)
{
	return shed(server, is_unread, NULL);
}

bool crowd_make_room(struct http_server *server, const char *address)
{
	const struct peer *peer = is_counted(server, address)
					  ? peer_find(&server->crowd, address, false)
					  : NULL;

	if (peer && peer->connections >= peer_limit(server) && !shed(server, is_of_peer, peer))
		return false;
	return server->connection_count < server->config.connections_limit || crowd_shed(server);
}

/* ---- who is expendable ---- */

static bool is_expendable(const struct connection *connection)
{
	switch (connection->state) {
	case CONNECTION_READING:
	case CONNECTION_LINGERING:
		return true;
	case CONNECTION_RECEIVING:
	case CONNECTION_WRITING:
		return connection->owner == 0;
	case CONNECTION_ADMITTING:
	case CONNECTION_ANSWERING:
	case CONNECTION_STREAMING:
	case CONNECTION_ORPHANED:
	case CONNECTION_GONE:
		break;
	}
	return false;
}

/* Whoever sends a head and then its body slowly keeps the place of the head. */
void crowd_update(struct connection *connection)
{
	struct crowd *crowd = &connection->server->crowd;
	bool stays = connection->state == CONNECTION_RECEIVING;

	if (connection->is_expendable && !(stays && is_expendable(connection))) {
		TAILQ_REMOVE(&crowd->expendable, connection, expendable);
		connection->is_expendable = false;
	}
	if (!connection->is_expendable && is_expendable(connection)) {
		TAILQ_INSERT_TAIL(&crowd->expendable, connection, expendable);
		connection->is_expendable = true;
		connection->expendable_since = mono_now();
	}
}

void crowd_join(struct connection *connection)
{
	struct http_server *server = connection->server;

	if (is_counted(server, connection->address)) {
		connection->peer = peer_find(&server->crowd, connection->address, true);
		connection->peer->connections++;
	}
	crowd_update(connection);
}

void crowd_leave(struct connection *connection)
{
	crowd_update(connection);
	crowd_request_leave(connection);
	if (!connection->peer)
		return;
	connection->peer->connections--;
	peer_forget_if_idle(&connection->server->crowd, connection->peer);
	connection->peer = NULL;
}

/* ---- behind proxies ---- */

bool crowd_request_join(struct connection *connection)
{
	struct http_server *server = connection->server;
	const struct http_request *request = connection->exchange.request;

	if (request->client_address == request->remote_address)
		return true;
	struct peer *client = peer_find(&server->crowd, request->client_address, true);
	if (client->requests >= peer_limit(server)) {
		peer_forget_if_idle(&server->crowd, client);
		return false;
	}
	client->requests++;
	connection->client = client;
	return true;
}

void crowd_request_leave(struct connection *connection)
{
	struct peer *client = connection->client;

	if (!client)
		return;
	connection->client = NULL;
	client->requests--;
	peer_forget_if_idle(&connection->server->crowd, client);
}
