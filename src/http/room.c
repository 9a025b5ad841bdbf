/* room.c – see room.h. */
#include "http/room.h"

#include "base/turns.h"
#include "http/connection.h"

#define BODY_COST 8 /* what was made of a body took so many times its memory, about */

uint64_t room_owner(const char *name)
{
	return turns_key(name);
}

/* What the other connections of the same owner hold. */
static size_t held_by_others(const struct connection *connection, enum room room)
{
	size_t held = 0;

	for (const struct connection *other = connection->server->first; other;
	     other = other->next) {
		if (other != connection && other->held[room] > 0 &&
		    other->owner == connection->owner)
			held += other->held[room];
	}
	return held;
}

static bool fits(const struct connection *connection, enum room room, size_t length)
{
	const struct http_server *server = connection->server;
	size_t limit = server->config.bodies_limit;

	if (server->rooms[room] - connection->held[room] + length > limit)
		return false;
	size_t others = held_by_others(connection, room);
	if (connection->owner == 0)
		return others + length <= limit / 4;
	return others == 0 || others + length <= limit / 2;
}

bool room_hold(struct connection *connection, enum room room, size_t length)
{
	struct http_server *server = connection->server;

	/* An answer that somebody unknown does not read makes room for another. */
	while (length > HTTP_BODY_SMALL && !fits(connection, room, length)) {
		if (room != ROOM_ANSWERS || !crowd_shed_unread(server))
			return false;
	}
	server->rooms[room] += length - connection->held[room];
	connection->held[room] = length;
	return true;
}

void room_release(struct connection *connection, enum room room)
{
	struct http_server *server = connection->server;

	if (connection->held[room] > HTTP_BODY_SMALL)
		relief_note(&server->relief, connection->held[room] * BODY_COST);
	server->rooms[room] -= connection->held[room];
	connection->held[room] = 0;
}
