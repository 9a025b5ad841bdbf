/* waits.h – explains why a pending delivery waits, for people and the API. Reads only the clock
 * that shows times.
 *
 * The store knows the delivery's position in its lane and the state of its endpoint. How much
 * the endpoint can take now is known to each node for itself (outbound/roster.h). */
#ifndef GREFFIER_NOTIFY_WAITS_H
#define GREFFIER_NOTIFY_WAITS_H

#include <jansson.h>

#include "store/delivery_store.h"

/* What an endpoint can take now. */
/* `until` and `now` are queue times (store_clock.h), here and below. */
enum endpoint_room {
	ROOM_FREE,
	/* After repeated failures or on the receiver's request: nothing is sent before `until`. */
	ROOM_RESTING,
	ROOM_AT_RATE, /* its rate is used up until `until` */
	ROOM_FULL,    /* its limit of simultaneous requests is reached; the end is unknown */
};
struct endpoint_turn {
	enum endpoint_room room;
	struct wall_time until;
};

/* Gives an endpoint's state. From any thread; cheap. `look` may be NULL: all endpoints then
 * count as free. */
struct turn_source {
	struct endpoint_turn (*look)(void *context, const char *account, const char *endpoint,
				     struct wall_time now);
	void *context;
};

enum wait_reason {
	WAIT_IN_FLIGHT,         /* its request is in progress, on any node */
	WAIT_ENDPOINT_DISABLED, /* it will fail shortly */
	WAIT_ENDPOINT_PAUSED,
	WAIT_EARLIER_EVENT, /* it waits behind the first unfinished delivery of its lane */
	WAIT_ENDPOINT_RESTING,
	WAIT_RATE_LIMIT,
	WAIT_NEXT_ATTEMPT,
	WAIT_IN_FLIGHT_LIMIT,
	WAIT_TURN, /* due: a node sends it as soon as it can */
};
const char *wait_reason_name(enum wait_reason reason); /* as in the API */

struct delivery_wait {
	enum wait_reason reason;
	struct wall_time until; /* no request begins earlier; 0: unknown */
};
/* Explains a PENDING delivery. */
struct delivery_wait delivery_wait_of(const struct delivery *delivery,
				      const struct endpoint_turn *turn, struct wall_time now);

struct wait_view {
	const struct turn_source *turns;
	const struct session *session; /* its store's clock shows the times */
	struct wall_time now;
};
/* Adds "waitsFor" to the JSON of a PENDING delivery, and "nextAttemptDate" when it is known. */
void delivery_wait_add(json_t *json, const struct delivery *delivery,
		       const struct wait_view *view);

#endif
