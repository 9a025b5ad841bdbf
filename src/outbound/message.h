/* message.h – builds the HTTP request that delivers an event to an endpoint. Inside src/outbound
 * only. */
#ifndef GREFFIER_OUTBOUND_MESSAGE_H
#define GREFFIER_OUTBOUND_MESSAGE_H

#include "notify/endpoint_options.h"
#include "outbound/outbound.h"
#include "outbound/sending.h"
#include "store/delivery_store.h"

struct message {
	const struct event *event;
	const struct endpoint *endpoint;
	const struct endpoint_options *options;
	const char *access_token; /* for an endpoint that needs one; NULL: none */
	int64_t attempt;          /* counts from 1 */
	bool is_test;             /* marked as a test, without an attempt number */
	/* Signed with a random secret, to check whether the receiver verifies signatures. */
	bool is_forged;
};

/* Fills the request: URL, payload, headers, authorization, signatures, certificates, timeouts.
 * Returns false when it cannot be sent; the sending's outcome says why. `db` gives the account's
 * signing keys. */
bool message_build(struct sending *sending, const struct outbound_config *config, struct db *db,
		   const struct message *message, struct wall_time now);
/* Returns the request line and headers with secrets masked, at most ATTEMPT_REQUEST_HEAD_MAX
 * bytes, in the arena. */
const char *message_head(const struct sending *sending);

#endif
