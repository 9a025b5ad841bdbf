/* crowd.h – when many connect: how many from one address, and who goes first when there is no room.
 *
 * A connection is expendable while nobody who is known waits for its answer: it is idle, its head has not come whole, its
 * caller is unknown and still sends or does not read, or its last answer has been written. The one that has been so for longest goes first, after a
 * fifth of a second. Calls
 * that were admitted keep their connections. Loop thread. Inside src/http only. */
#ifndef GREFFIER_HTTP_CROWD_H
#define GREFFIER_HTTP_CROWD_H

#include <sys/queue.h>

#include "base/map.h"
#include "base/network.h"

struct connection;
struct http_server;

/* What one address does; of IPv6 one /64. */
struct peer {
	struct map_entry link;
	char group[NETWORK_ADDRESS_TEXT];
	unsigned connections, requests;
};

struct crowd {
	struct map peers; /* those with a connection or a request */
	TAILQ_HEAD(crowd_queue, connection) expendable; /* those that have been so for longest come first */
};

void crowd_init(struct crowd *crowd);
void crowd_done(struct crowd *crowd); /* without connections */

/* Makes room for one more connection from that address, at the cost of an expendable one when need be. False: there is none, and
 * the new one is to be refused. */
MUST_CHECK bool crowd_make_room(struct http_server *server, const char *address);
/* Closes the connection that has been expendable for longest. False when there is none. */
MUST_CHECK bool crowd_shed(struct http_server *server);

/* The same among those whose large answer is not read. */
MUST_CHECK bool crowd_shed_unread(struct http_server *server);

/* A connection has come, is going, has changed its state. */
void crowd_join(struct connection *connection);
void crowd_leave(struct connection *connection);
void crowd_update(struct connection *connection);

/* Counts a request that came through a proxy by its client's address: there, connections tell nothing. False: that address has
 * too many under way. */
MUST_CHECK bool crowd_request_join(struct connection *connection);
void crowd_request_leave(struct connection *connection);

#endif
