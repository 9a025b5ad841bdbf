/* outbound.h – takes what is due from the store to the receivers, and the verdicts back.
 *
 * Two threads. The **ledger** (ledger.c) alone talks to the store: in one transaction it records the verdicts that
 * have come in and claims what is due, and only after the commit does anything move on. The **sender** (sender.c)
 * runs libcurl's multi interface on a loop of its own and knows no store. They exchange jobs and outcomes by value.
 * Nothing polls: the ledger sleeps until a verdict, a wake (a commit that made something due) or the time when the
 * first waiting lane becomes due. Only for what another node may have left behind it looks every few seconds. */
#ifndef GREFFIER_OUTBOUND_OUTBOUND_H
#define GREFFIER_OUTBOUND_OUTBOUND_H

#include "base/error.h"
#include "base/time.h"
#include "crypto/keyring.h"
#include "notify/probe.h"
#include "notify/waits.h"
#include "outbound/guard.h"
#include "store/store.h"

struct outbound;

struct outbound_config {
	struct store *store;
	const struct keyring *keyring;
	const char *node; /* this process, in leases and logs */
	unsigned in_flight_limit;          /* requests at the same time, all endpoints together */
	struct duration connect_timeout;
	struct duration request_timeout;   /* the whole attempt */
	struct guard guard;
	const char *proxy;                 /* through which all requests go; "" for none */
	const char *user_agent;            /* of every request, unless the endpoint has its own; "" or NULL: present and empty */
	const char *ca_certificates;       /* file in PEM, trusted besides the system's; "" or NULL for none */
	struct duration disable_after;     /* of nothing but failures; 0: never */
	double retry_scale;                /* divides the waits of the schedule and what is counted in days; 1 in production */
};

/* Starts both threads. On SQLite all leases are ended first: this process is the only deliverer. */
struct outbound *outbound_start(const struct outbound_config *config, struct error *err);
/* Something may be due, or endpoints have changed. From any thread; cheap; does not block. */
void outbound_wake(struct outbound *outbound);
void outbound_endpoints_changed(struct outbound *outbound);
/* Sends a probe (notify/probe.h), whatever the endpoint's state; deliveries do not wait for it, nor it for them. From any thread. */
void outbound_probe(void *outbound, const struct probe *probe,
		    void (*on_done)(struct probe_result *result, void *arg), void *arg);
/* What an endpoint can take now, as far as this process knows (notify/waits.h). From any thread; cheap. */
struct endpoint_turn outbound_turn(void *outbound, const char *account, const char *endpoint,
				   struct wall_time now);
/* Claims nothing more, lets requests under way finish for `patience`, records what came of them, gives the rest
 * back, ends the threads and frees. NULL is fine. */
void outbound_stop_and_free(struct outbound *outbound, struct duration patience);

#endif
