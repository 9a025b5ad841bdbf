/* parser.h – takes bytes and gives one complete request. Knows no socket, so that
 * fuzz/fuzz_request.c can feed it. Inside src/http only. */
#ifndef GREFFIER_HTTP_PARSER_H
#define GREFFIER_HTTP_PARSER_H

#include "http/message.h"

/* Bytes of a request's target: RFC 9110 section 4.1 recommends supporting at least 8000. */
#define HTTP_TARGET_MAX 8000
#define HTTP_HEADERS_MAX 100 /* maximum number of headers in a request */

struct http_parser;

enum http_parse_result {
	HTTP_PARSE_MORE,     /* all bytes were used and the request is not complete */
	/* The head is complete: take it, call http_parser_expect, continue after *ret_used. */
	HTTP_PARSE_HEAD,
	HTTP_PARSE_COMPLETE, /* the body is complete after *ret_used bytes: take it */
	HTTP_PARSE_REFUSED,  /* err says why; the connection cannot be used any more */
};

/* Makes a parser. `headers_limit` is the maximum number of bytes of a head. */
struct http_parser *http_parser_new(size_t headers_limit);
void http_parser_free(struct http_parser *parser);

enum http_parse_result http_parser_feed(struct http_parser *parser, const void *data, size_t length,
					size_t *ret_used, struct error *err);

/* After HTTP_PARSE_HEAD: gives the request without its body; free it with http_request_free. The
 * caller fills `remote_address`, `received` and `id`. */
struct http_request *http_parser_take_head(struct http_parser *parser);
/* Sets the maximum length of the body. Returns false when there is no memory for the length that
 * the head announces. */
MUST_CHECK bool http_parser_expect(struct http_parser *parser, size_t body_limit);
/* Number of bytes of the body received so far. */
size_t http_parser_body_length(const struct http_parser *parser);
/* After HTTP_PARSE_COMPLETE: moves the body into its request. The parser is then ready for the
 * next request. */
void http_parser_take_body(struct http_parser *parser, struct http_request *request);

/* True once a request has begun. */
bool http_parser_has_begun(const struct http_parser *parser);
/* After HTTP_PARSE_HEAD: tells whether the connection may be reused after the request. */
bool http_parser_keeps_alive(const struct http_parser *parser);

void http_request_free(struct http_request *request);

#endif
