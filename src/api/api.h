/* api.h – the REST resources: JSON in, a domain call, JSON out.
 *
 * One file per resource; routes.c has the table of all of them. dispatch.c takes a request from the HTTP server,
 * finds its route, proves who calls, runs the handler on a worker (or at once on the loop, when the route can be
 * answered from memory) and turns an error into the standard body. */
#ifndef GREFFIER_API_API_H
#define GREFFIER_API_API_H

#include "access/identity/authenticator.h"
#include "api/core/pools.h"
#include "base/error.h"
#include "crypto/keyring.h"
#include "http/server.h"
#include "notify/probe.h"
#include "notify/retention.h"
#include "notify/waits.h"
#include "paperwork/paperwork.h"
#include "store/store.h"

struct api;

struct api_config {
	struct store *store;
	const struct keyring *keyring;
	struct authenticator authenticator;
	struct retention_config retention;
	struct pool_config pools[POOL_COUNT];
	size_t body_limit;    /* bytes of a body with contents of documents; other routes have less (routes.c) */
	unsigned standing_limit; /* calls that wait for something else, without a worker; more are answered 503 */
	struct loop *loop;    /* the HTTP server's */
	struct prober prober; /* who sends tests to endpoints */
	struct turn_source turns; /* what endpoints can take now */
	struct judge judge;   /* of documents' contents */
	const char *data_folder; /* whose disk operators look at */
};

/* Starts the pools of workers. */
struct api *api_start(const struct api_config *config, struct error *err);
/* Hand these to the HTTP server as on_head and on_request, with the api as their argument. */
void api_on_head(struct http_exchange *exchange, struct http_request *request, void *api);
void api_on_request(struct http_exchange *exchange, struct http_request *request, void *api);
/* Events may have been appended. From any thread; cheap; does not block. */
void api_events_appended(struct api *api);
/* Rights may have changed: calls that wait are admitted again. From any thread; cheap; does not block. */
void api_access_changed(struct api *api);
/* Answers what waits for events, and lets nobody wait any more. On the loop's thread. */
void api_end_waits(struct api *api);
/* Answers what is queued, then ends the workers. What waits for a probe is answered when the prober stops. NULL is fine. */
void api_stop(struct api *api);
/* When no exchange is left. NULL is fine. */
void api_free(struct api *api);

#endif
