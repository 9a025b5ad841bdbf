/* probe.h – a request to an endpoint that is not a delivery: a test, or part of a check.
 *
 * It is signed, authorized and measured like a delivery, but marked as a test, has no sequence
 * number and is not stored. Only this interface connects its sender (outbound/) and its caller
 * (api/). */
#ifndef GREFFIER_NOTIFY_PROBE_H
#define GREFFIER_NOTIFY_PROBE_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/delivery_store.h"

struct probe {
	struct event event; /* sequence 0 */
	struct endpoint endpoint;
	/* Signed with a random secret, to check whether the receiver verifies signatures. */
	bool is_forged;
	/* The endpoint is not stored in this form: a separate token is requested and used for
	 * nothing else. */
	bool is_draft;
	bool wants_chain; /* uses a new connection and reports its certificates */
};

/* The result. Everything lives in `arena`, which the callee frees. */
struct probe_result {
	struct arena *arena;
	struct attempt attempt; /* number 1 */
	struct bytes body;      /* as sent */
	/* For each certificate the lines "Subject:…", "Issuer:…", "Start date:…", "Expire
	 * date:…"; NULL: none seen. */
	const char *chain;
	const char *problem;    /* a description of the failure; NULL without one */
	bool abandoned;         /* aborted because the server is stopping */
};

/* Takes the request by value, from any thread. `on_done` is called once, from any thread, and
 * must not block. */
struct prober {
	void (*probe)(void *context, const struct probe *probe,
		      void (*on_done)(struct probe_result *result, void *arg), void *arg);
	void *context;
};

#endif
