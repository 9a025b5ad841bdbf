/* health.h – what the ledger remembers of endpoints: who is failing, and how much is under way to each.
 *
 * A failing endpoint gets a small share of the requests in flight, so that black holes cannot fill them all; what is due
 * to it beyond that is put off for a moment. Lost at a restart, which costs nothing. Inside src/outbound only. */
#ifndef GREFFIER_OUTBOUND_HEALTH_H
#define GREFFIER_OUTBOUND_HEALTH_H

#include <stdbool.h>

#include "base/time.h"

struct health;

/* What becomes of an endpoint with an attempt: for one log line each, not one per attempt. */
enum health_change { HEALTH_SAME, HEALTH_BEGAN_FAILING, HEALTH_RECOVERED };

/* `failing_share`: requests at the same time to an endpoint whose last attempt failed. */
struct health *health_new(unsigned failing_share);
void health_free(struct health *health);

/* False when the endpoint has its share already: the request must wait for *ret_wait, which grows with the failures in
 * a row. True: it is counted as under way. */
bool health_admit(struct health *health, const char *account, const char *endpoint,
		  struct duration *ret_wait);
/* The request is over. */
enum health_change health_note(struct health *health, const char *account, const char *endpoint,
			       bool delivered);
/* The request was not made, or came to nothing of its own. */
void health_withdraw(struct health *health, const char *account, const char *endpoint);

#endif
