/* heads.c – a request's head is judged before its body is read: its route, whether the body is
 * within the route's limits and of a form that is understood, and, when the body is large, who
 * calls. */
#include "api/core/admission.h"
#include "api/core/job.h"
#include "base/text.h"

/* RFC 9110 section 15.5.16: a 415 for a coding names those that are accepted. */
static bool coding_is_understood(struct job *job, struct error *err)
{
	const struct http_request *request = job->request;

	for (size_t i = 0; http_request_has_body(request) && i < request->header_count; i++) {
		const char *coding = request->headers[i].value;
		if (!text_equal_nocase(request->headers[i].name, "Content-Encoding") || !*coding ||
		    text_equal_nocase(coding, "identity"))
			continue;
		http_response_header(&job->response, "Accept-Encoding", "identity");
		return error_set(
			err, ERROR_UNSUPPORTED_MEDIA_TYPE,
			"Content-Encoding: %.60s is not supported; send the body uncompressed",
			coding);
	}
	return true;
}

/* Bytes that the body may have as it is sent. */
static size_t limit_of(const struct job *job)
{
	const struct body_kind *kind = &body_kinds[job->route->body];
	const char *type = http_request_header(job->request, "Content-Type");
	bool is_form = type && http_media_type_is(type, "application/x-www-form-urlencoded");

	if (kind->limit == 0)
		return job->api->config.body_limit;
	return kind->may_be_utf16 && !is_form ? 2 * kind->limit + 2 /* a byte order mark */
					      : kind->limit;
}

static bool body_is_within(struct job *job, struct error *err)
{
	size_t limit = limit_of(job);

	return job->request->body_announced <= limit ||
	       error_set(err, ERROR_BODY_TOO_LARGE, "at most %zu bytes are accepted here%s", limit,
			 body_kinds[job->route->body].limit ? "" : " (--body-limit)");
}

static void receive(struct job *job, size_t limit, const char *owner)
{
	const struct body_terms terms = {.limit = limit, .owner = owner};

	http_exchange_receive(job->exchange, &terms);
}

/* Nobody asks who sends a small body before it is read. */
static bool body_is_small(const struct http_request *request)
{
	return !request->body_is_chunked && !request->expects_continue &&
	       request->body_announced <= HTTP_BODY_SMALL;
}

/* False when the store is needed and there is no session. */
static bool admit_head(struct job *job, struct session *session)
{
	struct call call = job_call(job, job->request, session);

	job->response = (struct http_response){0};
	enum auth_result result = admit(&call, job->route, &job->response, &job->err);
	job_remember_app(job, &call);
	if (result == AUTH_NEEDS_STORE)
		return false;
	if (result != AUTH_OK) {
		const struct error err = job->err;
		job_refuse(job, &err);
		return true;
	}
	job->admitted = true;
	job->admission = job->response;
	receive(job, limit_of(job), arena_strdup(job->request->arena, call.actor.account));
	return true;
}

static void admit_on_worker(void *session, void *arg)
{
	(void)admit_head(arg, session);
}

/* Nothing of the body is read before this has ended. */
static void admit_first(struct job *job)
{
	struct error err = {0};

	if (!admit_head(job, NULL) &&
	    !pools_submit(&job->api->pools, POOL_API, job_turn(job), admit_on_worker, job, &err))
		job_refuse(job, &err);
}

/* Reading what is small keeps the connection; on_request then refuses. */
static void refuse(struct job *job)
{
	const struct error err = job->err;
	const struct http_request *request = job->request;

	if (http_request_has_body(request) && body_is_small(request) &&
	    err.code != ERROR_BODY_TOO_LARGE)
		receive(job, HTTP_BODY_SMALL, NULL);
	else
		job_refuse(job, &err);
}

void api_on_head(struct http_exchange *exchange, struct http_request *request, void *arg)
{
	struct api *api = arg;
	struct job *job = arena_alloc(request->arena, sizeof(*job));
	const char *allow = NULL;

	*job = (struct job){.api = api,
			    .exchange = exchange,
			    .request = request,
			    .arena = request->arena,
			    .begun = mono_now()};
	request->context = job;
	const struct route *found = router_match(api->router, request, &allow, &job->err);
	if (allow)
		http_response_header(&job->response, "Allow", allow);
	if (found)
		job->route = found->target;
	if (!found || !body_is_within(job, &job->err) || !coding_is_understood(job, &job->err))
		refuse(job);
	else if (body_is_small(request) || job->route->level == LEVEL_PUBLIC)
		receive(job, limit_of(job), NULL);
	else
		admit_first(job);
}
