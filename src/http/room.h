/* room.h – memory for large bodies: of requests, and of answers that wait to be read.
 *
 * Each kind has room of its own, so that uploads never take the room of answers to admitted calls. Of it, all callers who are unknown
 * get a quarter together, and one owner gets half, or what one body needs: nobody alone shuts the others out. Bodies up to
 * HTTP_BODY_SMALL always find room: the limit of connections bounds them. Loop thread. Inside src/http only. */
#ifndef GREFFIER_HTTP_ROOM_H
#define GREFFIER_HTTP_ROOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/macros.h"

struct connection;

enum room { ROOM_REQUESTS, ROOM_ANSWERS, ROOM_COUNT };

/* Stands for who it is; 0 for NULL, the unknown. */
uint64_t room_owner(const char *name);

/* Whether a body of the connection, of its owner, may have `length` bytes; then it holds them, instead of what it held before. */
MUST_CHECK bool room_hold(struct connection *connection, enum room room, size_t length);
void room_release(struct connection *connection, enum room room);

#endif
