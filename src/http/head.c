/* head.c – llhttp's callbacks, and the rules it leaves to us. */
#include "http/head.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "base/text.h"

/* Callbacks: 0 goes on, -1 stops with `refusal`. */
static int refuse(struct head *head, enum error_code code, const char *technical)
{
	(void)error_set(&head->refusal, code, technical ? "%s" : NULL, technical);
	return -1;
}

static int head_add(struct head *head, struct span *span, const char *data, size_t length)
{
	if (span->length == 0)
		span->at = head->text.length;
	if (!buf_add(&head->text, data, length))
		return refuse(head, ERROR_HEADERS_TOO_LARGE, NULL);
	span->length += length;
	return 0;
}

static int on_target(llhttp_t *llhttp, const char *data, size_t length)
{
	struct head *head = llhttp->data;

	if (head->target.length + length > HTTP_TARGET_MAX)
		return refuse(head, ERROR_URI_TOO_LONG, NULL);
	return head_add(head, &head->target, data, length);
}

static int on_name(llhttp_t *llhttp, const char *data, size_t length)
{
	struct head *head = llhttp->data;

	if (head->header_count == HTTP_HEADERS_MAX)
		return refuse(head, ERROR_HEADERS_TOO_LARGE, "too many headers");
	return head_add(head, &head->headers[head->header_count].name, data, length);
}

static int on_value(llhttp_t *llhttp, const char *data, size_t length)
{
	struct head *head = llhttp->data;

	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)data[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f) /* RFC 9110 section 5.5 */
			return refuse(head, ERROR_INVALID_REQUEST, "control character in a header");
	}
	return head_add(head, &head->headers[head->header_count].value, data, length);
}

static int on_value_complete(llhttp_t *llhttp)
{
	struct head *head = llhttp->data;

	head->header_count++;
	return 0;
}

/* Names and values are compared before they are copied out of `head`. */
static bool header_is(const struct head *head, size_t i, const char *name)
{
	size_t length = strlen(name);

	return head->headers[i].name.length == length &&
	       strncasecmp((const char *)head->text.data + head->headers[i].name.at, name,
			   length) == 0;
}

static bool value_is(const struct head *head, size_t i, const char *value)
{
	size_t length = strlen(value);

	return head->headers[i].value.length == length &&
	       strncasecmp((const char *)head->text.data + head->headers[i].value.at, value,
			   length) == 0;
}

/* RFC 9112 section 3.2: what a host and a port are made of (RFC 3986 section 3.2). */
static bool host_is_valid(const struct head *head, struct span value)
{
	const unsigned char *host = head->text.data + value.at;

	for (size_t i = 0; i < value.length; i++) {
		if (!isalnum(host[i]) && !strchr("-._~!$&'()*+;=:[]%", host[i]))
			return false;
	}
	return true;
}

/* RFC 9112 section 6: one way to say where the body ends, or none. */
static int framing_check(struct head *head, const llhttp_t *llhttp)
{
	unsigned lengths = 0, codings = 0;
	bool other_coding = false;

	for (size_t i = 0; i < head->header_count; i++) {
		lengths += header_is(head, i, "Content-Length");
		if (!header_is(head, i, "Transfer-Encoding"))
			continue;
		codings++;
		other_coding |= !value_is(head, i, "chunked");
	}
	if (lengths > 1 || (lengths && codings) || codings > 1)
		return refuse(head, ERROR_INVALID_REQUEST,
			      "Content-Length and Transfer-Encoding: one of them, once");
	if (codings && llhttp->http_minor == 0) /* section 6.1: the framing is faulty */
		return refuse(head, ERROR_INVALID_REQUEST, "Transfer-Encoding in HTTP/1.0");
	if (other_coding)
		return refuse(head, ERROR_NOT_IMPLEMENTED, "Transfer-Encoding: only chunked");
	head->is_chunked = codings > 0;
	head->announced = lengths ? llhttp->content_length : 0;
	return 0;
}

static int on_headers_complete(llhttp_t *llhttp)
{
	struct head *head = llhttp->data;
	bool host_is_good = true;
	unsigned hosts = 0;

	for (size_t i = 0; i < head->header_count; i++) {
		if (header_is(head, i, "Host")) {
			hosts++;
			host_is_good &= host_is_valid(head, head->headers[i].value);
		}
		head->expects_continue |= header_is(head, i, "Expect") &&
					  value_is(head, i, "100-continue");
	}
	if (llhttp->http_major != 1)
		return refuse(head, ERROR_INVALID_REQUEST, "only HTTP/1.0 and HTTP/1.1");
	if (hosts > 1 || (hosts == 0 && llhttp->http_minor > 0)) /* RFC 9112 section 3.2 */
		return refuse(head, ERROR_INVALID_REQUEST, "Host: there must be one");
	if (!host_is_good)
		return refuse(head, ERROR_INVALID_REQUEST, "Host: not a host and a port");
	if (framing_check(head, llhttp) != 0)
		return -1;
	head->expects_continue &= llhttp->http_minor > 0; /* RFC 9110 section 10.1.1 */
	llhttp->upgrade = 0; /* we speak nothing else: RFC 9110 section 7.8 lets us ignore it */
	head->keeps_alive = llhttp_should_keep_alive(llhttp) != 0;
	head->is_complete = true;
	return HPE_PAUSED;
}

void head_begin(struct head *head)
{
	llhttp_init(&head->llhttp, HTTP_REQUEST, &head->settings);
	head->llhttp.data = head;
	head->check = (struct head_check){0};
	head->text.length = 0;
	head->length = 0;
	head->target = (struct span){0};
	memset(head->headers, 0, head->header_count * sizeof(head->headers[0]));
	head->header_count = 0;
	head->is_complete = head->is_chunked = false;
	head->expects_continue = head->keeps_alive = false;
}

void head_init(struct head *head, size_t limit)
{
	*head = (struct head){.limit = limit};
	llhttp_settings_init(&head->settings);
	head->settings.on_url = on_target;
	head->settings.on_header_field = on_name;
	head->settings.on_header_value = on_value;
	head->settings.on_header_value_complete = on_value_complete;
	head->settings.on_headers_complete = on_headers_complete;
	buf_init(&head->text, limit);
	head_begin(head);
}

void head_done(struct head *head)
{
	if (head->text.data)
		explicit_bzero(head->text.data, head->text.capacity);
	buf_done(&head->text);
}

bool head_has_begun(const struct head *head)
{
	return head_check_has_begun(&head->check);
}

static bool refused(const struct head *head, const char *technical, struct error *err)
{
	if (head->refusal.code == ERROR_NONE)
		return error_set(err, ERROR_INVALID_REQUEST, "%s", technical);
	*err = head->refusal;
	return false;
}

/* Each piece is checked first, and then llhttp makes fields of the same bytes. */
bool head_feed(struct head *head, const unsigned char *data, size_t length, size_t *ret_used,
	       bool *ret_complete, struct error *err)
{
	size_t room = head->limit - head->length;
	const char *reason;

	if (!head_check_feed(&head->check, data, length < room ? length : room, ret_used,
			     ret_complete, &reason))
		return refused(head, reason, err);
	head->length += *ret_used;
	llhttp_errno_t result = llhttp_execute(&head->llhttp, (const char *)data, *ret_used);
	if (result != HPE_OK && !(result == HPE_PAUSED && head->is_complete))
		return refused(head, llhttp_get_error_reason(&head->llhttp), err);
	if (!*ret_complete)
		return *ret_used == length || error_set(err, ERROR_HEADERS_TOO_LARGE, NULL);
	return head->is_complete || refused(head, "the head ends too early", err);
}

static enum http_method method_of(const llhttp_t *llhttp)
{
	switch (llhttp_get_method((llhttp_t *)(uintptr_t)llhttp)) {
	case HTTP_GET:
		return HTTP_METHOD_GET;
	case HTTP_HEAD:
		return HTTP_METHOD_HEAD;
	case HTTP_POST:
		return HTTP_METHOD_POST;
	case HTTP_PUT:
		return HTTP_METHOD_PUT;
	case HTTP_PATCH:
		return HTTP_METHOD_PATCH;
	case HTTP_DELETE:
		return HTTP_METHOD_DELETE;
	default:
		return HTTP_METHOD_OTHER;
	}
}

static char *span_copy(const struct head *head, struct arena *arena, struct span span)
{
	return arena_strndup(arena, (const char *)head->text.data + span.at, span.length);
}

/* Origin form as it is; of the absolute form (RFC 9112 section 3.2.2) what follows the authority.
 */
static void target_split(struct http_request *request, char *target)
{
	char *authority = *target == '/' ? NULL : strstr(target, "://");
	char *path = authority ? strchr(authority + 3, '/') : target;
	char *query = path ? strchr(path, '?') : NULL;

	if (query)
		*query++ = '\0';
	request->path = path ? path : "/";
	request->query = query ? query : "";
}

struct http_request *head_request(const struct head *head)
{
	ensure(head->is_complete);
	struct arena *arena = arena_new();
	struct http_request *request = arena_alloc(arena, sizeof(*request));
	struct http_header *headers = arena_alloc(arena,
						  sizeof(*headers) * (head->header_count + 1));

	request->arena = arena;
	request->method = method_of(&head->llhttp);
	target_split(request, span_copy(head, arena, head->target));
	for (size_t i = 0; i < head->header_count; i++) {
		headers[i].name = span_copy(head, arena, head->headers[i].name);
		headers[i].value = span_copy(head, arena, head->headers[i].value);
	}
	request->headers = headers;
	request->header_count = head->header_count;
	request->body_announced = head->announced;
	request->body_is_chunked = head->is_chunked;
	request->expects_continue = head->expects_continue;
	return request;
}
