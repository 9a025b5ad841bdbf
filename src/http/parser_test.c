/* parser_test.c – bytes in, a request or a refusal out, however the bytes are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/ensure.h"
#include "base/macros.h"
#include "http/parser.h"

#define HOST "Host: x\r\n"

static const struct {
	const char *what, *bytes;
	enum error_code refused; /* ERROR_NONE: a request */
	enum http_method method;
	const char *path, *query, *body;
} rows[] = {
	{"a GET", "GET /a?b=c HTTP/1.1\r\n" HOST "\r\n", ERROR_NONE, HTTP_METHOD_GET, "/a", "b=c",
	 ""},
	{"bare line ends before it", "\r\nGET / HTTP/1.1\r\n" HOST "\r\n", ERROR_NONE,
	 HTTP_METHOD_GET, "/", "", ""},
	{"a body", "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", ERROR_NONE,
	 HTTP_METHOD_POST, "/", "", "abc"},
	{"chunks and a trailer",
	 "PUT / HTTP/1.1\r\n" HOST
	 "Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nAuthorization: z\r\n\r\n",
	 ERROR_NONE, HTTP_METHOD_PUT, "/", "", "abc"},
	{"asked to close", "DELETE / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", ERROR_NONE,
	 HTTP_METHOD_DELETE, "/", "", ""},
	{"HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n", ERROR_NONE, HTTP_METHOD_GET, "/", "",
	 ""},
	{"absolute form", "GET http://h/p?q HTTP/1.1\r\n" HOST "\r\n", ERROR_NONE, HTTP_METHOD_GET,
	 "/p", "q", ""},
	{"absolute form without a path", "GET http://h HTTP/1.1\r\n" HOST "\r\n", ERROR_NONE,
	 HTTP_METHOD_GET, "/", "", ""},
	{"a method of no route", "OPTIONS / HTTP/1.1\r\n" HOST "\r\n", ERROR_NONE,
	 HTTP_METHOD_OTHER, "/", "", ""},
	{"no host", "GET / HTTP/1.1\r\n\r\n", ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"two hosts", "GET / HTTP/1.1\r\n" HOST HOST "\r\n", ERROR_INVALID_REQUEST, 0, NULL, NULL,
	 NULL},
	{"no HTTP", "EHLO x\r\n\r\n", ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"length and chunks",
	 "POST / HTTP/1.1\r\n" HOST
	 "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"two lengths",
	 "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a negative length", "POST / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a space before a colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", ERROR_INVALID_REQUEST, 0,
	 NULL, NULL, NULL},
	{"a control character", "GET / HTTP/1.1\r\n" HOST "X: a\001b\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a body beyond the limit", "POST / HTTP/1.1\r\n" HOST "Content-Length: 17\r\n\r\n",
	 ERROR_BODY_TOO_LARGE, 0, NULL, NULL, NULL},
	{"chunks beyond the limit",
	 "POST / HTTP/1.1\r\n" HOST
	 "Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n9\r\n123456789\r\n0\r\n\r\n",
	 ERROR_BODY_TOO_LARGE, 0, NULL, NULL, NULL},
	{"headers beyond the limit",
	 "GET / HTTP/1.1\r\n" HOST
	 "X: 1234567890123456789012345678901234567890123456789012345678901234567890\r\nY: 1234567890123456789012345678901234567890123456789012345678901234567890\r\n\r\n",
	 ERROR_HEADERS_TOO_LARGE, 0, NULL, NULL, NULL},
	{"chunk data without CR LF",
	 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n2\r\nabX0\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"chunk data longer than its size",
	 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a chunk size line with a lone LF",
	 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n2\nab\r\n0\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"chunk data that a lone LF ends",
	 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n2\r\nab\n0\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a lone LF after the trailers",
	 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a trailer that a lone LF ends",
	 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\nX: y\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a chunk size in 0x",
	 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0x2\r\nab\r\n0\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a chunk size with a sign",
	 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n+2\r\nab\r\n0\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a chunk size with a space",
	 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n2 \r\nab\r\n0\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a chunk size that wraps around",
	 "POST / HTTP/1.1\r\n" HOST
	 "Transfer-Encoding: chunked\r\n\r\n100000002\r\nab\r\n0\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"no chunk size",
	 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n\r\nab\r\n0\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a lone CR in an extension",
	 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n2;a\rb\r\nab\r\n0\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a lone LF in an extension",
	 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n2;a\nb\r\nab\r\n0\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a lone LF ends the headers", "GET / HTTP/1.1\r\n" HOST "\n", ERROR_INVALID_REQUEST, 0,
	 NULL, NULL, NULL},
	{"a lone LF ends a header", "GET / HTTP/1.1\r\nHost: x\n\r\n", ERROR_INVALID_REQUEST, 0,
	 NULL, NULL, NULL},
	{"a lone LF ends the request line", "GET / HTTP/1.1\n" HOST "\r\n", ERROR_INVALID_REQUEST,
	 0, NULL, NULL, NULL},
	{"lone LFs everywhere", "GET / HTTP/1.1\nHost: x\n\n", ERROR_INVALID_REQUEST, 0, NULL, NULL,
	 NULL},
	{"a lone LF before the request", "\nGET / HTTP/1.1\r\n" HOST "\r\n", ERROR_INVALID_REQUEST,
	 0, NULL, NULL, NULL},
	{"a lone CR in a header", "GET / HTTP/1.1\r\n" HOST "X: a\rb\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a folded header", "GET / HTTP/1.1\r\n" HOST "X: a\r\n b\r\n\r\n", ERROR_INVALID_REQUEST,
	 0, NULL, NULL, NULL},
	{"a header folded by a tab", "GET / HTTP/1.1\r\n" HOST "X: a\r\n\tb\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a space before the first header", "GET / HTTP/1.1\r\n " HOST "\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a header without a colon", "GET / HTTP/1.1\r\n" HOST "X\r\n\r\n", ERROR_INVALID_REQUEST,
	 0, NULL, NULL, NULL},
	{"a header without a name", "GET / HTTP/1.1\r\n" HOST ": x\r\n\r\n", ERROR_INVALID_REQUEST,
	 0, NULL, NULL, NULL},
	{"two spaces before the target", "GET  / HTTP/1.1\r\n" HOST "\r\n", ERROR_INVALID_REQUEST,
	 0, NULL, NULL, NULL},
	{"a space in the target", "GET /a b HTTP/1.1\r\n" HOST "\r\n", ERROR_INVALID_REQUEST, 0,
	 NULL, NULL, NULL},
	{"a tab in the request line", "GET\t/ HTTP/1.1\r\n" HOST "\r\n", ERROR_INVALID_REQUEST, 0,
	 NULL, NULL, NULL},
	{"a space after the version", "GET / HTTP/1.1 \r\n" HOST "\r\n", ERROR_INVALID_REQUEST, 0,
	 NULL, NULL, NULL},
	{"HTTP/0.9", "GET /\r\n\r\n", ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a control character in the target", "GET /\001 HTTP/1.1\r\n" HOST "\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"HTTP/1.0 with chunks",
	 "POST / HTTP/1.0\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"chunked twice",
	 "POST / HTTP/1.1\r\n" HOST
	 "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"the same length twice",
	 "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 1\r\n\r\na",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a list of lengths", "POST / HTTP/1.1\r\n" HOST "Content-Length: 1, 1\r\n\r\na",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a length with a sign", "POST / HTTP/1.1\r\n" HOST "Content-Length: +1\r\n\r\na",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"an empty length", "POST / HTTP/1.1\r\n" HOST "Content-Length:\r\n\r\na",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a length that wraps around",
	 "POST / HTTP/1.1\r\n" HOST "Content-Length: 18446744073709551617\r\n\r\na",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a list of hosts", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", ERROR_INVALID_REQUEST, 0, NULL,
	 NULL, NULL},
	{"a host with a space", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", ERROR_INVALID_REQUEST, 0,
	 NULL, NULL, NULL},
	{"a host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", ERROR_INVALID_REQUEST, 0,
	 NULL, NULL, NULL},
	{"a host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", ERROR_INVALID_REQUEST, 0,
	 NULL, NULL, NULL},
	{"a space in a name", "GET / HTTP/1.1\r\n" HOST "Fo o: x\r\n\r\n", ERROR_INVALID_REQUEST, 0,
	 NULL, NULL, NULL},
	{"a bracket in a name", "GET / HTTP/1.1\r\n" HOST "Fo(o: x\r\n\r\n", ERROR_INVALID_REQUEST,
	 0, NULL, NULL, NULL},
	{"a control character in a name", "GET / HTTP/1.1\r\n" HOST "Fo\001o: x\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"a byte beyond ASCII in a name", "GET / HTTP/1.1\r\n" HOST "F\303\266: x\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"IPv6 and a port", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", ERROR_NONE, HTTP_METHOD_GET,
	 "/", "", ""},
	{"an empty host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", ERROR_NONE, HTTP_METHOD_GET, "/", "",
	 ""},
	{"another coding", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip\r\n\r\n",
	 ERROR_NOT_IMPLEMENTED, 0, NULL, NULL, NULL},
	{"another coding before chunks",
	 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
	 ERROR_NOT_IMPLEMENTED, 0, NULL, NULL, NULL},
	{"a coding after chunks",
	 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked, identity\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL},
	{"chunked with a vertical tab",
	 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: \013chunked\r\n\r\n", ERROR_INVALID_REQUEST,
	 0, NULL, NULL, NULL},
	{"an empty coding", "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding:\r\n\r\n",
	 ERROR_NOT_IMPLEMENTED, 0, NULL, NULL, NULL},
};

#define BODY_LIMIT 16

/* As a server does: the head is taken, and then the body. */
static enum http_parse_result feed(struct http_parser *parser, const char *bytes, size_t piece,
				   struct http_request **request, struct error *err)
{
	size_t length = strlen(bytes), used, at = 0;
	enum http_parse_result result;

	do {
		size_t size = length - at < piece ? length - at : piece;
		result = http_parser_feed(parser, bytes + at, size, &used, err);
		at += used;
		if (result == HTTP_PARSE_HEAD) {
			*request = http_parser_take_head(parser);
			if ((*request)->body_announced > BODY_LIMIT) {
				(void)error_set(err, ERROR_BODY_TOO_LARGE, NULL);
				return HTTP_PARSE_REFUSED;
			}
			assert_true(http_parser_expect(parser, BODY_LIMIT));
		}
	} while (result == HTTP_PARSE_HEAD || (result == HTTP_PARSE_MORE && at < length));
	if (result == HTTP_PARSE_COMPLETE)
		http_parser_take_body(parser, *request);
	return result;
}

static void row_check(size_t i, size_t piece)
{
	struct http_parser *parser = http_parser_new(128);
	struct http_request *request = NULL;
	struct error err = {0};
	enum http_parse_result result = feed(parser, rows[i].bytes, piece, &request, &err);

	if (rows[i].refused) {
		if (result != HTTP_PARSE_REFUSED || err.code != rows[i].refused)
			fail_msg("%s: %d %s", rows[i].what, (int)result, err.technical);
		http_request_free(request);
		http_parser_free(parser);
		return;
	}
	if (result != HTTP_PARSE_COMPLETE)
		fail_msg("%s: %d %s", rows[i].what, (int)result, err.technical);
	assert_int_equal(request->method, rows[i].method);
	assert_string_equal(request->path, rows[i].path);
	assert_string_equal(request->query, rows[i].query);
	assert_int_equal(request->body.length, strlen(rows[i].body));
	assert_memory_equal(request->body.data ? request->body.data : (const unsigned char *)"",
			    rows[i].body, request->body.length);
	assert_null(http_request_header(request, "Authorization")); /* a trailer is no header */
	http_request_free(request);
	http_parser_free(parser);
}

static void rows_hold_whole_and_in_bytes(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		row_check(i, SIZE_MAX);
		row_check(i, 1);
	}
}

static void pipelined_requests_come_one_by_one(void **state)
{
	static const char bytes[] = "POST /1 HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\nab"
				    "GET /2 HTTP/1.1\r\n" HOST "\r\nGET /3 HTTP/1.1\r\n";
	struct http_parser *parser = http_parser_new(1000);
	struct error err = {0};
	size_t at = 0, used;

	for (int i = 1; i <= 2; i++) {
		assert_int_equal(
			http_parser_feed(parser, bytes + at, strlen(bytes) - at, &used, &err),
			HTTP_PARSE_HEAD);
		at += used;
		struct http_request *request = http_parser_take_head(parser);
		assert_true(http_parser_expect(parser, BODY_LIMIT));
		assert_int_equal(
			http_parser_feed(parser, bytes + at, strlen(bytes) - at, &used, &err),
			HTTP_PARSE_COMPLETE);
		at += used;
		http_parser_take_body(parser, request);
		assert_int_equal(request->path[1], '0' + i);
		http_request_free(request);
		assert_false(http_parser_has_begun(parser));
	}
	assert_int_equal(http_parser_feed(parser, bytes + at, strlen(bytes) - at, &used, &err),
			 HTTP_PARSE_MORE);
	assert_true(http_parser_has_begun(parser));
	http_parser_free(parser);
}

/* What the application judges before the body is read. */
static void the_head_tells_of_the_body(void **state)
{
	static const struct {
		const char *head;
		uint64_t announced;
		bool is_chunked, expects_continue, keeps_alive;
	} heads[] = {
		{"GET / HTTP/1.1\r\n" HOST "\r\n", 0, false, false, true},
		{"POST / HTTP/1.1\r\n" HOST "Expect: 100-Continue\r\nContent-Length: 7\r\n\r\n", 7,
		 false, true, true},
		{"POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 7\r\n\r\n", 7, false,
		 false, false},
		{"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: Chunked\r\n\r\n", 0, true, false,
		 true},
		{"POST / HTTP/1.1\r\n" HOST
		 "Connection: close\r\nContent-Length: 99999999999\r\n\r\n",
		 99999999999, false, false, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(heads); i++) {
		struct http_parser *parser = http_parser_new(1000);
		struct error err = {0};
		size_t used;
		assert_int_equal(
			http_parser_feed(parser, heads[i].head, strlen(heads[i].head), &used, &err),
			HTTP_PARSE_HEAD);
		struct http_request *request = http_parser_take_head(parser);
		assert_int_equal(request->body_announced, heads[i].announced);
		assert_int_equal(request->body_is_chunked, heads[i].is_chunked);
		assert_int_equal(request->expects_continue, heads[i].expects_continue);
		assert_int_equal(http_parser_keeps_alive(parser), heads[i].keeps_alive);
		http_request_free(request);
		http_parser_free(parser);
	}
}

static void endless_extensions_and_trailers_are_refused(void **state)
{
	char bytes[10000];
	static const char *const before[] = {"2;", "0\r\nX: "};

	for (size_t i = 0; i < ARRAY_SIZE(before); i++) {
		struct http_parser *parser = http_parser_new(1000);
		struct http_request *request = NULL;
		struct error err = {0};
		snprintf(bytes, sizeof(bytes),
			 "POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n%s%05000d",
			 before[i], 1);
		assert_int_equal(feed(parser, bytes, 10, &request, &err), HTTP_PARSE_REFUSED);
		assert_int_equal(err.code, ERROR_INVALID_REQUEST);
		http_request_free(request);
		http_parser_free(parser);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_hold_whole_and_in_bytes),
		cmocka_unit_test(pipelined_requests_come_one_by_one),
		cmocka_unit_test(the_head_tells_of_the_body),
		cmocka_unit_test(endless_extensions_and_trailers_are_refused),
	};
	return cmocka_run_group_tests_name("http/parser", tests, NULL, NULL);
}
