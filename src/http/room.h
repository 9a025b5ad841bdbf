/* room.h – limits the memory of large bodies: of requests, and of answers that wait to be read.
 *
 * Requests and answers have separate room, so that uploads never take the room of answers to
 * admitted calls. All unknown callers together get a quarter of each. One owner gets half, or as
 * much as one body needs, so that no single caller shuts out the others. Bodies up to
 * HTTP_BODY_SMALL always find room; the limit on connections bounds them. Loop thread. Inside
 * src/http only. */
#ifndef GREFFIER_HTTP_ROOM_H
#define GREFFIER_HTTP_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

struct connection;

enum room { ROOM_REQUESTS, ROOM_ANSWERS, ROOM_COUNT };

/* Makes the owner number of a name. NULL, an unknown caller, gives 0. */
uint64_t room_owner(const char *name);

/* Reserves `length` bytes for a body of the connection, on behalf of its owner, in place of what
 * it held before. Returns false when there is not enough room. */
MUST_CHECK bool room_hold(struct connection *connection, enum room room, size_t length);
void room_release(struct connection *connection, enum room room);

#endif
