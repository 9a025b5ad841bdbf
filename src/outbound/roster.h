/* roster.h – the ledger's memory of each endpoint: waiting lanes, requests in progress, and its
 * health. From these it decides whose turn it is. Inside src/outbound only.
 *
 * Pure memory: it is given the queue time (store_clock.h) and reads no store. It is lost at a
 * restart, which costs one look at the store.
 *
 * Endpoints take turns, and each gets what it can take. That window grows with each success from
 * INITIAL_WINDOW to the endpoint's limit and shrinks to one with failures. After
 * BREAKER_FAILURES consecutive failures the endpoint rests, longer each time, and is then tried
 * with one request. Endpoints that fail, are slow or are not yet proven may together use half of
 * all requests, so that the other half remains for healthy ones.
 *
 * One thread owns it; only roster_turn may be called from any thread. */
#ifndef GREFFIER_OUTBOUND_ROSTER_H
#define GREFFIER_OUTBOUND_ROSTER_H

#include <stdbool.h>

#include "base/time.h"
#include "notify/waits.h"

struct roster;
struct member; /* an endpoint; exists while anything relevant is known about it */

/* Makes a roster. `in_flight_limit` is the number of simultaneous requests to all endpoints.
 * `scale` divides the times of the breaker. */
struct roster *roster_new(unsigned in_flight_limit, double scale);
void roster_free(struct roster *roster);

/* Limits from the endpoint's options, which may have changed since the last call. */
struct pace {
	unsigned in_flight_limit;
	unsigned rate; /* per second; 0: no limit */
};

/* Asks for one more request to the endpoint. True counts it as in progress; false means that it
 * must wait. */
bool roster_admit(struct roster *roster, const char *account, const char *endpoint,
		  const struct pace *pace, struct wall_time now);
/* Records that lanes of the endpoint wait, the first of them until `due`. */
void roster_wait(struct roster *roster, const char *account, const char *endpoint,
		 struct wall_time due);
/* Records that no lane of the endpoint waits any more. */
void roster_nothing_waits(struct roster *roster, const char *account, const char *endpoint);
/* Ends the endpoint's rest after failures, because somebody asked for a request now. Rate and
 * limits still apply. */
void roster_end_rest(struct roster *roster, const char *account, const char *endpoint);
/* Puts a paused endpoint on hold: its lanes are not looked at until roster_look_again. */
void roster_hold(struct roster *roster, const char *account, const char *endpoint);
/* Releases all holds, because endpoints have changed. */
void roster_look_again(struct roster *roster);

struct result {
	bool delivered;
	bool trouble; /* outcome_is_trouble */
	struct duration took;
	/* The receiver asked for a pause of all requests; 0: it did not. */
	struct duration retry_after;
};
/* How an attempt changes an endpoint's health. Each change is logged once, not for each attempt. */
enum health_change { HEALTH_SAME, HEALTH_BEGAN_FAILING, HEALTH_RECOVERED };
/* Records the end of a request. `jitter` is uniform in [0, 1). */
enum health_change roster_note(struct roster *roster, const char *account, const char *endpoint,
			       const struct result *result, struct wall_time now, double jitter);
/* Undoes roster_admit: the request was never sent, or we aborted it. Health is unchanged. */
void roster_withdraw(struct roster *roster, const char *account, const char *endpoint);

/* Finds the endpoint whose turn it is: a lane of it is due, and it can take `*ret_room` requests
 * (at least 1). The result is valid until the next call. Returns false when there is none. */
bool roster_next(struct roster *roster, struct wall_time now, const char **ret_account,
		 const char **ret_endpoint, unsigned *ret_room);
/* Every ROSTER_NEWEST_ONE_IN-th turn of an endpoint serves the lanes postponed last, so that a
 * new event does not wait behind the whole backlog. Counts the turn. */
#define ROSTER_NEWEST_ONE_IN 4
bool roster_turn_is_for_newest(struct roster *roster, const char *account, const char *endpoint);
/* The earliest time at which roster_next may return true without further calls; INT64_MAX for
 * never. */
struct wall_time roster_next_due(const struct roster *roster);

/* Tells what the endpoint can take now. An unknown endpoint is free. From any thread. */
struct endpoint_turn roster_turn(const struct roster *roster, const char *account,
				 const char *endpoint, struct wall_time now);

/* Takes one of the ROSTER_FAILURE_MAILS_MAX mails per hour about failures of the endpoint.
 * Returns false when they are used up. */
bool roster_may_mail(struct roster *roster, const char *account, const char *endpoint,
		     struct wall_time now);
/* True when the store may have recorded that the endpoint fails. */
bool roster_known_failing(const struct roster *roster, const char *account, const char *endpoint);
void roster_set_known_failing(struct roster *roster, const char *account, const char *endpoint,
			      bool failing);

#define ROSTER_FAILURE_MAILS_MAX 20

#endif
