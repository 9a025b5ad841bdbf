/* fuzz_request.c – the bytes of a connection, in pieces whose sizes the input chooses. Stresses the
 * parser's limits and pipelining: however it is cut, the same requests come out. */
#include <stdint.h>
#include <string.h>

#include "base/ensure.h"
#include "http/parser.h"

#define HEADERS_LIMIT 2048
#define BODY_LIMIT 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned requests_of(const uint8_t *data, size_t size, size_t piece)
{
	struct http_parser *parser = http_parser_new(HEADERS_LIMIT);
	struct error err = {0};
	struct http_request *request = NULL;
	enum http_parse_result result = HTTP_PARSE_MORE;
	unsigned count = 0;

	for (size_t at = 0; at < size || result == HTTP_PARSE_HEAD;) {
		size_t used, length = size - at < piece ? size - at : piece;
		result = http_parser_feed(parser, data + at, length, &used, &err);
		if (result == HTTP_PARSE_REFUSED) {
			ensure(error_http_status(err.code) >= 400);
			break;
		}
		ensure(used <= length && (used > 0 || result == HTTP_PARSE_COMPLETE || at == size));
		at += used;
		if (result == HTTP_PARSE_HEAD) {
			request = http_parser_take_head(parser);
			ensure(request->path && request->query);
			if (request->body_announced > BODY_LIMIT)
				break;
			ensure(http_parser_expect(parser, BODY_LIMIT));
		} else if (result == HTTP_PARSE_COMPLETE) {
			http_parser_take_body(parser, request);
			ensure(request->body.length <= BODY_LIMIT);
			(void)http_request_query(request, "from");
			http_request_free(request);
			request = NULL;
			count++;
		}
	}
	http_request_free(request);
	http_parser_free(parser);
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	ensure(requests_of(data, size, SIZE_MAX) == requests_of(data, size, 1));
	return 0;
}
