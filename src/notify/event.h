/* event.h – raises an event in the transaction of the change that causes it.
 *
 * The event gets the account's next number, is written, and fans out to the subscribed endpoints
 * before the transaction commits. The ledger is woken after the commit. When there are many
 * deliveries, most are made after the commit, in pieces: fan_out.h. */
#ifndef GREFFIER_NOTIFY_EVENT_H
#define GREFFIER_NOTIFY_EVENT_H

#include "base/error.h"
#include "base/time.h"
#include "notify/catalogue.h"
#include "notify/filter.h"
#include "store/event_store.h"

struct event_draft {
	enum event_type type;
	const char *account;
	const char *package;
	/* Uid of the sender or id of the signer: see sessionUser in docs/guide/events.md. */
	const char *session_user;
	const char *message;      /* NULL: none */
	const char *document;     /* NULL: none */
	const char *extra;        /* JSON object of further members (catalogue.def); NULL: none */
	struct event_context context; /* what filters of endpoints read */
	int64_t hops;                 /* of the request that raises it: actor.h */
};

#define EVENT_ID_MAX 64

/* For event_matcher's `matches`. */
bool event_matches(const char *filter, const struct event_matcher *matcher);

MUST_CHECK bool event_raise(struct txn *txn, const struct event_draft *draft, struct wall_time now,
			    struct error *err);
/* Does the same and returns the event's number and id. */
struct event_receipt {
	int64_t sequence;
	int64_t behind; /* earlier events that still wait for their deliveries */
	char id[EVENT_ID_MAX];
};
MUST_CHECK bool event_raise_for(struct txn *txn, const struct event_draft *draft,
				struct wall_time now, struct event_receipt *ret_receipt,
				struct error *err);

#endif
