/* page.h – files of web/, embedded by the build (scripts/embed-page). Inside src/api only. */
#ifndef GREFFIER_API_PAGE_H
#define GREFFIER_API_PAGE_H

#include "http/message.h"

/* The content security policy of pages: only own files and calls, no inline script or style, no
 * text turned into script or markup (Trusted Types), no framing by others. `form-action` is
 * appended, because it differs. */
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

/* A file of the console. Its name contains a hash of its content, so that changed content has a
 * new name. */
struct asset {
	const char *name;
	struct page page;
};

/* Answers a browser that asks for an unknown address with a page. Returns false for programs,
 * which get the error. */
bool page_not_found(const struct http_request *request, struct http_response *response);

#endif
