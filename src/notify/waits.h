/* waits.h – why a pending delivery waits, for people and the API. Reads nothing but the clock that shows times.
 *
 * The store says where the delivery stands in its lane, and the state of its endpoint. What the endpoint can take now is known
 * by the memory of the node that is asked: each node counts and rests for itself (outbound/roster.h). */
#ifndef GREFFIER_NOTIFY_WAITS_H
#define GREFFIER_NOTIFY_WAITS_H

#include <jansson.h>

#include "store/delivery_store.h"

/* What an endpoint can take now. */
/* `until` and `now` are queue times (store_clock.h), here and below. */
enum endpoint_room {
	ROOM_FREE,
	ROOM_RESTING, /* it failed several times in a row, or asked for a pause: nothing is sent before `until` */
	ROOM_AT_RATE, /* its rate is used up until `until` */
	ROOM_FULL,    /* as many requests are under way to it as it gets; nobody knows until when */
};
struct endpoint_turn {
	enum endpoint_room room;
	struct wall_time until;
};

/* Who knows it. From any thread; cheap. `look` may be NULL: all endpoints count as free. */
struct turn_source {
	struct endpoint_turn (*look)(void *context, const char *account, const char *endpoint,
				     struct wall_time now);
	void *context;
};

enum wait_reason {
	WAIT_IN_FLIGHT,         /* its request is under way, here or on another node */
	WAIT_ENDPOINT_DISABLED, /* it is about to fail */
	WAIT_ENDPOINT_PAUSED,
	WAIT_EARLIER_EVENT, /* the first of its lane that is not over */
	WAIT_ENDPOINT_RESTING,
	WAIT_RATE_LIMIT,
	WAIT_NEXT_ATTEMPT,
	WAIT_IN_FLIGHT_LIMIT,
	WAIT_TURN, /* due: it is sent as soon as a node comes to it */
};
const char *wait_reason_name(enum wait_reason reason); /* as in the API */

struct delivery_wait {
	enum wait_reason reason;
	struct wall_time until; /* no request begins before; 0: unknown */
};
/* Of a PENDING delivery. */
struct delivery_wait delivery_wait_of(const struct delivery *delivery,
				      const struct endpoint_turn *turn, struct wall_time now);

struct wait_view {
	const struct turn_source *turns;
	const struct session *session; /* whose store's clock shows times */
	struct wall_time now;
};
/* Adds "waitsFor" to a PENDING delivery's JSON, and "nextAttemptDate" when it is known. */
void delivery_wait_add(json_t *json, const struct delivery *delivery,
		       const struct wait_view *view);

#endif
