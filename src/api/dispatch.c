/* dispatch.c – from an HTTP request to its handler and back: the one way in, the one place where an
 * error becomes an answer, and where ours are logged. */
#include "api/api.h"

#include <stdlib.h>
#include <string.h>

#include "api/admission.h"
#include "base/ensure.h"
#include "base/log.h"
#include "http/router.h"

struct api {
	struct api_config config;
	struct router *router;
	struct route *routes; /* api_routes, in the router's form */
	struct workers *workers;
};

/* A request on its way; lives in the request's arena. */
struct job {
	const struct api *api;
	const struct api_route *route;
	struct http_exchange *exchange;
	struct http_request *request;
	/* What the handler made of it, kept until what it rests on is durable. */
	bool done;
	struct http_response response;
	struct error err; /* unless done */
	struct settle settle;
};

static void *worker_session(void *arg, struct error *err)
{
	const struct api *api = arg;
	struct session *session = session_open(api->config.store, err);

	if (session) /* a worker takes the next request while the disk takes this one's change */
		session_defer(session);
	return session;
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
		   const struct api_route *route, struct http_response *response,
		   const struct error *err)
{
	struct error shown = *err;

	error_log(request, err);
	if (error_http_status(err->code) >= 500)
		shown.technical[0] =
			'\0'; /* the log has it; a stranger need not know our insides */
	if (error_http_status(err->code) == 503)
		http_response_header(response, "Retry-After", "1");
	if (err->code == ERROR_TOO_MANY_REQUESTS)
		http_response_header(response, "Retry-After",
				     arena_printf(request->arena, "%lld", (long long)err->wait_s));
	if (route && (route->flags & ROUTE_OAUTH))
		http_response_oauth_error(response, &shown, oauth_error_name(err->code));
	else
		http_response_error(response, &shown);
	http_exchange_respond(exchange, response);
}

/* What the handler has changed is durable, or is not: only now is there an answer. */
static void on_settled(const struct error *err, void *arg)
{
	struct job *job = arg;

	if (!job->done)
		refuse(job->exchange, job->request, job->route, &job->response, &job->err);
	else if (err)
		refuse(job->exchange, job->request, job->route, &job->response, err);
	else
		http_exchange_respond(job->exchange, &job->response);
}

static void answer_when_settled(struct job *job, struct session *session)
{
	struct error err = {0};

	job->settle = (struct settle){.on_settled = on_settled, .arg = job};
	switch (session ? session_settle(session, &job->settle, &err) : SETTLE_DURABLE) {
	case SETTLE_DURABLE:
		on_settled(NULL, job);
		break;
	case SETTLE_FAILED:
		on_settled(&err, job);
		break;
	case SETTLE_LATER: /* the job may be gone already */
		break;
	}
}

/* False when the store is needed and there is no session: nothing has been answered then. */
static bool run(struct job *job, struct session *session)
{
	const struct api_config *config = &job->api->config;
	struct call call = {
		.request = job->request,
		.arena = job->request->arena,
		.now = job->request->received,
		.address = client_address(job->request, &config->trusted_proxies),
		.authenticator = &config->authenticator,
		.keyring = config->keyring,
		.retention = &config->retention,
		.session = session,
	};
	http_response_done(&job->response); /* of a first try on the loop */
	enum auth_result auth = admit(&call, job->route, &job->response, &job->err);
	if (auth == AUTH_NEEDS_STORE)
		return false;
	job->done = auth == AUTH_OK && job->route->handler(&call, &job->response, &job->err);
	if (!job->done && call.needs_store)
		return false;
	answer_when_settled(job, session);
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
		refuse(exchange, request, NULL, &response, &err);
		return;
	}
	struct job *job = arena_alloc(request->arena, sizeof(*job));
	*job = (struct job){
		.api = api, .route = found->target, .exchange = exchange, .request = request};
	if ((job->route->flags & ROUTE_FROM_MEMORY) && run(job, NULL))
		return;
	if (!workers_submit(api->workers, run_on_worker, job)) {
		(void)error_set(&err, ERROR_OVERLOADED,
				"too many requests are waiting (--queue-limit)");
		refuse(exchange, request, job->route, &response, &err);
	}
}
