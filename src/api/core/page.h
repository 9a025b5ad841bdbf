/* page.h – a file of web/, embedded by the build (scripts/embed-page). Inside src/api only. */
#ifndef GREFFIER_API_PAGE_H
#define GREFFIER_API_PAGE_H

#include "http/message.h"

/* What a page may load and do: its own files and calls, no script or style within it, no text made into script or markup (Trusted
 * Types), nobody else's frame. `form-action` comes last, and differs. */
#define PAGE_POLICY \
	"default-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; " \
	"require-trusted-types-for 'script'; trusted-types 'none'; "

struct page_form {
	const char *bytes;
	size_t length;
};

struct page {
	struct page_form plain, gzip, brotli;
	const char *hash; /* of the plain form: 16 hexadecimal digits */
};

/* One of the files that the console is made of. Its name holds a hash of what is in it: another content has another name. */
struct asset {
	const char *name;
	struct page page;
};

/* For a browser that asks for an address that nothing is at: the page that says so, as the answer. False for programs, who get
 * the error. */
bool page_not_found(const struct http_request *request, struct http_response *response);

#endif
