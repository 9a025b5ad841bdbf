/* head.h – the head of a request: raw bytes are checked (head_check.h), llhttp makes fields of them, and what says where the body
 * ends is checked again (RFC 9112 section 6). Inside src/http only. */
#ifndef GREFFIER_HTTP_HEAD_H
#define GREFFIER_HTTP_HEAD_H

#include <llhttp.h>

#include "http/head_check.h"
#include "http/message.h"
#include "http/parser.h"

struct span {
	size_t at, length; /* in `text` */
};

/* Does not move once it is initialized: llhttp points to it. */
struct head {
	llhttp_t llhttp;
	llhttp_settings_t settings;
	struct head_check check;
	size_t limit, length; /* raw bytes */
	struct buf text;      /* target, names and values, one after another */
	struct span target;
	struct {
		struct span name, value;
	} headers[HTTP_HEADERS_MAX];
	size_t header_count;
	/* Once it is complete. */
	bool is_complete, is_chunked, expects_continue, keeps_alive;
	uint64_t announced;   /* Content-Length, or 0 */
	struct error refusal; /* set by a callback that stops llhttp */
};

void head_init(struct head *head, size_t limit);
void head_done(struct head *head);
/* For the next request. */
void head_begin(struct head *head);
/* False: err says why, and the head is of no more use. */
MUST_CHECK bool head_feed(struct head *head, const unsigned char *data, size_t length,
			  size_t *ret_used, bool *ret_complete, struct error *err);
bool head_has_begun(const struct head *head);
/* Of a complete one: in an arena of its own; free with http_request_free. */
struct http_request *head_request(const struct head *head);

#endif
