/* parser.c – a head (head.c), and then its body. llhttp makes the fields of heads only: bodies are
 * framed here, more strictly. */
#include "http/parser.h"

#include <stdlib.h>
#include <string.h>

#include "base/ensure.h"
#include "http/chunks.h"
#include "http/head.h"

enum stage {
	STAGE_HEAD,
	STAGE_BETWEEN, /* the head is complete; http_parser_expect is awaited */
	STAGE_LENGTH,  /* a body of known length */
	STAGE_CHUNKS,
	STAGE_COMPLETE,
};

struct http_parser {
	enum stage stage;
	struct head head;
	struct chunks chunks;
	struct buf body;
};

static void parser_begin(struct http_parser *parser)
{
	head_begin(&parser->head);
	parser->stage = STAGE_HEAD;
	parser->chunks = (struct chunks){0};
}

struct http_parser *http_parser_new(size_t headers_limit)
{
	struct http_parser *parser = calloc(1, sizeof(*parser));

	ensure(parser);
	head_init(&parser->head, headers_limit);
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
	head_done(&parser->head);
	body_wipe(parser->body.data, parser->body.length);
	free(parser);
}

static enum http_parse_result head_part(struct http_parser *parser, const unsigned char *data,
					size_t length, size_t *ret_used, struct error *err)
{
	bool complete;

	if (!head_feed(&parser->head, data, length, ret_used, &complete, err))
		return HTTP_PARSE_REFUSED;
	if (!complete)
		return HTTP_PARSE_MORE;
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
	uint64_t left = parser->head.announced - parser->body.length;
	size_t take = length < left ? length : (size_t)left;

	*ret_used = take;
	if (!body_add(parser, data, take, err))
		return HTTP_PARSE_REFUSED;
	return parser->body.length == parser->head.announced ? body_complete(parser)
							     : HTTP_PARSE_MORE;
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
			(void)error_set(err, ERROR_INVALID_REQUEST, "%s", reason);
			return HTTP_PARSE_REFUSED;
		}
	}
}

enum http_parse_result http_parser_feed(struct http_parser *parser, const void *data, size_t length,
					size_t *ret_used, struct error *err)
{
	switch (parser->stage) {
	case STAGE_HEAD:
		return head_part(parser, data, length, ret_used, err);
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
	ensure(parser->stage == STAGE_BETWEEN && parser->head.announced <= body_limit);
	parser->body.limit = body_limit;
	parser->stage = parser->head.is_chunked	     ? STAGE_CHUNKS
			: parser->head.announced > 0 ? STAGE_LENGTH
						     : STAGE_COMPLETE;
	return parser->head.announced == 0 ||
	       buf_reserve(&parser->body, (size_t)parser->head.announced);
}

struct http_request *http_parser_take_head(struct http_parser *parser)
{
	ensure(parser->stage == STAGE_BETWEEN);
	return head_request(&parser->head);
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
	return parser->stage != STAGE_HEAD || head_has_begun(&parser->head);
}

bool http_parser_keeps_alive(const struct http_parser *parser)
{
	return parser->head.keeps_alive;
}

void http_request_free(struct http_request *request)
{
	if (!request)
		return;
	body_wipe((unsigned char *)(uintptr_t)request->body.data, request->body.length);
	arena_free(request->arena);
}
