/* message.h – from an event and an endpoint to the request that tells the one to the other. Inside src/outbound only. */
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
	const char *access_token; /* of an endpoint that wants one; NULL: none */
	int64_t attempt;          /* 1, 2 … */
	bool is_test;             /* marked as such, and without a number */
	bool is_forged;           /* signed with a secret nobody has: does the receiver notice? */
};

/* Fills the sending's request: URL, payload, headers, authorization, signatures, certificates, time-outs. False when it
 * cannot be sent: the sending's outcome says why. `db`: where the account's signing keys are. */
bool message_build(struct sending *sending, const struct outbound_config *config, struct db *db,
		   const struct message *message, struct wall_time now);
/* The request line and headers with what is secret in them masked, at most ATTEMPT_REQUEST_HEAD_MAX bytes. In the arena. */
const char *message_head(const struct sending *sending);

#endif
