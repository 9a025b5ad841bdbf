/* api.h – the REST API: takes a request from the HTTP server and gives a response.
 *
 * Each resource has one file, and routes.c has the table of all routes. dispatch.c finds the
 * route, authenticates the caller, and runs the handler on a worker, or directly on the loop
 * when the route can be answered from memory. It turns an error into the standard body. */
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
	/* Bytes of a body with contents of documents; other routes have lower limits (routes.c). */
	size_t body_limit;
	/* Calls that wait without a worker; further calls are answered 503. */
	unsigned standing_limit;
	struct loop *loop;    /* the HTTP server's loop */
	struct prober prober; /* sends tests to endpoints */
	struct turn_source turns; /* tells what endpoints can take now */
	struct judge judge;   /* checks contents of documents */
	const char *data_folder; /* operators see the space on its disk */
};

/* Starts the pools of workers. */
struct api *api_start(const struct api_config *config, struct error *err);
/* Callbacks for the HTTP server (on_head, on_request), with the api as their argument. */
void api_on_head(struct http_exchange *exchange, struct http_request *request, void *api);
void api_on_request(struct http_exchange *exchange, struct http_request *request, void *api);
/* Tells waiting calls that events may have been appended. From any thread; cheap; does not
 * block. */
void api_events_appended(struct api *api);
/* Tells waiting calls that rights may have changed: they are admitted again. From any thread;
 * cheap; does not block. */
void api_access_changed(struct api *api);
/* Answers all calls that wait for events, and lets no call wait any more. On the loop's thread. */
void api_end_waits(struct api *api);
/* Answers queued calls and ends the workers. Calls that wait for a probe are answered when the
 * prober stops. NULL is accepted. */
void api_stop(struct api *api);
/* Frees the api when no exchange is left. NULL is accepted. */
void api_free(struct api *api);

#endif
