/* dispatch.c – from an HTTP request to its handler and back: the one way in, the one place where an
 * error becomes an answer, and where ours are logged. */
#include "api/api.h"

#include <stdlib.h>
#include <string.h>

#include "api/routes.h"
#include "base/ensure.h"
#include "base/log.h"
#include "http/router.h"

struct api {
	struct api_config config;
	struct router *router;
	struct route *routes; /* api_routes, in the router's form */
	struct workers *workers;
};

/* A request on its way to a worker; lives in the request's arena. */
struct job {
	const struct api *api;
	const struct api_route *route;
	struct http_exchange *exchange;
	struct http_request *request;
};

static void *worker_session(void *arg, struct error *err)
{
	const struct api *api = arg;
	return session_open(api->config.store, err);
}

static void worker_session_close(void *context)
{
	session_close(context);
}

static void routes_index(struct api *api)
{
	api->routes = calloc(api_route_count, sizeof(*api->routes));
	ensure(api->routes);
	for (size_t i = 0; i < api_route_count; i++)
		api->routes[i] = (struct route){.method = api_routes[i].method,
						.pattern = api_routes[i].pattern,
						.target = &api_routes[i]};
	api->router = router_new(api->routes, api_route_count);
}

struct api *api_start(const struct api_config *config, struct error *err)
{
	struct api *api = calloc(1, sizeof(*api));
	ensure(api);
	api->config = *config;
	routes_index(api);
	const struct workers_config workers = {
		.count = config->worker_count,
		.queue_limit = config->queue_limit,
		.context_new = worker_session,
		.context_free = worker_session_close,
		.arg = api,
	};
	api->workers = workers_start(&workers, err);
	if (!api->workers) {
		api_stop_and_free(api);
		return NULL;
	}
	return api;
}

void api_stop_and_free(struct api *api)
{
	if (!api)
		return;
	workers_drain_and_free(api->workers);
	router_free(api->router);
	free(api->routes);
	free(api);
}

/* A caller's mistake is the caller's business; ours is the operator's. */
static void error_log(const struct http_request *request, const struct error *err)
{
	if (error_http_status(err->code) < 500)
		return;
	log_error("api", "request %llu from %s: %s %s: %s (%s)", (unsigned long long)request->id,
		  request->remote_address, http_method_name(request->method), request->path,
		  error_message(err->code), err->technical);
}

static void refuse(struct http_exchange *exchange, const struct http_request *request,
		   struct http_response *response, const struct error *err)
{
	struct error shown = *err;

	error_log(request, err);
	if (error_http_status(err->code) >= 500)
		shown.technical[0] =
			'\0'; /* the log has it; a stranger need not know our insides */
	if (error_http_status(err->code) == 503)
		http_response_header(response, "Retry-After", "1");
	http_response_error(response, &shown);
	http_exchange_respond(exchange, response);
}

/* False when the store is needed and there is no session: nothing has been answered then. */
static bool run(const struct job *job, struct session *session)
{
	const struct api_config *config = &job->api->config;
	struct http_response response = {0};
	struct error err = {0};
	struct call call = {
		.request = job->request,
		.arena = job->request->arena,
		.now = job->request->received,
		.authenticator = &config->authenticator,
		.keyring = config->keyring,
		.session = session,
	};
	enum auth_result auth = AUTH_OK;

	if (!(job->route->flags & ROUTE_PUBLIC))
		auth = authenticate(call.authenticator, session,
				    http_request_header(job->request, "Authorization"), call.now,
				    &call.caller, &err);
	if (auth == AUTH_NEEDS_STORE)
		return false;
	if (auth == AUTH_OK && job->route->handler(&call, &response, &err)) {
		http_exchange_respond(job->exchange, &response);
		return true;
	}
	if (call.needs_store)
		return false;
	refuse(job->exchange, job->request, &response, &err);
	return true;
}

static void run_on_worker(void *session, void *arg)
{
	ensure(run(arg, session));
}

void api_on_request(struct http_exchange *exchange, struct http_request *request, void *arg)
{
	struct api *api = arg;
	struct http_response response = {0};
	struct error err = {0};
	const char *allow = NULL;

	const struct route *found = router_match(api->router, request, &allow, &err);
	if (!found) {
		if (allow)
			http_response_header(&response, "Allow", allow);
		refuse(exchange, request, &response, &err);
		return;
	}
	struct job *job = arena_alloc(request->arena, sizeof(*job));
	*job = (struct job){api, found->target, exchange, request};
	if ((job->route->flags & ROUTE_FROM_MEMORY) && run(job, NULL))
		return;
	if (!workers_submit(api->workers, run_on_worker, job)) {
		(void)error_set(&err, ERROR_OVERLOADED,
				"too many requests are waiting (--queue-limit)");
		refuse(exchange, request, &response, &err);
	}
}
