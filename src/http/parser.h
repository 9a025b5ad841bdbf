/* parser.h – bytes in, one complete request out. Knows no socket: fuzz/fuzz_request.c feeds it as a stranger would.
 * Inside src/http only. */
#ifndef GREFFIER_HTTP_PARSER_H
#define GREFFIER_HTTP_PARSER_H

#include "http/message.h"

#define HTTP_TARGET_MAX 8000 /* bytes of a request's target: RFC 9110 section 4.1 recommends to accept these */
#define HTTP_HEADERS_MAX 100 /* headers of a request */

struct http_parser;

enum http_parse_result {
	HTTP_PARSE_MORE,     /* all bytes are used, the request is not complete */
	HTTP_PARSE_HEAD,     /* the head is complete: take it, say http_parser_expect, and feed on behind *ret_used */
	HTTP_PARSE_COMPLETE, /* the body is complete, too: *ret_used says how many bytes belong to it; take it */
	HTTP_PARSE_REFUSED,  /* err says why; the connection is of no more use */
};

/* `headers_limit`: bytes of a whole head. */
struct http_parser *http_parser_new(size_t headers_limit);
void http_parser_free(struct http_parser *parser);

enum http_parse_result http_parser_feed(struct http_parser *parser, const void *data, size_t length,
					size_t *ret_used, struct error *err);

/* After HTTP_PARSE_HEAD: gives the request without its body; free with http_request_free. `remote_address`, `received` and
 * `id` are the caller's to fill. */
struct http_request *http_parser_take_head(struct http_parser *parser);
/* How long the body may be. False when there is no memory for the length that the head announces. */
MUST_CHECK bool http_parser_expect(struct http_parser *parser, size_t body_limit);
/* Bytes of the body that have come so far. */
size_t http_parser_body_length(const struct http_parser *parser);
/* After HTTP_PARSE_COMPLETE: gives the body to its request. The parser is ready for the next one. */
void http_parser_take_body(struct http_parser *parser, struct http_request *request);

/* Whether a request has begun. */
bool http_parser_has_begun(const struct http_parser *parser);
/* After HTTP_PARSE_HEAD: whether the connection may be used again after the complete request. */
bool http_parser_keeps_alive(const struct http_parser *parser);

void http_request_free(struct http_request *request);

#endif
