/* head.h – the head of a request (RFC 9112 section 6). Inside src/http only.
 *
 * Raw bytes are checked first (head_check.h), then llhttp parses them into fields. The fields
 * that say where the body ends are checked again afterwards. */
#ifndef GREFFIER_HTTP_HEAD_H
#define GREFFIER_HTTP_HEAD_H

#include <llhttp.h>

#include "http/head_check.h"
#include "http/message.h"
#include "http/parser.h"

struct span {
	size_t at, length; /* in `text` */
};

/* Must not move in memory after head_init: llhttp keeps a pointer to it. */
struct head {
	llhttp_t llhttp;
	llhttp_settings_t settings;
	struct head_check check;
	size_t limit, length; /* in raw bytes */
	struct buf text;      /* target, names and values, one after another */
	struct span target;
	struct {
		struct span name, value;
	} headers[HTTP_HEADERS_MAX];
	size_t header_count;
	/* Set once the head is complete. */
	bool is_complete, is_chunked, expects_continue, keeps_alive;
	uint64_t announced;   /* value of Content-Length, or 0 */
	struct error refusal; /* set by a callback that stops llhttp */
};

void head_init(struct head *head, size_t limit);
void head_done(struct head *head);
/* Prepares for the next request. */
void head_begin(struct head *head);
/* Reads the next bytes. Returns false when the request is refused: `err` says why, and the head
 * cannot be used any more. */
MUST_CHECK bool head_feed(struct head *head, const unsigned char *data, size_t length,
			  size_t *ret_used, bool *ret_complete, struct error *err);
bool head_has_begun(const struct head *head);
/* Makes a request from a complete head, with an arena of its own. Free it with
 * http_request_free. */
struct http_request *head_request(const struct head *head);

#endif
