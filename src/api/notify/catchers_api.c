/* catchers_api.c – /api/notifications/catchers, and /catch/{token}, where they catch. */
#include "api/core/routes.h"

#include "access/rate_limit.h"
#include "base/json.h"
#include "notify/catcher.h"

#define CATCH_PER_SECOND 20	      /* of one catcher; more are answered 429 */
#define MISSES_PER_ADDRESS_SECOND 100 /* of one address; after that it is told to wait, too */

bool on_catchers_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, catchers_list(&context, err));
}

bool on_catchers_post(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body_or_nothing(call, err);
	return body && reply_answer(response, catcher_create(&context, body, err));
}

bool on_catcher_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return reply_answer(response, catcher_read(&context, call->request->parameters[0], err));
}

bool on_catcher_put(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);

	scoped(json_t) json_t *body = call_body(call, err);
	return body && reply_answer(response, catcher_change(&context, call->request->parameters[0],
							     body, err));
}

bool on_catcher_delete(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	return catcher_remove(&context, call->request->parameters[0], err) && reply_empty(response);
}

bool on_caught_get(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	int64_t after, limit;

	return call_query_int(call, "after", 0, INT64_MAX, 0, &after, err) &&
	       call_query_int(call, "limit", 1, CAUGHT_PAGE_MAX, CAUGHT_PAGE_MAX, &limit, err) &&
	       reply_answer(response,
			    caught_read(&context, call->request->parameters[0], after, limit, err));
}

/* ---- where they catch ---- */

/* What the status leaves room for: 204 and 205 have no content (RFC 9110 sections 15.3.5, 15.3.6),
 * and the next answer on the connection would begin with it. */
static bool reply_caught(struct http_response *response, const struct catch_answer *answer)
{
	const bool is_empty = answer->status == 204 || answer->status == 205;

	if (!(is_empty ? reply_empty(response)
		       : reply_json(response,
				    json_pack("{s:I}", "number", (json_int_t)answer->number))))
		return false;
	response->status = (int)answer->status;
	return true;
}

struct catching {
	struct call *call;
	struct http_response *response;
};

/* The answer tells of the last one that was taken: of the one that refuses, or of the catcher's. */
static bool rate_take(struct catching *catching, const char *of, int64_t rate, const char *what,
		      struct error *err)
{
	struct call *call = catching->call;
	struct rate_verdict verdict = rate_limit_take(call->authenticator->limits, of, rate,
						      mono_now());

	if (!verdict.allowed || rate == CATCH_PER_SECOND)
		reply_rate(call, catching->response, &verdict);
	return verdict.allowed || error_set_wait(err, verdict.wait_s, what);
}

static bool may_catch(const char *catcher, void *arg, struct error *err)
{
	struct catching *catching = arg;
	return rate_take(catching, arena_printf(catching->call->arena, "catcher %s", catcher),
			 CATCH_PER_SECOND, "requests to this catcher", err);
}

/* Where there is no such catcher. What comes to one is not counted by address: this server's own
 * sender has the same one for all accounts, and one of them could keep the notifications of the
 * others away. */
static bool refuse_miss(struct catching *catching, struct error *err)
{
	char group[NETWORK_ADDRESS_TEXT];

	network_group(catching->call->address, group);
	(void)rate_take(catching, arena_printf(catching->call->arena, "catchers %s", group),
			MISSES_PER_ADDRESS_SECOND, "requests from this address", err);
	return false;
}

bool on_catch(struct call *call, struct http_response *response, struct error *err)
{
	const struct context context = call_context(call);
	const struct http_request *http = call->request;
	struct catching catching = {call, response};
	struct catch_answer answer;

	struct catcher_header *headers = arena_alloc(call->arena,
						     (http->header_count + 1) * sizeof(*headers));
	for (size_t i = 0; i < http->header_count; i++)
		headers[i] = (struct catcher_header){http->headers[i].name, http->headers[i].value};
	const struct caught_request request = {
		.method = http_method_name(http->method),
		.headers = headers,
		.header_count = http->header_count,
		.body = http->body,
	};
	if (!catcher_catch(&context, http->parameters[0], &request, may_catch, &catching, &answer,
			   err))
		return err->code == ERROR_CATCHER_NOT_FOUND ? refuse_miss(&catching, err) : false;
	return reply_caught(response, &answer);
}
