/* roster.h – what the ledger knows of each endpoint: what waits for it, what is under way to it, how well it is, and so whose turn
 * it is. Pure memory: told the time (queue time: store_clock.h), reads no store. Lost at a restart, which costs one look at
 * the store.
 *
 * Fair to all: each endpoint in turn gets what it can take. What it can take grows with each success from INITIAL_WINDOW to its
 * limit, and shrinks to one with failures; after BREAKER_FAILURES in a row it is left alone for a while (longer each time), and
 * then tried with one request. Endpoints that fail, are slow, or are not proven yet may together have half of all requests in
 * flight, so that the other half is always there for those that are well.
 *
 * One thread owns it; roster_turn alone may be called from any. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_ROSTER_H
#define GREFFIER_OUTBOUND_ROSTER_H

#include <stdbool.h>

#include "base/time.h"
#include "notify/waits.h"

struct roster;
struct member; /* an endpoint; lives as long as something is known of it that matters */

/* `in_flight_limit`: requests at the same time, all endpoints together. `scale` divides the breaker's times. */
struct roster *roster_new(unsigned in_flight_limit, double scale);
void roster_free(struct roster *roster);

/* As of the endpoint's options; it may have changed since it was last asked. */
struct pace {
	unsigned in_flight_limit;
	unsigned rate; /* a second; 0: no limit */
};

/* One request more to that endpoint: false when it must wait. True: it is counted as under way. */
bool roster_admit(struct roster *roster, const char *account, const char *endpoint,
		  const struct pace *pace, struct wall_time now);
/* Lanes wait for it: the first is due then. */
void roster_wait(struct roster *roster, const char *account, const char *endpoint,
		 struct wall_time due);
/* None waits any more. */
void roster_nothing_waits(struct roster *roster, const char *account, const char *endpoint);
/* A person wants a request made now: a rest after failures ends. Rate and limits stay. */
void roster_end_rest(struct roster *roster, const char *account, const char *endpoint);
/* It is paused: what waits is not looked at until roster_look_again. */
void roster_hold(struct roster *roster, const char *account, const char *endpoint);
/* Somebody has changed endpoints: those on hold may go on. */
void roster_look_again(struct roster *roster);

struct result {
	bool delivered;
	bool trouble; /* outcome_is_trouble */
	struct duration took;
	struct duration retry_after; /* the receiver as a whole asks to be left alone; 0: it does not */
};
/* What becomes of an endpoint with an attempt: for one log line each, not one per attempt. */
enum health_change { HEALTH_SAME, HEALTH_BEGAN_FAILING, HEALTH_RECOVERED };
/* The request is over. `jitter` is uniform in [0, 1). */
enum health_change roster_note(struct roster *roster, const char *account, const char *endpoint,
			       const struct result *result, struct wall_time now, double jitter);
/* The request was not made, or came to nothing of its own. */
void roster_withdraw(struct roster *roster, const char *account, const char *endpoint);

/* Whose turn it is: an endpoint for which something waits that is due and that can take `*ret_room` (1 and more) requests. Lent
 * until the next call. False when there is none. */
bool roster_next(struct roster *roster, struct wall_time now, const char **ret_account,
		 const char **ret_endpoint, unsigned *ret_room);
/* One turn in ROSTER_NEWEST_ONE_IN of an endpoint is for what was put off last: a new event does not wait behind all of that
 * endpoint's backlog. Counts the turn. */
#define ROSTER_NEWEST_ONE_IN 4
bool roster_turn_is_for_newest(struct roster *roster, const char *account, const char *endpoint);
/* When roster_next may be true, if nothing else happens before; INT64_MAX for never. */
struct wall_time roster_next_due(const struct roster *roster);

/* What it can take now. An endpoint that nothing is known of is free. From any thread. */
struct endpoint_turn roster_turn(const struct roster *roster, const char *account,
				 const char *endpoint, struct wall_time now);

/* One of FAILURE_MAILS_MAX mails an hour about what failed at that endpoint: false when they are used up. */
bool roster_may_mail(struct roster *roster, const char *account, const char *endpoint,
		     struct wall_time now);
/* Whether the store may say that the endpoint fails. */
bool roster_known_failing(const struct roster *roster, const char *account, const char *endpoint);
void roster_set_known_failing(struct roster *roster, const char *account, const char *endpoint,
			      bool failing);

#define ROSTER_FAILURE_MAILS_MAX 20

#endif
