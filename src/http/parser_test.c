/* parser_test.c – bytes in, a request or a refusal out, however the bytes are cut. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
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
	bool keeps_alive;
} rows[] = {
	{"a GET", "GET /a?b=c HTTP/1.1\r\n" HOST "\r\n", ERROR_NONE, HTTP_METHOD_GET, "/a", "b=c",
	 "", true},
	{"bare line ends before it", "\r\nGET / HTTP/1.1\r\n" HOST "\r\n", ERROR_NONE,
	 HTTP_METHOD_GET, "/", "", "", true},
	{"a body", "POST / HTTP/1.1\r\n" HOST "Content-Length: 3\r\n\r\nabc", ERROR_NONE,
	 HTTP_METHOD_POST, "/", "", "abc", true},
	{"chunks and a trailer",
	 "PUT / HTTP/1.1\r\n" HOST
	 "Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\n1\r\nc\r\n0\r\nAuthorization: z\r\n\r\n",
	 ERROR_NONE, HTTP_METHOD_PUT, "/", "", "abc", true},
	{"asked to close", "DELETE / HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n", ERROR_NONE,
	 HTTP_METHOD_DELETE, "/", "", "", false},
	{"HTTP/1.0 without a host", "GET / HTTP/1.0\r\n\r\n", ERROR_NONE, HTTP_METHOD_GET, "/", "",
	 "", false},
	{"absolute form", "GET http://h/p?q HTTP/1.1\r\n" HOST "\r\n", ERROR_NONE, HTTP_METHOD_GET,
	 "/p", "q", "", true},
	{"absolute form without a path", "GET http://h HTTP/1.1\r\n" HOST "\r\n", ERROR_NONE,
	 HTTP_METHOD_GET, "/", "", "", true},
	{"a method of no route", "OPTIONS / HTTP/1.1\r\n" HOST "\r\n", ERROR_NONE,
	 HTTP_METHOD_OTHER, "/", "", "", true},
	{"no host", "GET / HTTP/1.1\r\n\r\n", ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL, false},
	{"two hosts", "GET / HTTP/1.1\r\n" HOST HOST "\r\n", ERROR_INVALID_REQUEST, 0, NULL, NULL,
	 NULL, false},
	{"no HTTP", "EHLO x\r\n\r\n", ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL, false},
	{"HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL,
	 false},
	{"length and chunks",
	 "POST / HTTP/1.1\r\n" HOST
	 "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL, false},
	{"two lengths",
	 "POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL, false},
	{"a negative length", "POST / HTTP/1.1\r\n" HOST "Content-Length: -1\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL, false},
	{"a space before a colon", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", ERROR_INVALID_REQUEST, 0,
	 NULL, NULL, NULL, false},
	{"a control character", "GET / HTTP/1.1\r\n" HOST "X: a\001b\r\n\r\n",
	 ERROR_INVALID_REQUEST, 0, NULL, NULL, NULL, false},
	{"a body beyond the limit", "POST / HTTP/1.1\r\n" HOST "Content-Length: 17\r\n\r\n",
	 ERROR_BODY_TOO_LARGE, 0, NULL, NULL, NULL, false},
	{"chunks beyond the limit",
	 "POST / HTTP/1.1\r\n" HOST
	 "Transfer-Encoding: chunked\r\n\r\n9\r\n123456789\r\n9\r\n123456789\r\n0\r\n\r\n",
	 ERROR_BODY_TOO_LARGE, 0, NULL, NULL, NULL, false},
	{"headers beyond the limit",
	 "GET / HTTP/1.1\r\n" HOST
	 "X: 1234567890123456789012345678901234567890123456789012345678901234567890\r\nY: 1234567890123456789012345678901234567890123456789012345678901234567890\r\n\r\n",
	 ERROR_HEADERS_TOO_LARGE, 0, NULL, NULL, NULL, false},
};

static enum http_parse_result feed(struct http_parser *parser, const char *bytes, size_t piece,
				   struct error *err)
{
	size_t length = strlen(bytes), used;
	enum http_parse_result result = HTTP_PARSE_MORE;

	for (size_t at = 0; at < length && result == HTTP_PARSE_MORE; at += used) {
		size_t size = length - at < piece ? length - at : piece;
		result = http_parser_feed(parser, bytes + at, size, &used, err);
	}
	return result;
}

static void row_check(size_t i, size_t piece)
{
	struct http_parser *parser = http_parser_new(128, 16);
	struct error err = {0};
	enum http_parse_result result = feed(parser, rows[i].bytes, piece, &err);

	if (rows[i].refused) {
		if (result != HTTP_PARSE_REFUSED || err.code != rows[i].refused)
			fail_msg("%s: %d %s", rows[i].what, (int)result, err.technical);
		http_parser_free(parser);
		return;
	}
	if (result != HTTP_PARSE_COMPLETE)
		fail_msg("%s: %d %s", rows[i].what, (int)result, err.technical);
	assert_int_equal(http_parser_keeps_alive(parser), rows[i].keeps_alive);
	struct http_request *request = http_parser_take(parser);
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
	struct http_parser *parser = http_parser_new(1000, 1000);
	struct error err = {0};
	size_t at = 0, used;

	for (int i = 1; i <= 2; i++) {
		assert_int_equal(
			http_parser_feed(parser, bytes + at, strlen(bytes) - at, &used, &err),
			HTTP_PARSE_COMPLETE);
		at += used;
		struct http_request *request = http_parser_take(parser);
		assert_int_equal(request->path[1], '0' + i);
		http_request_free(request);
		assert_false(http_parser_has_begun(parser));
	}
	assert_int_equal(http_parser_feed(parser, bytes + at, strlen(bytes) - at, &used, &err),
			 HTTP_PARSE_MORE);
	assert_true(http_parser_has_begun(parser));
	http_parser_free(parser);
}

static void who_expects_100_is_told_once(void **state)
{
	struct http_parser *parser = http_parser_new(1000, 1000);
	struct error err = {0};

	(void)feed(parser,
		   "POST / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\nContent-Length: 1\r\n\r\n",
		   SIZE_MAX, &err);
	assert_true(http_parser_wants_continue(parser));
	assert_false(http_parser_wants_continue(parser));
	assert_int_equal(feed(parser, "x", SIZE_MAX, &err), HTTP_PARSE_COMPLETE);
	http_parser_free(parser);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_hold_whole_and_in_bytes),
		cmocka_unit_test(pipelined_requests_come_one_by_one),
		cmocka_unit_test(who_expects_100_is_told_once),
	};
	return cmocka_run_group_tests_name("http/parser", tests, NULL, NULL);
}
