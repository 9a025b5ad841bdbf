/* call.c – what all handlers do: read a body, answer, page. */
#include "api/core/call.h"

#include <stdlib.h>
#include <string.h>

#include "access/identity/device.h"
#include "base/ensure.h"
#include "base/entity_tag.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

#define JSON_TYPE "application/json"

json_t *call_body_or_nothing(const struct call *call, struct error *err)
{
	return call->request->body.length ? call_body(call, err) : json_object();
}

static bool is_json(const struct call *call, struct error *err)
{
	const char *type = http_request_header(call->request, "Content-Type");

	return !type || !http_media_type_is(type, "multipart/form-data") ||
	       error_set(err, ERROR_UNSUPPORTED_MEDIA_TYPE, "Content-Type: send JSON here");
}

json_t *call_body(const struct call *call, struct error *err)
{
	return is_json(call, err)
		       ? json_decode_object_within(call->request->body, call->json_values_max, err)
		       : NULL;
}

json_t *call_body_value(const struct call *call, struct error *err)
{
	return is_json(call, err)
		       ? json_decode_within(call->request->body, call->json_values_max, err)
		       : NULL;
}

json_t *call_body_list(const struct call *call, struct error *err)
{
	json_t *value = call_body_value(call, err);

	if (!value || json_is_array(value))
		return value;
	json_decref(value);
	(void)error_set(err, ERROR_INVALID_JSON, "expected a list");
	return NULL;
}

/* For dispatch.c, which finds no error then. */
static bool no_memory(struct http_response *response)
{
	response->status = error_http_status(ERROR_NO_MEMORY);
	return false;
}

bool reply_json(struct http_response *response, json_t *value)
{
	if (!value)
		return false;
	response->status = 200;
	response->content_type = JSON_TYPE;
	struct error ignored = {0};
	response->body = (unsigned char *)json_try_encode(value, &response->body_length, &ignored);
	json_decref(value);
	return response->body || no_memory(response);
}

bool reply_bytes(struct http_response *response, const char *content_type, struct bytes content)
{
	response->status = 200;
	response->content_type = content_type;
	response->body = memory_try(content.length + 1);
	if (!response->body)
		return no_memory(response);
	memcpy(response->body, content.data, content.length);
	response->body_length = content.length;
	return true;
}

void reply_attachment(const struct call *call, struct http_response *response, const char *name)
{
	http_response_header(response, "Content-Disposition",
			     arena_printf(call->arena, "attachment; filename*=UTF-8''%s",
					  percent_encode(call->arena, name)));
}

bool reply_json_text(struct http_response *response, const char *text)
{
	return reply_bytes(response, JSON_TYPE,
			   (struct bytes){(const unsigned char *)text, strlen(text)});
}

bool reply_empty(struct http_response *response)
{
	response->status = 200;
	return true;
}

bool reply_nothing(struct http_response *response)
{
	response->status = 204;
	return true;
}

bool reply_answer(struct http_response *response, json_t *answer)
{
	return answer && reply_json(response, answer);
}

void reply_no_store(struct http_response *response)
{
	for (size_t i = 0; i < response->header_count; i++) {
		if (strcmp(response->headers[i].name, "Cache-Control") == 0)
			return;
	}
	http_response_header(response, "Cache-Control", "no-store");
}

static bool is_known(const struct call *call)
{
	const char *known = http_request_header_list(call->request, "If-None-Match");

	return known && entity_tags_weak(known, call->version->tag) == ENTITY_TAGS_MATCH;
}

void reply_version(const struct call *call, struct http_response *response)
{
	const bool reads = call->request->method == HTTP_METHOD_GET ||
			   call->request->method == HTTP_METHOD_HEAD;

	if (!call->version || !call->version->tag || response->status != 200)
		return;
	http_response_header(response, "ETag",
			     arena_printf(call->arena, "\"%s\"", call->version->tag));
	reply_no_store(response);
	if (!reads || !is_known(call))
		return;
	free(response->body);
	response->body = NULL;
	response->body_length = 0;
	response->status = 304;
	response->content_type = NULL;
}

void reply_rate(const struct call *call, struct http_response *response,
		const struct rate_verdict *verdict)
{
	if (verdict->limit == 0)
		return;
	http_response_header(response, "RateLimit-Limit",
			     arena_printf(call->arena, "%lld", (long long)verdict->limit));
	http_response_header(response, "RateLimit-Remaining",
			     arena_printf(call->arena, "%lld", (long long)verdict->remaining));
	http_response_header(response, "RateLimit-Reset",
			     arena_printf(call->arena, "%lld",
					  (long long)(verdict->wait_s ? verdict->wait_s : 1)));
}

/* SameSite=Lax: /auth sends a browser that comes from elsewhere on to a page, which needs the
 * cookie. What changes something is protected by call_is_same_site besides. */
void reply_session_cookie(const struct call *call, struct http_response *response,
			  const char *value)
{
	const char *base = call->authenticator->config->base_url;
	const char *secure = strncmp(base, "https:", 6) == 0 ? "; Secure" : "";

	http_response_header(response, "Set-Cookie",
			     arena_printf(call->arena,
					  SESSION_COOKIE "=%s; Path=/; HttpOnly; "
							 "SameSite=Lax%s%s",
					  value ? value : "", value ? "" : "; Max-Age=0", secure));
	reply_no_store(response);
}

/* Sent back to the operator's routes only. SameSite=Strict: no link from elsewhere needs it. */
void reply_operator_cookie(const struct call *call, struct http_response *response,
			   const char *value)
{
	const char *base = call->authenticator->config->base_url;
	const char *secure = strncmp(base, "https:", 6) == 0 ? "; Secure" : "";

	http_response_header(response, "Set-Cookie",
			     arena_printf(call->arena,
					  OPERATOR_COOKIE
					  "=%s; Path=/api/operator; HttpOnly; SameSite=Strict%s%s",
					  value ? value : "", value ? "" : "; Max-Age=0", secure));
	reply_no_store(response);
}

void reply_device_cookie(const struct call *call, struct http_response *response, const char *value)
{
	const char *base = call->authenticator->config->base_url;
	const char *secure = strncmp(base, "https:", 6) == 0 ? "; Secure" : "";

	http_response_header(response, "Set-Cookie",
			     arena_printf(call->arena,
					  DEVICE_COOKIE
					  "=%s; Path=/api; HttpOnly; SameSite=Strict; "
					  "Max-Age=%d%s",
					  value, DEVICE_LIFE_S, secure));
}

#define AGENT_MAX 200 /* bytes that are kept of it */

const char *call_agent(const struct call *call)
{
	const char *agent = http_request_header(call->request, "User-Agent");
	return agent && utf8_is_valid(agent, strlen(agent))
		       ? utf8_cut(call->arena, agent, AGENT_MAX)
		       : "";
}

struct context_tools call_tools(const struct call *call)
{
	const struct authenticator *authenticator = call->authenticator;

	return (struct context_tools){.keyring = call->keyring,
				      .config = authenticator->config,
				      .authenticator = authenticator,
				      .limits = authenticator->limits,
				      .usage = authenticator->usage,
				      .judge = call->judge};
}

struct context call_context(const struct call *call)
{
	const struct context_tools tools = call_tools(call);
	struct context context = context_for_call(&tools, call->session, call->arena, &call->actor,
						  call->now, call->queue_now);

	context.version = call->version;
	context.device = http_request_cookie(call->request, DEVICE_COOKIE);
	return context;
}

struct context call_context_about(const struct call *call, const char *account)
{
	const struct context context = call_context(call);

	return context_about(&context, account);
}

/* What a browser says of where a request comes from: Sec-Fetch-Site (W3C Fetch Metadata), or the
 * Origin header (RFC 6454) of older ones. What is no browser sends neither. */
bool call_is_same_site(const struct call *call, struct error *err)
{
	const char *site = http_request_header(call->request, "Sec-Fetch-Site");
	const char *origin = http_request_header(call->request, "Origin");
	const char *host = http_request_header(call->request, "Host");
	const char *base = call->authenticator->config->base_url;
	size_t base_length = strcspn(base + strcspn(base, ":") + 3, "/") + strcspn(base, ":") + 3;

	if (site)
		return text_equal_nocase(site, "same-origin") || text_equal_nocase(site, "none") ||
		       error_set(err, ERROR_CROSS_SITE, "Sec-Fetch-Site: %.40s", site);
	if (!origin)
		return true;
	if (strlen(origin) == base_length && strncasecmp(origin, base, base_length) == 0)
		return true;
	const char *origin_host = strstr(origin, "://");
	if (origin_host && host && text_equal_nocase(origin_host + 3, host))
		return true;
	return error_set(err, ERROR_CROSS_SITE, "Origin: %.200s", origin);
}

bool call_query_int(const struct call *call, const char *name, int64_t minimum, int64_t maximum,
		    int64_t absent, int64_t *ret_value, struct error *err)
{
	const char *text = http_request_query(call->request, name);
	char *end;

	if (!text || !*text) {
		*ret_value = absent;
		return true;
	}
	size_t digits = strspn(text, "0123456789");
	long long value = strtoll(text, &end, 10);
	if (digits == 0 || digits > 18 || *end || value < minimum || value > maximum)
		return error_set(err, ERROR_INVALID_FIELD,
				 "%s: must be a whole number from %lld to %lld", name,
				 (long long)minimum, (long long)maximum);
	*ret_value = value;
	return true;
}

bool call_query_date(const struct call *call, const char *name, struct wall_time *ret_time,
		     struct error *err)
{
	const char *text = http_request_query(call->request, name);

	*ret_time = wall_from_us(0);
	return !text || !*text || wall_parse(text, ret_time) ||
	       error_set(err, ERROR_INVALID_FIELD,
			 "%s: must be a date such as 2026-01-31T12:00:00Z", name);
}

bool call_page(const struct call *call, int64_t absent, int64_t *ret_offset, int64_t *ret_limit,
	       struct error *err)
{
	const int64_t far = 1000000000;
	int64_t from = 0, to = 0;

	if (!call_query_int(call, "from", 1, far, 1, &from, err) ||
	    !call_query_int(call, "to", 1, far, from + absent - 1, &to, err))
		return false;
	if (to < from || to - from >= PAGE_MAX)
		return error_set(
			err, ERROR_INVALID_FIELD,
			"to: must be from %lld to %lld here (a page has %d entries at most)",
			(long long)from, (long long)(from + PAGE_MAX - 1), PAGE_MAX);
	*ret_offset = from - 1;
	*ret_limit = to - from + 1;
	return true;
}
