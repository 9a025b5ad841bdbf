/* multipart.h – multipart/form-data bodies (RFC 7578, RFC 2046 section 5.1).
 *
 * Parts may come in any order; what their own Content-Type says is not relied on. Contents are views into the
 * body. Hostile input: fuzz/fuzz_multipart.c. */
#ifndef GREFFIER_HTTP_MULTIPART_H
#define GREFFIER_HTTP_MULTIPART_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#define MULTIPART_PARTS_MAX 64
#define MULTIPART_PART_HEADERS_MAX 4096 /* bytes of one part's headers */

struct multipart_part {
	const char *name;     /* form field name */
	const char *filename; /* as filename.h reads it, path removed; NULL when absent */
	const char *filename_sent; /* with its path */
	struct bytes content;
};

struct multipart {
	struct multipart_part parts[MULTIPART_PARTS_MAX];
	size_t count;
};

/* `content_type` is the request's whole header value. ERROR_INVALID_MULTIPART says what is wrong. */
MUST_CHECK bool multipart_parse(struct arena *arena, const char *content_type, struct bytes body,
				struct multipart *ret_multipart, struct error *err);
/* First part of that name, or NULL. */
const struct multipart_part *multipart_part(const struct multipart *multipart, const char *name);

#endif
