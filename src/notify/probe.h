/* probe.h – one request to an endpoint that is no delivery: a test, or a part of a check. It is signed, authorized and recorded as a
 * delivery is, but marked as a test, outside the account's sequence, and kept by nobody. Who sends it (outbound/) and who asks for it
 * (api/) know each other by this interface only. */
#ifndef GREFFIER_NOTIFY_PROBE_H
#define GREFFIER_NOTIFY_PROBE_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/delivery_store.h"

struct probe {
	struct event event; /* sequence 0 */
	struct endpoint endpoint;
	bool is_forged;   /* signed with a secret nobody has: does the receiver notice? */
	bool is_draft;    /* the endpoint is not stored like this: its token is asked for anew, and used for nothing else */
	bool wants_chain; /* over a connection of its own, whose certificates are told */
};

/* What came of it: everything lives in `arena`, which the receiver of the result frees. */
struct probe_result {
	struct arena *arena;
	struct attempt attempt; /* number 1 */
	struct bytes body;      /* as sent */
	const char *chain;      /* a line "Subject:…", "Issuer:…", "Start date:…", "Expire date:…" of each certificate; NULL: none seen */
	const char *problem;    /* what went wrong, in words; NULL: nothing did */
	bool abandoned;         /* the server stops: nothing was sent to the end */
};

/* Takes the request by value, from any thread; `on_done` is called once, from any thread, and must not block. */
struct prober {
	void (*probe)(void *context, const struct probe *probe,
		      void (*on_done)(struct probe_result *result, void *arg), void *arg);
	void *context;
};

#endif
