/* outbound.h – delivers what is due to the receivers and records the results.
 *
 * It has two threads. The **ledger** (ledger.c) alone uses the store: one transaction records
 * the verdicts that have arrived and claims what is due, and only its commit lets anything
 * continue. The **sender** (sender.c) runs libcurl's multi interface on its own loop and does
 * not know the store. They exchange jobs and outcomes by value.
 *
 * Nothing polls. The ledger sleeps until a verdict arrives, a commit wakes it, or the first
 * waiting lane is due. Only lanes that another node may have left are looked for every few
 * seconds. */
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
	unsigned in_flight_limit;          /* simultaneous requests to all endpoints together */
	struct duration connect_timeout;
	struct duration request_timeout;   /* for the whole attempt */
	struct guard guard;
	const char *proxy;                 /* for all requests; "" for none */
	/* For requests whose endpoint sets no other; "" or NULL: an empty header. */
	const char *user_agent;
	/* PEM file of authorities trusted besides the system's; "" or NULL for none. */
	const char *ca_certificates;
	struct duration disable_after;     /* time of uninterrupted failures; 0: never */
	/* Divides the waits of the schedule, and periods of days; 1 in production. */
	double retry_scale;
};

/* Starts both threads. On SQLite all leases are ended first, because this process is the only
 * one that delivers. */
struct outbound *outbound_start(const struct outbound_config *config, struct error *err);
/* Wake the ledger: something may be due, or endpoints have changed. From any thread; cheap; do
 * not block. */
void outbound_wake(struct outbound *outbound);
void outbound_endpoints_changed(struct outbound *outbound);
/* Sends a probe (notify/probe.h) regardless of the endpoint's state. Deliveries and probes do
 * not wait for each other. From any thread. */
void outbound_probe(void *outbound, const struct probe *probe,
		    void (*on_done)(struct probe_result *result, void *arg), void *arg);
/* Tells what an endpoint can take now, as far as this process knows (notify/waits.h). From any
 * thread; cheap. */
struct endpoint_turn outbound_turn(void *outbound, const char *account, const char *endpoint,
				   struct wall_time now);
/* Stops claiming, lets requests in progress finish for `patience`, records their outcomes,
 * releases other lanes, ends the threads and frees everything. NULL is accepted. */
void outbound_stop_and_free(struct outbound *outbound, struct duration patience);

#endif
