/* parser.c – llhttp's callbacks, and the rules it leaves to us. */
#include "http/parser.h"

#include <stdlib.h>
#include <string.h>

#include <llhttp.h>

#include "base/ensure.h"
#include "base/text.h"

struct span {
	size_t at, length; /* in `head` */
};

struct http_parser {
	llhttp_t llhttp;
	llhttp_settings_t settings;
	size_t body_limit;
	struct buf head; /* target, names and values, one after another */
	struct buf body;
	struct span target;
	struct {
		struct span name, value;
	} headers[HTTP_HEADERS_MAX];
	size_t header_count;
	bool has_begun, headers_complete, wants_continue, keeps_alive, complete;
	struct error refusal; /* set by a callback that stops llhttp */
};

/* Callbacks: 0 goes on, -1 stops with `refusal`. */
static int refuse(struct http_parser *parser, enum error_code code, const char *technical)
{
	(void)error_set(&parser->refusal, code, technical ? "%s" : NULL, technical);
	return -1;
}

static int head_add(struct http_parser *parser, struct span *span, const char *data, size_t length)
{
	if (span->length == 0)
		span->at = parser->head.length;
	if (!buf_add(&parser->head, data, length))
		return refuse(parser, ERROR_HEADERS_TOO_LARGE, NULL);
	span->length += length;
	return 0;
}

static int on_begin(llhttp_t *llhttp)
{
	((struct http_parser *)llhttp->data)->has_begun = true;
	return 0;
}

static int on_target(llhttp_t *llhttp, const char *data, size_t length)
{
	struct http_parser *parser = llhttp->data;

	if (parser->target.length + length > HTTP_TARGET_MAX)
		return refuse(parser, ERROR_URI_TOO_LONG, NULL);
	return head_add(parser, &parser->target, data, length);
}

static int on_name(llhttp_t *llhttp, const char *data, size_t length)
{
	struct http_parser *parser = llhttp->data;

	if (parser->headers_complete) /* a trailer: RFC 9110 section 6.5.1 lets us drop it, and it
					 must not pass for a header */
		return 0;
	if (parser->header_count == HTTP_HEADERS_MAX)
		return refuse(parser, ERROR_HEADERS_TOO_LARGE, "too many headers");
	return head_add(parser, &parser->headers[parser->header_count].name, data, length);
}

static int on_value(llhttp_t *llhttp, const char *data, size_t length)
{
	struct http_parser *parser = llhttp->data;

	if (parser->headers_complete)
		return 0;
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)data[i];
		if ((c < 0x20 && c != '\t') || c == 0x7f) /* RFC 9110 section 5.5 */
			return refuse(parser, ERROR_INVALID_REQUEST,
				      "control character in a header");
	}
	return head_add(parser, &parser->headers[parser->header_count].value, data, length);
}

static int on_value_complete(llhttp_t *llhttp)
{
	struct http_parser *parser = llhttp->data;

	if (!parser->headers_complete)
		parser->header_count++;
	return 0;
}

/* Names and values are compared before they are copied out of `head`. */
static bool header_is(const struct http_parser *parser, size_t i, const char *name)
{
	size_t length = strlen(name);

	return parser->headers[i].name.length == length &&
	       strncasecmp((const char *)parser->head.data + parser->headers[i].name.at, name,
			   length) == 0;
}

static bool value_is(const struct http_parser *parser, size_t i, const char *value)
{
	size_t length = strlen(value);

	return parser->headers[i].value.length == length &&
	       strncasecmp((const char *)parser->head.data + parser->headers[i].value.at, value,
			   length) == 0;
}

static int on_headers_complete(llhttp_t *llhttp)
{
	struct http_parser *parser = llhttp->data;
	unsigned hosts = 0;
	bool expects = false;

	for (size_t i = 0; i < parser->header_count; i++) {
		hosts += header_is(parser, i, "Host");
		expects |= header_is(parser, i, "Expect") && value_is(parser, i, "100-continue");
	}
	if (llhttp->http_major != 1)
		return refuse(parser, ERROR_INVALID_REQUEST, "only HTTP/1.0 and HTTP/1.1");
	if (hosts > 1 || (hosts == 0 && llhttp->http_minor > 0)) /* RFC 9112 section 3.2 */
		return refuse(parser, ERROR_INVALID_REQUEST, "Host: there must be one");
	if (llhttp->upgrade)
		llhttp->upgrade =
			0; /* we speak nothing else: RFC 9110 section 7.8 lets us ignore it */
	if (llhttp->content_length > parser->body_limit && !(llhttp->flags & F_CHUNKED))
		return refuse(parser, ERROR_BODY_TOO_LARGE, NULL);
	parser->headers_complete = true;
	parser->wants_continue = expects && llhttp->http_minor > 0;
	return 0;
}

static int on_body(llhttp_t *llhttp, const char *data, size_t length)
{
	struct http_parser *parser = llhttp->data;

	if (!buf_add(&parser->body, data, length))
		return refuse(parser, ERROR_BODY_TOO_LARGE, NULL);
	return 0;
}

static int on_complete(llhttp_t *llhttp)
{
	struct http_parser *parser = llhttp->data;

	parser->complete = true;
	parser->keeps_alive = llhttp_should_keep_alive(llhttp) != 0;
	return HPE_PAUSED; /* what follows is another request */
}

static void parser_begin(struct http_parser *parser)
{
	llhttp_init(&parser->llhttp, HTTP_REQUEST, &parser->settings);
	parser->llhttp.data = parser;
	parser->head.length = 0;
	parser->target = (struct span){0};
	memset(parser->headers, 0, parser->header_count * sizeof(parser->headers[0]));
	parser->header_count = 0;
	parser->has_begun = parser->headers_complete = parser->complete = false;
	parser->wants_continue = parser->keeps_alive = false;
}

struct http_parser *http_parser_new(size_t headers_limit, size_t body_limit)
{
	struct http_parser *parser = calloc(1, sizeof(*parser));

	ensure(parser);
	llhttp_settings_init(&parser->settings);
	parser->settings.on_message_begin = on_begin;
	parser->settings.on_url = on_target;
	parser->settings.on_header_field = on_name;
	parser->settings.on_header_value = on_value;
	parser->settings.on_header_value_complete = on_value_complete;
	parser->settings.on_headers_complete = on_headers_complete;
	parser->settings.on_body = on_body;
	parser->settings.on_message_complete = on_complete;
	parser->body_limit = body_limit;
	buf_init(&parser->head, headers_limit);
	buf_init(&parser->body, body_limit);
	parser_begin(parser);
	return parser;
}

static void body_wipe(unsigned char *body, size_t length)
{
	if (body)
		explicit_bzero(body, length);
	free(body);
}

void http_parser_free(struct http_parser *parser)
{
	if (!parser)
		return;
	if (parser->head.data)
		explicit_bzero(parser->head.data, parser->head.capacity);
	buf_done(&parser->head);
	body_wipe(parser->body.data, parser->body.length);
	free(parser);
}

enum http_parse_result http_parser_feed(struct http_parser *parser, const void *data, size_t length,
					size_t *ret_used, struct error *err)
{
	llhttp_errno_t result = llhttp_execute(&parser->llhttp, data, length);

	*ret_used = length;
	if (result == HPE_OK)
		return HTTP_PARSE_MORE;
	if (parser->complete) {
		*ret_used = (size_t)(llhttp_get_error_pos(&parser->llhttp) - (const char *)data);
		return HTTP_PARSE_COMPLETE;
	}
	if (parser->refusal.code != ERROR_NONE)
		*err = parser->refusal;
	else
		(void)error_set(err, ERROR_INVALID_REQUEST, "%s",
				llhttp_get_error_reason(&parser->llhttp));
	return HTTP_PARSE_REFUSED;
}

bool http_parser_wants_continue(struct http_parser *parser)
{
	bool wants = parser->wants_continue && !parser->complete;

	parser->wants_continue = false;
	return wants;
}

bool http_parser_has_begun(const struct http_parser *parser)
{
	return parser->has_begun;
}

bool http_parser_keeps_alive(const struct http_parser *parser)
{
	return parser->keeps_alive;
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

static char *span_copy(const struct http_parser *parser, struct arena *arena, struct span span)
{
	return arena_strndup(arena, (const char *)parser->head.data + span.at, span.length);
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

struct http_request *http_parser_take(struct http_parser *parser)
{
	ensure(parser->complete);
	struct arena *arena = arena_new();
	struct http_request *request = arena_alloc(arena, sizeof(*request));
	struct http_header *headers = arena_alloc(arena,
						  sizeof(*headers) * (parser->header_count + 1));

	request->arena = arena;
	request->method = method_of(&parser->llhttp);
	target_split(request, span_copy(parser, arena, parser->target));
	for (size_t i = 0; i < parser->header_count; i++) {
		headers[i].name = span_copy(parser, arena, parser->headers[i].name);
		headers[i].value = span_copy(parser, arena, parser->headers[i].value);
	}
	request->headers = headers;
	request->header_count = parser->header_count;
	request->body.data = buf_take(&parser->body, &request->body.length);
	parser_begin(parser);
	return request;
}

void http_request_free(struct http_request *request)
{
	if (!request)
		return;
	body_wipe((unsigned char *)(uintptr_t)request->body.data, request->body.length);
	arena_free(request->arena);
}
