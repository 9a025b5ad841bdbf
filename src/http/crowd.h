/* crowd.h – limits on connections per address, and the choice of connections to close when there
 * are too many.
 *
 * A connection is expendable while no known caller waits for its answer. That is so when the
 * connection is idle, when its head is incomplete, when its caller is unknown and still sends or
 * does not read, or when its last answer has been written. When room is needed, the connection
 * that has been expendable for longest is closed, but only after a fifth of a second. Admitted
 * calls keep their connections. Loop thread. Inside src/http only. */
#ifndef GREFFIER_HTTP_CROWD_H
#define GREFFIER_HTTP_CROWD_H

#include <sys/queue.h>

#include "base/map.h"
#include "base/network.h"

struct connection;
struct http_server;

/* Counts for one address, or for one /64 of IPv6. */
struct peer {
	struct map_entry link;
	char group[NETWORK_ADDRESS_TEXT];
	unsigned connections, requests;
};

struct crowd {
	struct map peers; /* addresses with a connection or a request */
	/* In the order in which they became expendable. */
	TAILQ_HEAD(crowd_queue, connection) expendable;
};

void crowd_init(struct crowd *crowd);
void crowd_done(struct crowd *crowd); /* without connections */

/* Makes room for one more connection from `address`; closes an expendable one when necessary.
 * Returns false when the new connection must be refused. */
MUST_CHECK bool crowd_make_room(struct http_server *server, const char *address);
/* Closes the connection that has been expendable for longest. Returns false when there is none. */
MUST_CHECK bool crowd_shed(struct http_server *server);

/* Does the same among connections whose large answer is not being read. */
MUST_CHECK bool crowd_shed_unread(struct http_server *server);

/* Call these when a connection has opened, is about to close, and has changed its state. */
void crowd_join(struct connection *connection);
void crowd_leave(struct connection *connection);
void crowd_update(struct connection *connection);

/* Counts a request that came through a proxy under its client's address, because there the
 * connection tells nothing about the client. Returns false when that address has too many
 * requests in progress. */
MUST_CHECK bool crowd_request_join(struct connection *connection);
void crowd_request_leave(struct connection *connection);

#endif
