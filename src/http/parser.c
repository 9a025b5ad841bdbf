/* parser.c – llhttp's callbacks for the head, and the rules it leaves to us: what a head may look
 * like byte by byte (head_check.c), and where a body ends. */
#include "http/parser.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <llhttp.h>

#include "base/ensure.h"
#include "base/text.h"
#include "http/chunks.h"
#include "http/head_check.h"

struct span {
	size_t at, length; /* in `head` */
};

enum stage {
	STAGE_HEAD,
	STAGE_BETWEEN, /* the head is complete; http_parser_expect is awaited */
	STAGE_LENGTH,  /* a body of known length */
	STAGE_CHUNKS,
	STAGE_COMPLETE,
};

struct http_parser {
	llhttp_t llhttp; /* of the head only: bodies are framed here, more strictly */
	llhttp_settings_t settings;
	enum stage stage;
	struct head_check check;
	size_t headers_limit, head_length; /* raw bytes */
	struct buf head;		   /* target, names and values, one after another */
	struct buf body;
	struct chunks chunks;
	uint64_t announced; /* Content-Length */
	struct span target;
	struct {
		struct span name, value;
	} headers[HTTP_HEADERS_MAX];
	size_t header_count;
	bool headers_complete, is_chunked, expects_continue, keeps_alive;
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

	if (parser->header_count == HTTP_HEADERS_MAX)
		return refuse(parser, ERROR_HEADERS_TOO_LARGE, "too many headers");
	return head_add(parser, &parser->headers[parser->header_count].name, data, length);
}

static int on_value(llhttp_t *llhttp, const char *data, size_t length)
{
	struct http_parser *parser = llhttp->data;

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

/* RFC 9112 section 3.2: what a host and a port are made of (RFC 3986 section 3.2). */
static bool host_is_valid(const struct http_parser *parser, struct span value)
{
	const unsigned char *host = parser->head.data + value.at;

	for (size_t i = 0; i < value.length; i++) {
		if (!isalnum(host[i]) && !memchr("-._~!$&'()*+;=:[]%", host[i], 18))
			return false;
	}
	return true;
}

/* RFC 9112 section 6: one way to say where the body ends, or none. */
static int framing_check(struct http_parser *parser, const llhttp_t *llhttp)
{
	unsigned lengths = 0, codings = 0;
	bool other_coding = false;

	for (size_t i = 0; i < parser->header_count; i++) {
		lengths += header_is(parser, i, "Content-Length");
		if (!header_is(parser, i, "Transfer-Encoding"))
			continue;
		codings++;
		other_coding |= !value_is(parser, i, "chunked");
	}
	if (lengths > 1 || (lengths && codings) || codings > 1)
		return refuse(parser, ERROR_INVALID_REQUEST,
			      "Content-Length and Transfer-Encoding: one of them, once");
	if (codings && llhttp->http_minor == 0) /* section 6.1: the framing is faulty */
		return refuse(parser, ERROR_INVALID_REQUEST, "Transfer-Encoding in HTTP/1.0");
	if (other_coding)
		return refuse(parser, ERROR_NOT_IMPLEMENTED, "Transfer-Encoding: only chunked");
	parser->is_chunked = codings > 0;
	parser->announced = lengths ? llhttp->content_length : 0;
	return 0;
}

static int on_headers_complete(llhttp_t *llhttp)
{
	struct http_parser *parser = llhttp->data;
	bool host_is_good = true;
	unsigned hosts = 0;

	for (size_t i = 0; i < parser->header_count; i++) {
		if (header_is(parser, i, "Host")) {
			hosts++;
			host_is_good &= host_is_valid(parser, parser->headers[i].value);
		}
		parser->expects_continue |= header_is(parser, i, "Expect") &&
					    value_is(parser, i, "100-continue");
	}
	if (llhttp->http_major != 1)
		return refuse(parser, ERROR_INVALID_REQUEST, "only HTTP/1.0 and HTTP/1.1");
	if (hosts > 1 || (hosts == 0 && llhttp->http_minor > 0)) /* RFC 9112 section 3.2 */
		return refuse(parser, ERROR_INVALID_REQUEST, "Host: there must be one");
	if (!host_is_good)
		return refuse(parser, ERROR_INVALID_REQUEST, "Host: not a host and a port");
	if (framing_check(parser, llhttp) != 0)
		return -1;
	parser->expects_continue &= llhttp->http_minor > 0; /* RFC 9110 section 10.1.1 */
	llhttp->upgrade = 0; /* we speak nothing else: RFC 9110 section 7.8 lets us ignore it */
	parser->keeps_alive = llhttp_should_keep_alive(llhttp) != 0;
	parser->headers_complete = true;
	return HPE_PAUSED;
}

static void parser_begin(struct http_parser *parser)
{
	llhttp_init(&parser->llhttp, HTTP_REQUEST, &parser->settings);
	parser->llhttp.data = parser;
	parser->stage = STAGE_HEAD;
	parser->check = (struct head_check){0};
	parser->chunks = (struct chunks){0};
	parser->head.length = 0;
	parser->head_length = 0;
	parser->target = (struct span){0};
	memset(parser->headers, 0, parser->header_count * sizeof(parser->headers[0]));
	parser->header_count = 0;
	parser->headers_complete = parser->is_chunked = false;
	parser->expects_continue = parser->keeps_alive = false;
}

struct http_parser *http_parser_new(size_t headers_limit)
{
	struct http_parser *parser = calloc(1, sizeof(*parser));

	ensure(parser);
	llhttp_settings_init(&parser->settings);
	parser->settings.on_url = on_target;
	parser->settings.on_header_field = on_name;
	parser->settings.on_header_value = on_value;
	parser->settings.on_header_value_complete = on_value_complete;
	parser->settings.on_headers_complete = on_headers_complete;
	parser->headers_limit = headers_limit;
	buf_init(&parser->head, headers_limit);
	buf_init(&parser->body, 0);
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

static enum http_parse_result refused(struct http_parser *parser, const char *technical,
				      struct error *err)
{
	if (parser->refusal.code != ERROR_NONE)
		*err = parser->refusal;
	else
		(void)error_set(err, ERROR_INVALID_REQUEST, "%s", technical);
	return HTTP_PARSE_REFUSED;
}

/* Each piece is checked first, and then llhttp makes fields of the same bytes. */
static enum http_parse_result head_feed(struct http_parser *parser, const unsigned char *data,
					size_t length, size_t *ret_used, struct error *err)
{
	size_t room = parser->headers_limit - parser->head_length;
	bool complete, too_long;
	const char *reason;

	if (!head_check_feed(&parser->check, data, length < room ? length : room, ret_used,
			     &complete, &reason))
		return refused(parser, reason, err);
	parser->head_length += *ret_used;
	too_long = !complete && *ret_used < length;
	llhttp_errno_t result = llhttp_execute(&parser->llhttp, (const char *)data, *ret_used);
	if (result != HPE_OK && !(result == HPE_PAUSED && parser->headers_complete))
		return refused(parser, llhttp_get_error_reason(&parser->llhttp), err);
	if (too_long) {
		(void)error_set(err, ERROR_HEADERS_TOO_LARGE, NULL);
		return HTTP_PARSE_REFUSED;
	}
	if (!complete)
		return HTTP_PARSE_MORE;
	if (!parser->headers_complete)
		return refused(parser, "the head ends too early", err);
	parser->stage = STAGE_BETWEEN;
	return HTTP_PARSE_HEAD;
}

static enum http_parse_result body_complete(struct http_parser *parser)
{
	parser->stage = STAGE_COMPLETE;
	return HTTP_PARSE_COMPLETE;
}

static bool body_add(struct http_parser *parser, const unsigned char *data, size_t length,
		     struct error *err)
{
	if (length > parser->body.limit - parser->body.length)
		return error_set(err, ERROR_BODY_TOO_LARGE, NULL);
	return buf_add(&parser->body, data, length) ||
	       error_set(err, ERROR_OVERLOADED, "no memory for the body");
}

static enum http_parse_result length_feed(struct http_parser *parser, const unsigned char *data,
					  size_t length, size_t *ret_used, struct error *err)
{
	uint64_t left = parser->announced - parser->body.length;
	size_t take = length < left ? length : (size_t)left;

	*ret_used = take;
	if (!body_add(parser, data, take, err))
		return HTTP_PARSE_REFUSED;
	return parser->body.length == parser->announced ? body_complete(parser) : HTTP_PARSE_MORE;
}

static enum http_parse_result chunked_feed(struct http_parser *parser, const unsigned char *data,
					   size_t length, size_t *ret_used, struct error *err)
{
	const char *reason;
	struct bytes run;
	size_t at = 0;

	for (;;) {
		size_t used = 0;
		enum chunks_result result = chunks_feed(&parser->chunks, data + at, length - at,
							&used, &run, &reason);
		at += used;
		*ret_used = at;
		switch (result) {
		case CHUNKS_MORE:
			return HTTP_PARSE_MORE;
		case CHUNKS_DATA:
			if (!body_add(parser, run.data, run.length, err))
				return HTTP_PARSE_REFUSED;
			break;
		case CHUNKS_END:
			return body_complete(parser);
		case CHUNKS_REFUSED:
			return refused(parser, reason, err);
		}
	}
}

enum http_parse_result http_parser_feed(struct http_parser *parser, const void *data, size_t length,
					size_t *ret_used, struct error *err)
{
	switch (parser->stage) {
	case STAGE_HEAD:
		return head_feed(parser, data, length, ret_used, err);
	case STAGE_LENGTH:
		return length_feed(parser, data, length, ret_used, err);
	case STAGE_CHUNKS:
		return chunked_feed(parser, data, length, ret_used, err);
	case STAGE_COMPLETE:
		*ret_used = 0;
		return HTTP_PARSE_COMPLETE;
	case STAGE_BETWEEN:
		break;
	}
	ensure(parser->stage != STAGE_BETWEEN); /* nobody has said how long the body may be */
	return HTTP_PARSE_REFUSED;
}

bool http_parser_expect(struct http_parser *parser, size_t body_limit)
{
	ensure(parser->stage == STAGE_BETWEEN && parser->announced <= body_limit);
	parser->body.limit = body_limit;
	parser->stage = parser->is_chunked	? STAGE_CHUNKS
			: parser->announced > 0 ? STAGE_LENGTH
						: STAGE_COMPLETE;
	return parser->announced == 0 || buf_reserve(&parser->body, (size_t)parser->announced);
}

size_t http_parser_body_length(const struct http_parser *parser)
{
	return parser->body.length;
}

void http_parser_take_body(struct http_parser *parser, struct http_request *request)
{
	ensure(parser->stage == STAGE_COMPLETE);
	request->body.data = buf_take(&parser->body, &request->body.length);
	parser_begin(parser);
}

bool http_parser_has_begun(const struct http_parser *parser)
{
	return parser->stage != STAGE_HEAD || head_check_has_begun(&parser->check);
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

struct http_request *http_parser_take_head(struct http_parser *parser)
{
	ensure(parser->stage == STAGE_BETWEEN);
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
	request->body_announced = parser->announced;
	request->body_is_chunked = parser->is_chunked;
	request->expects_continue = parser->expects_continue;
	return request;
}

void http_request_free(struct http_request *request)
{
	if (!request)
		return;
	body_wipe((unsigned char *)(uintptr_t)request->body.data, request->body.length);
	arena_free(request->arena);
}
