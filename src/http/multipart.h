/* multipart.h – multipart/form-data bodies (RFC 7578, RFC 2046 section 5.1).
 *
 * Parts may come in any order, and their own Content-Type is not relied upon. Contents point
 * into the body. Hostile input: fuzz/fuzz_multipart.c. */
#ifndef GREFFIER_HTTP_MULTIPART_H
#define GREFFIER_HTTP_MULTIPART_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/error.h"

#define MULTIPART_PARTS_MAX 64
#define MULTIPART_PART_HEADERS_MAX 4096 /* bytes of the headers of one part */

struct multipart_part {
	const char *name;     /* name of the form field */
	const char *filename; /* read by filename.h, without its path; NULL when absent */
	const char *filename_sent; /* the same with its path */
	struct bytes content;
};

struct multipart {
	struct multipart_part parts[MULTIPART_PARTS_MAX];
	size_t count;
};

/* Parses a body. `content_type` is the whole value of the request's header. Fails with
 * ERROR_INVALID_MULTIPART, which says what is wrong. */
MUST_CHECK bool multipart_parse(struct arena *arena, const char *content_type, struct bytes body,
				struct multipart *ret_multipart, struct error *err);
/* Returns the first part with that name, or NULL. */
const struct multipart_part *multipart_part(const struct multipart *multipart, const char *name);

#endif
