/* response_head.h – status line and headers of an answer. Inside src/http only. */
#ifndef GREFFIER_HTTP_RESPONSE_HEAD_H
#define GREFFIER_HTTP_RESPONSE_HEAD_H

#include <event2/event.h>
#include <stdbool.h>
#include <stdint.h>

#include "http/message.h"

struct evbuffer;

/* The Date header, made once a second. */
struct http_date {
	char text[40];
	int64_t second;
};

struct response_end {
	bool length_is_known; /* false: the body ends with the connection (RFC 9112 section 6.3) */
	bool keeps_alive;
	bool is_https; /* browsers are told to come by https only (RFC 6797) */
};

void response_head_write(struct evbuffer *out, const struct http_response *response,
			 const struct response_end *end, struct http_date *date);

#endif
