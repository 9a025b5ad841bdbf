/* response_head.h – writes the status line and headers of an answer. Inside src/http only. */
#ifndef GREFFIER_HTTP_RESPONSE_HEAD_H
#define GREFFIER_HTTP_RESPONSE_HEAD_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

#include "http/message.h"

struct evbuffer;

/* The value of the Date header, renewed once a second. */
struct http_date {
	char text[40];
	int64_t second;
};

struct response_end {
	/* false: the body ends when the connection closes (RFC 9112 section 6.3). */
	bool length_is_known;
	bool keeps_alive;
	bool is_https; /* tells browsers to use https only (RFC 6797) */
};

void response_head_write(struct evbuffer *out, const struct http_response *response,
			 const struct response_end *end, struct http_date *date);

#endif
