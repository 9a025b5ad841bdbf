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
	HTTP_PARSE_COMPLETE, /* *ret_used says how many bytes belong to it; the rest is the next request's */
	HTTP_PARSE_REFUSED,  /* err says why; the connection is of no more use */
};

struct http_parser *http_parser_new(size_t headers_limit, size_t body_limit);
void http_parser_free(struct http_parser *parser);

enum http_parse_result http_parser_feed(struct http_parser *parser, const void *data, size_t length,
					size_t *ret_used, struct error *err);

/* True once, after the headers of a request that waits for `100 Continue` and whose body is acceptable. */
bool http_parser_wants_continue(struct http_parser *parser);
/* Whether a request has begun. */
bool http_parser_has_begun(const struct http_parser *parser);
/* Whether the connection may be used again after the complete request. */
bool http_parser_keeps_alive(const struct http_parser *parser);

/* Gives the complete request: free with http_request_free. The parser is ready for the next one. `remote_address`,
 * `received` and `id` are the caller's to fill. */
struct http_request *http_parser_take(struct http_parser *parser);
void http_request_free(struct http_request *request);

#endif
